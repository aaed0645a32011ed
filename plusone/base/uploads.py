"""Files that people send us: pictures made clean and small, and a folder with names that nobody can guess.

Only JPEG and PNG go in, told by their content. What comes out is a new JPEG drawn from the pixels: no
metadata, no place where a photo was taken, nothing hidden behind it. Not WebP, which LINE does not show.
"""

import io
import os
import re
import secrets
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from PIL import Image, ImageOps

Kind = Literal["jpeg", "png"]

MAX_BYTES = 5_000_000
# A 24-megapixel phone photo passes. Decoding is at most 4 bytes a pixel (PNG), or 6 while a progressive JPEG
# is read: 150 MB at the most.
MAX_PIXELS = 25_000_000
# A progressive JPEG has about ten scans. Each costs a pass over all pixels, however few bytes it has.
MAX_SCANS = 32
SIDE = 1024
THUMB_SIDE = 240
QUALITY = 85

_MAGIC: dict[Kind, bytes] = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Pillow has no one error for damaged files; these are what its JPEG, PNG and EXIF readers raise.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    struct.error,
    zlib.error,
)


class UploadError(Exception):
    """A file that we do not take."""


class NotAnImage(UploadError):
    """Neither JPEG nor PNG by its content, whatever its name says."""


class TooBig(UploadError):
    """Longer than `limit` bytes."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"limit={limit}")
        self.limit = limit


class TooManyPixels(UploadError):
    """More than `limit` pixels."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"limit={limit}")
        self.limit = limit


class Animated(UploadError):
    """An animated PNG."""


class Broken(UploadError):
    """It begins like a picture but cannot be drawn: cut off or damaged."""


class NoSuchFile(Exception):
    """No file has this name, or it is none of our names."""


@dataclass(frozen=True)
class CleanImage:
    """A picture as we keep it: JPEG bytes, their size in pixels, a small JPEG, and what it was before."""

    data: bytes
    width: int
    height: int
    thumb: bytes
    kind: Kind


def clean_image(
    data: bytes, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS, square: bool = False
) -> CleanImage:
    """Redraw a JPEG or PNG upright at no more than 1024 px, with a thumbnail of at most 240 px.

    `square` cuts the middle out first; transparent parts turn white. Needs at most 300 MB for a moment.
    Raises TooBig, NotAnImage, TooManyPixels, Animated, Broken; all are UploadError.
    """
    if len(data) > max_bytes:
        raise TooBig(limit=max_bytes)
    kind = _kind(data)
    drawn = _drawn(data, kind, max_pixels, square)
    return CleanImage(_jpeg(drawn), drawn.width, drawn.height, _jpeg(_smaller(drawn, THUMB_SIDE)), kind)


def fit_image(data: bytes, width: int, height: int, *, most: int = 1_000_000) -> bytes:
    """Redraw a JPEG or PNG at exactly this size, its middle cut out, as a JPEG of at most `most` bytes.

    Raises TooBig, NotAnImage, TooManyPixels, Animated, Broken; all are UploadError.
    """
    if len(data) > MAX_BYTES:
        raise TooBig(limit=MAX_BYTES)
    drawn = _drawn(data, _kind(data), MAX_PIXELS, square=False, side=2 * max(width, height))
    fitted = ImageOps.fit(drawn, (width, height), Image.Resampling.LANCZOS)
    # Only noise needs the coarse ones: 2,500 x 1,686 pixels of it are 1.1 MB at quality 30.
    for grain, quality in ((1, 90), (1, 82), (1, 72), (1, 55), (2, 55), (4, 40)):
        out = io.BytesIO()
        _coarser(fitted, grain).save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= most:
            return out.getvalue()
    raise TooBig(limit=most)


def _coarser(image: Image.Image, grain: int) -> Image.Image:
    if grain == 1:
        return image
    small = image.resize((image.width // grain, image.height // grain), Image.Resampling.LANCZOS)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def _kind(data: bytes) -> Kind:
    for kind, magic in _MAGIC.items():
        if data.startswith(magic):
            return kind
    raise NotAnImage


def _drawn(data: bytes, kind: Kind, max_pixels: int, square: bool, side: int = SIDE) -> Image.Image:
    if kind == "jpeg" and _scans(data) > MAX_SCANS:
        raise Broken
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            return _redrawn(opened, max_pixels, square, side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixels(limit=max_pixels) from None
    except _DAMAGE:
        raise Broken from None


def _scans(data: bytes) -> int:
    """How many scans a JPEG has before its end; what phones append after it does not count."""
    scans, place = 0, 2
    while found := _MARKER.search(data, place):
        marker, place = data[found.start() + 1], found.end()
        if marker == 0xD9:
            break
        scans += marker == 0xDA
        place += int.from_bytes(data[place : place + 2], "big")
    return scans


def _redrawn(image: Image.Image, max_pixels: int, square: bool, side: int) -> Image.Image:
    if image.width * image.height > max_pixels:
        raise TooManyPixels(limit=max_pixels)
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise Animated
    # A JPEG is decoded at the next scale above what we need, which saves most of its time and memory.
    image.draft("RGB", (2 * side, 2 * side))
    image.load()
    whole = _eight_bit(image)
    small = _smaller(_middle(whole) if square else whole, side)
    return _upright(_opaque(small), _orientation(image))


def _eight_bit(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller: no palette, no single bits, no 16-bit grey."""
    if image.mode.startswith("I"):
        # Pillow's own way from 16 to 8 bits cuts everything above 255 to white.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "RGBA", "L", "LA", "CMYK"):
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _middle(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def _smaller(image: Image.Image, side: int) -> Image.Image:
    """At most `side` on the longer side; never larger than it was."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _opaque(image: Image.Image) -> Image.Image:
    """Pasted on white paper. The paper is new, so comments, EXIF, XMP and profiles stay behind."""
    layer = image.convert("RGBA" if image.has_transparency_data else "RGB")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A") if layer.mode == "RGBA" else None)
    return paper


def _orientation(image: Image.Image) -> object:
    """How the camera was held; damage in the metadata is no reason to refuse the picture."""
    try:
        return image.getexif().get(_ORIENTATION)
    except _DAMAGE:
        return None


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def put(folder: Path, data: bytes, suffix: str) -> str:
    """Store bytes under a random name of 128 bits and return the name; a crash leaves all of them or nothing.

    `suffix` is our own choice (".jpg"), never a person's. Two levels of folders keep each of them small.
    """
    if not _SUFFIX.fullmatch(suffix):
        raise ValueError(f"suffix {suffix!r}")
    name = secrets.token_hex(16) + suffix
    _put(_place(folder, name), data)
    return name


def keep(folder: Path, data: bytes, name: str) -> Path | None:
    """Store bytes under a name that `put` gave elsewhere; where they were written, None when they were there.

    Raises NoSuchFile for what is no such name, FileExistsError when other bytes stand under it.
    """
    if not _NAME.fullmatch(name):
        raise NoSuchFile
    place = _place(folder, name)
    if place.exists():
        if place.read_bytes() != data:
            raise FileExistsError(name)
        return None
    _put(place, data)
    return place


def _put(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".part")
    try:
        _write(unfinished, data)
        os.replace(unfinished, place)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def open_stored(folder: Path, name: str) -> BinaryIO:
    """Open a stored file by the name that `put` gave. Raises NoSuchFile, also for what is no such name."""
    if not _NAME.fullmatch(name):
        raise NoSuchFile
    try:
        return _place(folder, name).open("rb")
    except OSError:
        raise NoSuchFile from None


def _place(folder: Path, name: str) -> Path:
    return folder / name[:2] / name[2:4] / name


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
