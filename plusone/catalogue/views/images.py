"""Uploaded pictures: why one is refused, and where a clean one is kept."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from plusone.base import pictures, uploads


def refusal(error: uploads.UploadError) -> str:
    """The sentence for each way in which a picture can be refused."""
    match error:
        case uploads.NotAnImage():
            return gettext("This is neither a JPG nor a PNG picture. Please choose another.")
        case uploads.TooBig():
            return gettext("This picture is larger than 5 MB. Please choose a smaller one.")
        case uploads.TooManyPixels():
            return gettext("This picture has more than 25 million pixels. Please make it smaller first.")
        case uploads.Animated():
            return gettext("Animated pictures cannot be used. Please choose a still one.")
        case pictures.TooManyToday():
            return gettext("The shop has reached its limit of pictures for today. Please go on tomorrow.")
        case _:
            return gettext("This picture is damaged and cannot be read. Please choose another.")


def accepted(sent: "UploadedFile[Any]") -> uploads.CleanImage:
    """The uploaded picture made clean, counted for the shop's day. Raises UploadError."""
    pictures.admit()
    return uploads.clean_image(sent.read(uploads.MAX_BYTES + 1))


def stored(picture: uploads.CleanImage) -> tuple[str, str]:
    """Keep the picture and its thumbnail; the names of both files."""
    return uploads.put(settings.FILES, picture.data, ".jpg"), uploads.put(
        settings.FILES, picture.thumb, ".jpg"
    )
