"""Photos in the data folder: originals as they were uploaded, with a small preview of each."""

import io
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from plusone.simulator import drawings
from plusone.simulator.wire import Json

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
PREVIEW = 240
TYPES = {"JPEG": ("jpg", "image/jpeg"), "PNG": ("png", "image/png")}
_NAME = re.compile(r"[a-z0-9-]{1,64}\.(jpg|png)")


class NotAPhoto(Exception):
    """Not a JPG or PNG that can be read, or too large; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Album:
    """Where photos are; made on first use when serve() named no folder."""

    folder: Path | None = None
    roll: list[Json] = field(default_factory=list)


ALBUM = Album()


def open_album(data: Path) -> None:
    """Uses `data`/media for photos and puts the drawn samples into the camera roll."""
    ALBUM.folder = data / "media"
    ALBUM.folder.mkdir(parents=True, exist_ok=True)
    ALBUM.roll = [_sample(title, picture) for title, picture in drawings.samples()]


def _sample(title: str, picture: Image.Image) -> Json:
    name = f"sample-{title}.jpg"
    if not path(name).exists() or not path(_preview(name)).exists():
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=88)
        _store(name, out.getvalue(), picture)
    return {"name": name, "url": address(name), "width": picture.width, "height": picture.height}


def keep(data: bytes) -> str:
    """Stores an uploaded JPG or PNG with a preview; returns its name. Raises NotAPhoto."""
    if len(data) > MOST_BYTES:
        raise NotAPhoto("too_big")
    picture, suffix = _read(data)
    name = f"{secrets.token_hex(16)}.{suffix}"
    _store(name, data, picture)
    return name


def _read(data: bytes) -> tuple[Image.Image, str]:
    try:
        picture = Image.open(io.BytesIO(data), formats=list(TYPES))
        kind = str(picture.format)
        if picture.width * picture.height > MOST_PIXELS:
            raise NotAPhoto("too_many_pixels")
        picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPhoto("not_a_photo") from error
    return picture, TYPES[kind][0]


def _store(name: str, data: bytes, picture: Image.Image) -> None:
    small = picture.convert("RGB")
    small.thumbnail((PREVIEW, PREVIEW))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    _write(path(name), data)
    _write(path(_preview(name)), out.getvalue())


def _write(target: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(temporary).replace(target)


def _preview(name: str) -> str:
    return f"{name.rsplit('.', 1)[0]}-small.jpg"


def path(name: str) -> Path:
    """Where the photo of this name lies. Raises KeyError for what is no photo's name."""
    if ALBUM.folder is None or not _NAME.fullmatch(name):
        raise KeyError(name)
    return ALBUM.folder / name


def exists(name: str) -> bool:
    """Whether there is a photo of this name."""
    return bool(_NAME.fullmatch(name)) and path(name).exists()


def load(name: str, *, preview: bool = False) -> tuple[bytes, str]:
    """A photo's bytes and content type. Raises KeyError when there is none."""
    target = path(_preview(name) if preview else name)
    if not target.exists():
        raise KeyError(name)
    kind = "image/png" if target.suffix == ".png" else "image/jpeg"
    return target.read_bytes(), kind


def address(name: str) -> str:
    """The path under which pages see the photo."""
    return f"/control/media/{name}"


def preview_address(name: str) -> str:
    """The path under which pages see its preview."""
    return address(_preview(name))
