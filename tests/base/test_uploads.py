"""A corpus of pictures, good and hostile: each is refused by name or comes out clean and small."""

import io
import os
import random
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from plusone.base import uploads
from plusone.base.uploads import clean_image, open_stored, put

# Pillow tells of damaged metadata and of size beside the errors we look at.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

SECRET = b"GPS 25.0330 121.5654"


def picture(width: int = 600, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red above, blue below."""
    made = Image.new("RGB", (width, height), "blue")
    made.paste("red", (0, 0, width, height // 2))
    return made.convert(mode)


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: Any) -> bytes:
    return saved(picture(), **options)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def color(image: Image.Image, x: int, y: int) -> str:
    pixel = image.getpixel((x, y))
    assert isinstance(pixel, tuple)
    red, green, blue = pixel
    return "white" if min(pixel) > 200 else "red" if red > blue else "blue" if blue > green else "other"


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpegs(mode: str) -> None:
    clean = clean_image(saved(picture(3000, 2000, mode)))
    assert (clean.kind, clean.width, clean.height) == ("jpeg", 1024, 683)
    assert opened(clean.data).size == (1024, 683)
    assert opened(clean.thumb).size == (240, 160)
    assert opened(clean.data).format == opened(clean.thumb).format == "JPEG"
    assert opened(clean.data).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs(mode: str) -> None:
    source = Image.new("I;16", (300, 200), 30_000) if mode == "I;16" else picture(300, 200, mode)
    clean = clean_image(saved(source, "PNG"))
    assert (clean.kind, clean.width, clean.height) == ("png", 300, 200)
    if mode == "I;16":
        grey = opened(clean.data).getpixel((5, 5))
        assert isinstance(grey, tuple)
        assert 100 < grey[0] < 130


def test_a_progressive_jpeg() -> None:
    assert clean_image(jpeg(progressive=True)).width == 600


def test_small_pictures_are_not_blown_up() -> None:
    clean = clean_image(saved(picture(10, 4)))
    assert (clean.width, clean.height) == (10, 4)
    assert opened(clean.thumb).size == (10, 4)


@pytest.mark.parametrize(
    ("size", "result"), [((4000, 3), (1024, 1)), ((3, 4000), (1, 1024)), ((1, 1), (1, 1))]
)
def test_extreme_shapes(size: tuple[int, int], result: tuple[int, int]) -> None:
    clean = clean_image(saved(picture(*size)))
    assert (clean.width, clean.height) == result


def test_square_takes_the_middle() -> None:
    wide = Image.new("RGB", (900, 300), "red")
    ImageDraw.Draw(wide).rectangle((300, 0, 599, 299), fill="blue")
    clean = clean_image(saved(wide), square=True)
    assert (clean.width, clean.height) == (300, 300)
    assert [color(opened(clean.data), x, 150) for x in (5, 150, 294)] == ["blue"] * 3


def test_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    assert color(opened(clean_image(saved(image, "PNG")).data), 50, 50) == "white"
    palette = Image.new("P", (100, 100), 0)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    assert color(opened(clean_image(saved(palette, "PNG", transparency=0)).data), 50, 50) == "white"


TOPS = {1: "top", 2: "top", 3: "bottom", 4: "bottom", 5: "left", 6: "right", 7: "right", 8: "left"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_as_the_camera_says(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = opened(clean_image(saved(picture(), exif=exif)).data)
    assert shown.size == ((400, 600) if orientation >= 5 else (600, 400))
    middle_x, middle_y = shown.width // 2, shown.height // 2
    edges = {"top": (middle_x, 5), "bottom": (middle_x, shown.height - 6)}
    edges |= {"left": (5, middle_y), "right": (shown.width - 6, middle_y)}
    assert [
        edge
        for edge, at in edges.items()
        if color(shown, *at) == "red" and _opposite_is_blue(shown, edges, edge)
    ] == [TOPS[orientation]]


def _opposite_is_blue(shown: Image.Image, edges: dict[str, tuple[int, int]], edge: str) -> bool:
    opposite = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[edge]
    return color(shown, *edges[opposite]) == "blue"


def test_damage_in_the_metadata_does_not_matter() -> None:
    for exif in (
        b"Exif\x00\x00garbage",
        b"Exif\x00\x00MM\x00*\xff\xff\xff\xff",
        b"Exif\x00\x00II*\x00\x08\x00\x00\x00\xff\xff",
    ):
        assert clean_image(jpeg(exif=exif)).width == 600


def _with_everything() -> list[bytes]:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return [
        saved(picture(), exif=exif, comment=SECRET, xmp=SECRET, icc_profile=SECRET + bytes(200)),
        saved(picture(), "PNG", exif=exif, pnginfo=text, icc_profile=SECRET + bytes(200)),
        jpeg() + b"PK\x03\x04" + SECRET,
        saved(picture(), "PNG") + b"<script>" + SECRET,
        jpeg(comment=b"<?php " + SECRET),
    ]


@pytest.mark.parametrize("data", _with_everything())
def test_nothing_but_pixels_comes_through(data: bytes) -> None:
    assert SECRET in data or len(data) > 1000
    clean = clean_image(data)
    for out in (clean.data, clean.thumb):
        assert SECRET not in out
        assert not {"exif", "comment", "xmp", "icc_profile"} & set(opened(out).info)
        assert out.endswith(b"\xff\xd9")


def test_several_pictures_in_one_jpeg_give_the_first() -> None:
    """Phones store a second picture (depth, HDR) behind the first, in MPO format."""
    out = io.BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture(50, 50)])
    assert clean_image(out.getvalue()).width == 600


def _gif() -> bytes:
    return saved(picture(), "GIF")


NOT_IMAGES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": lambda: b"hello",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with xml": lambda: b'<?xml version="1.0"?><svg/>',
    "html": lambda: b"<html><script>alert(1)</script>",
    "gif": _gif,
    "gif before jpeg": lambda: _gif() + jpeg(),
    "animated gif": lambda: saved(picture(), "GIF", save_all=True, append_images=[picture(600, 400, "L")]),
    "webp": lambda: saved(picture(), "WEBP"),
    "bmp": lambda: saved(picture(), "BMP"),
    "tiff": lambda: saved(picture(), "TIFF"),
    "ico": lambda: saved(picture(64, 64), "ICO"),
    "pdf": lambda: b"%PDF-1.7\n" + jpeg(),
    "zip": lambda: b"PK\x03\x04" + jpeg(),
    "heic": lambda: b"\x00\x00\x00\x18ftypheic" + bytes(100),
    "elf": lambda: b"\x7fELF" + bytes(100),
    "jpeg after a space": lambda: b" " + jpeg(),
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n",
}


@pytest.mark.parametrize("name", NOT_IMAGES)
def test_not_an_image(name: str) -> None:
    with pytest.raises(uploads.NotAnImage):
        clean_image(NOT_IMAGES[name]())


BROKEN: dict[str, Callable[[], bytes]] = {
    "jpeg magic only": lambda: b"\xff\xd8\xff",
    "png magic only": lambda: b"\x89PNG\r\n\x1a\n",
    "jpeg cut in half": lambda: saved(picture(2000, 2000).effect_spread(50), quality=95)[: 40_000],
    "png cut in half": lambda: saved(picture(2000, 2000).effect_spread(50), "PNG")[: 40_000],
    "jpeg then html": lambda: b"\xff\xd8\xff<script>alert(1)</script>",
    "png then html": lambda: b"\x89PNG\r\n\x1a\n<script>alert(1)</script>",
    "png with a wrong sum": lambda: saved(picture(), "PNG").replace(b"IDAT", b"IDAT\x00", 1),
    "png without pixels": lambda: png_header(100, 100),
    "png of no size": lambda: png_header(0, 0),
    "jpeg of a thousand scans": lambda: _scans(jpeg(progressive=True), 1000),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    with pytest.raises(uploads.Broken):
        clean_image(BROKEN[name]())


def _scans(data: bytes, count: int) -> bytes:
    start = data.index(b"\xff\xda")
    end = data.index(b"\xff", start + 20)
    scan = data[start : data.index(b"\xff\xda", end) if b"\xff\xda" in data[end:] else -2]
    return data[:start] + scan * count + b"\xff\xd9"


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IEND", b"")


def png_bomb(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    rows = [packer.compress(b"\x00" + bytes(3 * width)) for _ in range(height)]
    body = b"".join(rows) + packer.flush()
    return png_header(width, height)[:-12] + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "size", [(5001, 5000), (9_500, 9_500), (20_000, 20_000), (65_535, 65_535), (2**31 - 1, 2**31 - 1)]
)
def test_too_many_pixels_by_its_own_words(size: tuple[int, int]) -> None:
    with pytest.raises(uploads.TooManyPixels) as caught:
        clean_image(png_header(*size))
    assert caught.value.limit == uploads.MAX_PIXELS


def test_too_many_pixels_in_a_jpeg() -> None:
    with pytest.raises(uploads.TooManyPixels):
        clean_image(saved(picture(200, 200)), max_pixels=39_999)


def test_animated() -> None:
    moving = saved(picture(), "PNG", save_all=True, append_images=[picture(600, 400, "L").convert("RGB")])
    with pytest.raises(uploads.Animated):
        clean_image(moving)


def test_too_big_is_seen_before_anything_else() -> None:
    with pytest.raises(uploads.TooBig) as caught:
        clean_image(b"x" * 5_000_001)
    assert caught.value.limit == 5_000_000
    with pytest.raises(uploads.TooBig):
        clean_image(jpeg(), max_bytes=100)


def test_the_preview_limit_of_line_is_kept_by_the_noisiest_picture() -> None:
    noise = Image.frombytes("RGB", (1024, 1024), random.Random(1).randbytes(3 * 1024 * 1024))
    assert len(clean_image(saved(noise)).data) < 1_000_000


def test_damaged_pictures_are_refused_by_name_or_drawn() -> None:
    dice = random.Random(7)
    originals = [
        jpeg(),
        jpeg(progressive=True),
        saved(picture(), "PNG"),
        saved(picture(mode="P"), "PNG"),
        *_with_everything(),
    ]
    outcomes: dict[str, int] = {}
    for number in range(1500):
        data = bytearray(originals[number % len(originals)])
        for _ in range(dice.randint(1, 8)):
            place = dice.randrange(2, min(len(data), 1500))
            data[place : place + dice.randint(0, 2)] = dice.randbytes(dice.randint(0, 3))
        try:
            clean_image(bytes(data))
            outcome = "drawn"
        except uploads.UploadError as error:
            outcome = type(error).__name__
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    assert outcomes["drawn"] > 50
    assert outcomes["Broken"] > 50


MEASURE = """
import sys
from plusone.base.uploads import clean_image, UploadError
data = open(sys.argv[1], "rb").read()
try:
    clean_image(data, max_bytes=50_000_000)
except UploadError as error:
    print(type(error).__name__, file=sys.stderr)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.mark.parametrize("kind", ["png", "png alpha", "jpeg", "progressive", "png 16 bit"])
def test_memory_stays_below_300_megabytes(kind: str, tmp_path: Path) -> None:
    large = Image.effect_mandelbrot((5000, 5000), (-2, -1.5, 1, 1.5), 20)
    made = {
        "png": lambda: saved(large.convert("RGB"), "PNG", compress_level=1),
        "png alpha": lambda: saved(large.convert("RGBA"), "PNG", compress_level=1),
        "png 16 bit": lambda: saved(Image.new("I;16", (5000, 5000)), "PNG", compress_level=1),
        "jpeg": lambda: saved(large.convert("RGB"), subsampling=0),
        "progressive": lambda: saved(large.convert("RGB"), subsampling=0, progressive=True),
    }[kind]()
    file = tmp_path / "large"
    file.write_bytes(made)
    done = subprocess.run([sys.executable, "-c", MEASURE, file], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert int(done.stdout) < 300


def test_a_png_bomb_costs_no_memory(tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    file.write_bytes(png_bomb(12_000, 12_000))
    assert file.stat().st_size < 1_000_000
    done = subprocess.run([sys.executable, "-c", MEASURE, file], capture_output=True, text=True, check=True)
    assert "TooManyPixels" in done.stderr
    assert int(done.stdout) < 100


def test_stored_and_found_again(tmp_path: Path) -> None:
    name = put(tmp_path, b"data", ".jpg")
    assert len(name) == 36
    assert name.endswith(".jpg")
    with open_stored(tmp_path, name) as file:
        assert file.read() == b"data"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]
    assert (tmp_path / name[:2] / name[2:4] / name).exists()


def test_names_are_never_alike_even_at_once(tmp_path: Path) -> None:
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda: names.extend(put(tmp_path, b"x", ".jpg") for _ in range(40)))
        for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 200
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 200


@pytest.mark.parametrize("suffix", ["", "jpg", "/../x", ".JPG", ".j/g", ".jpg\n", ".a.b", "." + "x" * 9])
def test_a_suffix_is_ours(suffix: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="suffix"):
        put(tmp_path, b"x", suffix)


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path, b"x", ".jpg")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


TRICKS = [
    "", ".", "..", "/etc/passwd", "../secret.txt", "..\\secret.txt", "a" * 32, "a" * 32 + ".jpg/../x",
    "A" * 32 + ".jpg", "a" * 32 + ".jpg\x00", "a" * 32 + ".jpg\n", "a" * 33 + ".jpg", "%2e%2e/x",
    "a" * 32 + ".part/x", "~root/.ssh/id",
    "aa/aa/" + "a" * 32 + ".jpg", "ａ" * 32 + ".jpg", "a" * 32 + ".jpg",
]  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_other_names_find_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    folder = tmp_path / "files"
    put(folder, b"x", ".jpg")
    with pytest.raises(uploads.NoSuchFile):
        open_stored(folder, name)
