"""QR codes as parts/qr.html draws them."""

from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True)
class Drawing:
    """The dark modules as an SVG path, one unit each, in a square of `side` units."""

    path: str
    side: int


def draw(text: str) -> Drawing:
    """The text as a QR code, readable with a fifteenth of it smudged (error correction M)."""
    rows = segno.make(text, error="m", micro=False).matrix
    dark = (
        f"M{column} {row}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, module in enumerate(modules)
        if module
    )
    return Drawing("".join(dark), len(rows))
