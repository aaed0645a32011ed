"""Pictures of rich menus for shops that have none of their own: templates drawn here, in three languages.

The words are masks that tools/menu_words.py drew once, so that a server needs no Chinese font.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

WORDS = Path(__file__).resolve().parents[2] / "static" / "menus"
LANGUAGES = ("zh-hant", "ja", "en")
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Ground, the cell that calls, the other cells, ink on each."""

    ground: Colour
    bold: Colour
    calm: Colour
    on_bold: Colour
    on_calm: Colour


PALETTES = {
    "indigo": Palette((226, 226, 240), (75, 74, 196), (255, 255, 255), (255, 255, 255), (52, 51, 110)),
    "tea": Palette((221, 231, 217), (63, 106, 74), (252, 253, 248), (255, 255, 255), (43, 72, 52)),
    "berry": Palette((243, 220, 226), (176, 52, 92), (255, 251, 251), (255, 255, 255), (112, 34, 62)),
    "dark": Palette((24, 24, 32), (236, 190, 92), (48, 48, 62), (36, 30, 14), (244, 242, 236)),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a template: where, what it says and shows; `bold` calls, `tab` is the strip on top."""

    box: Box
    word: str
    bold: bool = False
    tab: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """One picture: its size and cells."""

    width: int
    height: int
    cells: tuple[Cell, ...]


def _tabs(here: str) -> tuple[Cell, ...]:
    places: dict[str, Box] = {"shop": (0, 0, 1250, 300), "mine": (1250, 0, 1250, 300)}
    return tuple(Cell(box, word, bold=word == here, tab=True) for word, box in places.items())


# A template is one menu, or several that are each other's tabs.
TEMPLATES: dict[str, dict[str, Design]] = {
    "market": {
        "": Design(
            2500,
            1686,
            (
                Cell((0, 0, 1500, 843), "products", bold=True),
                Cell((1500, 0, 1000, 843), "plus_one"),
                Cell((0, 843, 833, 843), "orders"),
                Cell((833, 843, 834, 843), "basket"),
                Cell((1667, 843, 833, 843), "contact"),
            ),
        )
    },
    "strip": {
        "": Design(
            2500,
            843,
            (
                Cell((0, 0, 834, 843), "products", bold=True),
                Cell((834, 0, 833, 843), "orders"),
                Cell((1667, 0, 833, 843), "contact"),
            ),
        )
    },
    "tabs": {
        "shop": Design(
            2500,
            1686,
            (
                *_tabs("shop"),
                Cell((0, 300, 1500, 1386), "products", bold=True),
                Cell((1500, 300, 1000, 1386), "plus_one"),
            ),
        ),
        "mine": Design(
            2500,
            1686,
            (
                *_tabs("mine"),
                Cell((0, 300, 2500, 693), "orders", bold=True),
                Cell((0, 993, 1250, 693), "basket"),
                Cell((1250, 993, 1250, 693), "contact"),
            ),
        ),
    },
}


@cache
def drawn(template: str, part: str, language: str, palette: str, width: int = 2500) -> bytes:
    """The template's picture as a JPEG, `width` pixels wide."""
    design, colours = TEMPLATES[template][part], PALETTES[palette]
    image = Image.new("RGB", (design.width, design.height), colours.ground)
    for cell in design.cells:
        _draw_cell(image, cell, language, colours)
    out = io.BytesIO()
    if width != design.width:
        image = image.resize((width, round(design.height * width / design.width)), Image.Resampling.LANCZOS)
    image.save(out, "JPEG", quality=90, optimize=True)
    return out.getvalue()


def _draw_cell(image: Image.Image, cell: Cell, language: str, colours: Palette) -> None:
    left, top, width, height = cell.box
    gap = 14
    ink, paper = (colours.on_bold, colours.bold) if cell.bold else (colours.on_calm, colours.calm)
    draw = ImageDraw.Draw(image)
    radius = 36 if cell.tab else 56
    draw.rounded_rectangle(
        (left + gap, top + gap, left + width - gap, top + height - gap), radius, fill=paper
    )
    middle = left + width // 2
    if cell.tab:
        return _write(image, cell.word, language, ink, middle, top + height // 2, width - 120, 130)
    side = min(width, height) * 3 // 10
    _ICONS[cell.word](draw, middle, top + height * 40 // 100, side, ink, paper)
    return _write(image, cell.word, language, ink, middle, top + height * 77 // 100, width - 120, 140)


def _write(
    image: Image.Image, word: str, language: str, ink: Colour, x: int, y: int, width: int, height: int
) -> None:
    """The word's mask in this colour, around a point, no larger than the room."""
    mask = _mask(word, language)
    scale = min(width / mask.width, height / (mask.height * 0.62), 1.0)
    size = (round(mask.width * scale), round(mask.height * scale))
    small = mask.resize(size, Image.Resampling.LANCZOS)
    image.paste(ink, (x - size[0] // 2, y - size[1] // 2), small)


@cache
def _mask(word: str, language: str) -> Image.Image:
    with Image.open(WORDS / language / f"{word}.png") as opened:
        return opened.convert("L")


Icon = Callable[[ImageDraw.ImageDraw, int, int, int, Colour, Colour], None]


def _bag(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: Colour, paper: Colour) -> None:
    half, line = side // 2, max(14, side // 12)
    draw.arc((x - half // 2, y - half, x + half // 2, y + half // 4), 180, 360, fill=ink, width=line)
    draw.rounded_rectangle(
        (x - half * 4 // 5, y - half // 3, x + half * 4 // 5, y + half), side // 9, fill=ink
    )
    draw.arc((x - half // 3, y - half // 6, x + half // 3, y + half // 2), 0, 180, fill=paper, width=line)


def _receipt(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: Colour, paper: Colour) -> None:
    half, line = side // 2, max(12, side // 14)
    draw.rounded_rectangle((x - half * 2 // 3, y - half, x + half * 2 // 3, y + half), side // 12, fill=ink)
    for step, share in ((-2, 4), (0, 4), (2, 2)):
        top = y + step * half // 5
        draw.rounded_rectangle(
            (x - half * 2 // 5, top, x - half * 2 // 5 + half * share // 5, top + line), 6, fill=paper
        )


def _cart(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: Colour, paper: Colour) -> None:
    half, line, wheel = side // 2, max(14, side // 11), max(12, side // 11)
    draw.line([(x - half, y - half * 3 // 5), (x - half * 3 // 5, y - half * 3 // 5)], fill=ink, width=line)
    draw.line(
        [(x - half * 3 // 5, y - half * 3 // 5), (x - half // 3, y + half * 2 // 5)], fill=ink, width=line
    )
    top, bottom = y - half * 2 // 5, y + half // 3
    draw.polygon(
        [(x - half // 2, top), (x + half, top), (x + half * 3 // 4, bottom), (x - half // 3, bottom)],
        fill=ink,
    )
    for centre in (x - half // 6, x + half * 3 // 5):
        low = y + half * 2 // 3
        draw.ellipse((centre - wheel, low - wheel // 2, centre + wheel, low + wheel * 3 // 2), fill=ink)


def _bubble(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: Colour, paper: Colour) -> None:
    half, dot = side // 2, max(10, side // 16)
    draw.polygon(
        [(x - half // 2, y + half // 3), (x - half // 2, y + half), (x + half // 5, y + half // 3)], fill=ink
    )
    draw.rounded_rectangle((x - half, y - half * 4 // 5, x + half, y + half // 2), side // 5, fill=ink)
    for step in (-1, 0, 1):
        centre = x + step * half // 2
        middle = y - half // 6
        draw.ellipse((centre - dot, middle - dot, centre + dot, middle + dot), fill=paper)


def _plus_one(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, ink: Colour, paper: Colour) -> None:
    half, line = side // 2, max(16, side // 6)
    plus = x - half // 2
    draw.rounded_rectangle(
        (plus - half // 2, y - line // 2, plus + half // 2, y + line // 2), line // 3, fill=ink
    )
    draw.rounded_rectangle(
        (plus - line // 2, y - half // 2, plus + line // 2, y + half // 2), line // 3, fill=ink
    )
    one = x + half * 3 // 5
    draw.rounded_rectangle((one - line // 2, y - half, one + line // 2, y + half), line // 3, fill=ink)
    draw.polygon(
        [(one - half // 2, y - half // 2), (one + line // 2, y - half), (one, y - half // 3)], fill=ink
    )


_ICONS: dict[str, Icon] = {
    "products": _bag,
    "plus_one": _plus_one,
    "orders": _receipt,
    "basket": _cart,
    "contact": _bubble,
}
