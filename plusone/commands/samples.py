"""The demo's goods, with pictures drawn here: nobody's photos."""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from plusone.base import uploads


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the demo's products; `stock` lists option values and pieces, -1 for unlimited."""

    name: str
    price: int
    category: str
    description: str
    stock: tuple[tuple[tuple[str, ...], int], ...]
    option_names: tuple[str, ...] = ()
    colours: tuple[str, str] = ("#f4efe6", "#b8804c")
    shape: str = "tin"
    in_round: bool = False


PAYMENT = "示範銀行 (999) 板橋分行\n帳號 90001234567890\n戶名 林媽媽\n匯款後請回報後五碼，謝謝！"
ROUND = "本週茶點團"
GOODS = (
    Sample(
        "阿里山高山茶 150g",
        680,
        "茶",
        "清香烏龍，冬茶現貨。",
        (((), 24),),
        (),
        ("#e9efe3", "#5b7f5a"),
        "tin",
        in_round=True,
    ),
    Sample(
        "純棉圓領上衣",
        390,
        "服飾",
        "厚磅棉，兩色三尺寸。",
        tuple(
            ((colour, size), stock)
            for colour in ("黑", "白")
            for size, stock in (("S", 6), ("M", 9), ("L", 4))
        ),
        ("顏色", "尺寸"),
        ("#eceaf3", "#4b4a68"),
        "shirt",
    ),
    Sample(
        "手工鳳梨酥 12 入",
        450,
        "點心",
        "土鳳梨內餡，週五出貨。",
        (((), 60),),
        (),
        ("#fbf1d9", "#d39b2a"),
        "cake",
        in_round=True,
    ),
)


def picture(sample: Sample, folder: Path) -> tuple[str, str]:
    """Draw the sample's picture and store it; the names of picture and thumbnail."""
    image = Image.new("RGB", (900, 900), sample.colours[0])
    _SHAPES[sample.shape](ImageDraw.Draw(image), sample.colours[1])
    raw = io.BytesIO()
    image.save(raw, "PNG")
    clean = uploads.clean_image(raw.getvalue())
    return uploads.put(folder, clean.data, ".jpg"), uploads.put(folder, clean.thumb, ".jpg")


def _tin(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.ellipse((300, 210, 600, 290), fill=colour)
    draw.rounded_rectangle((280, 260, 620, 730), 36, fill=colour)
    draw.rounded_rectangle((320, 400, 580, 600), 18, fill="#fbfaf6")
    draw.line((360, 470, 540, 470), fill=colour, width=10)
    draw.line((360, 530, 500, 530), fill=colour, width=10)


def _shirt(draw: ImageDraw.ImageDraw, colour: str) -> None:
    draw.polygon(
        [
            (330, 230),
            (570, 230),
            (760, 340),
            (690, 470),
            (610, 420),
            (610, 740),
            (290, 740),
            (290, 420),
            (210, 470),
            (140, 340),
        ],
        fill=colour,
    )
    draw.pieslice((380, 160, 520, 300), 0, 180, fill="#eceaf3")


def _cake(draw: ImageDraw.ImageDraw, colour: str) -> None:
    for left, top in ((200, 420), (400, 420), (600, 420), (300, 560), (500, 560)):
        draw.rounded_rectangle((left - 80, top - 60, left + 80, top + 60), 22, fill=colour)
        draw.rounded_rectangle((left - 60, top - 42, left + 60, top - 10), 14, fill="#e7bd62")


_SHAPES = {"tin": _tin, "shirt": _shirt, "cake": _cake}
