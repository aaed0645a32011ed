"""Three product photos for the camera roll, drawn by code: a tea tin, a shirt and a cake."""

import math
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFilter

SIZE = 800
Colour = tuple[int, int, int]


def samples() -> Iterator[tuple[str, Image.Image]]:
    """Each sample's title and picture."""
    yield "tea", _tea()
    yield "shirt", _shirt()
    yield "cake", _cake()


def _stage(top: Colour, bottom: Colour) -> Image.Image:
    """A wall that darkens downwards and a table with a soft shadow."""
    ramp = Image.linear_gradient("L").resize((SIZE, SIZE))
    picture = Image.composite(
        Image.new("RGB", (SIZE, SIZE), bottom), Image.new("RGB", (SIZE, SIZE), top), ramp
    )
    shadow = Image.new("L", (SIZE, SIZE), 0)
    ImageDraw.Draw(shadow).ellipse((150, 640, 650, 740), fill=110)
    picture.paste((60, 50, 45), mask=shadow.filter(ImageFilter.GaussianBlur(24)))
    return picture


def _shaded(picture: Image.Image, box: tuple[int, int, int, int], colour: Colour) -> None:
    """A cylinder's side: lighter left of the middle, darker at the edges."""
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = box
    for x in range(left, right):
        light = 0.62 + 0.45 * math.sin(math.pi * ((x - left) / (right - left)) ** 0.8)
        draw.line((x, top, x, bottom), fill=_scaled(colour, light))


def _scaled(colour: Colour, light: float) -> Colour:
    red, green, blue = (min(255, int(part * light)) for part in colour)
    return red, green, blue


def _tea() -> Image.Image:
    picture = _stage((236, 229, 214), (196, 178, 150))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((250, 630, 550, 710), fill=(34, 70, 52))
    _shaded(picture, (250, 260, 550, 670), (48, 104, 76))
    _shaded(picture, (250, 360, 550, 560), (240, 226, 190))
    draw.ellipse((250, 220, 550, 300), fill=(72, 132, 100))
    _shaded(picture, (268, 180, 532, 250), (200, 164, 90))
    draw.ellipse((268, 220, 532, 284), fill=(150, 118, 56))
    draw.ellipse((268, 150, 532, 212), fill=(226, 194, 122))
    _leaf(draw, 400, 470, 74, -0.6)
    _leaf(draw, 400, 470, 74, 0.6)
    _leaf(draw, 400, 460, 86, 0.0)
    return picture


def _leaf(draw: ImageDraw.ImageDraw, x: int, y: int, length: int, lean: float) -> None:
    sides = [(part / 20, width) for width in (1, -1) for part in range(21)[::width]]
    points = [_leaf_point(x, y, length, lean, part, width) for part, width in sides]
    draw.polygon(points, fill=(66, 128, 62))
    draw.line((x, y + 30, *_leaf_point(x, y, length, lean, 0.9, 0)), fill=(222, 232, 200), width=3)


def _leaf_point(x: int, y: int, length: int, lean: float, part: float, width: int) -> tuple[float, float]:
    along, across = part * length, width * math.sin(math.pi * part) * length * 0.24
    sine, cosine = math.sin(lean), math.cos(lean)
    return x + along * sine + across * cosine, y + 30 - along * cosine + across * sine


def _shirt() -> Image.Image:
    picture = _stage((226, 233, 240), (178, 192, 208))
    draw = ImageDraw.Draw(picture)
    outline = [(300, 190), (350, 172), (400, 216), (450, 172), (500, 190), (640, 290), (590, 390)]
    outline += [(530, 350), (534, 690), (266, 690), (270, 350), (210, 390), (160, 290)]
    draw.polygon([(x + 10, y + 14) for x, y in outline], fill=(140, 154, 172))
    draw.polygon(outline, fill=(58, 92, 156))
    for y in range(330, 660, 66):
        draw.rectangle((269, y, 531, y + 22), fill=(232, 236, 244))
    draw.line((270, 350, 290, 300), fill=(38, 66, 118), width=5)
    draw.line((530, 350, 510, 300), fill=(38, 66, 118), width=5)
    draw.polygon(
        [(340, 176), (400, 262), (460, 176), (428, 196), (400, 218), (372, 196)], fill=(214, 164, 130)
    )
    draw.line([(300, 190), (350, 172), (400, 262), (450, 172), (500, 190)], fill=(38, 66, 118), width=8)
    return picture


def _cake() -> Image.Image:
    picture = _stage((250, 232, 228), (226, 190, 184))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((140, 610, 660, 740), fill=(244, 244, 246))
    draw.ellipse((160, 616, 640, 722), fill=(226, 228, 232))
    for top, colour in (
        (520, (214, 160, 96)),
        (450, (255, 246, 230)),
        (400, (214, 160, 96)),
        (340, (255, 250, 242)),
    ):
        draw.ellipse((210, top + 60, 590, top + 160), fill=_scaled(colour, 0.75))
        _shaded(picture, (210, top, 590, top + 110), colour)
    draw.ellipse((210, 290, 590, 390), fill=(255, 252, 248))
    for step in range(8):
        angle = step * math.pi / 4
        x, y = 400 + 140 * math.cos(angle), 335 + 30 * math.sin(angle)
        draw.ellipse((x - 30, y - 44, x + 30, y + 16), fill=(206, 44, 58))
        draw.ellipse((x - 16, y - 36, x - 4, y - 22), fill=(240, 130, 130))
        draw.polygon([(x - 16, y - 40), (x, y - 58), (x + 16, y - 40), (x, y - 32)], fill=(84, 140, 70))
    return picture
