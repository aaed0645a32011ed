"""The basket as the buyer's browser keeps it: `12x2.15x1`, variant and pieces, and nothing about money."""

import re
from collections.abc import Mapping

from plusone.orders.rules.terms import MOST

MOST_LINES = 40
_LINE = re.compile(r"([1-9]\d{0,17})x([1-9]\d?)", re.ASCII)


def read(text: str) -> dict[int, int]:
    """Variant id to pieces (1 to 99), in order; what can't be read is left out."""
    found = (_LINE.fullmatch(part) for part in text[:2000].split("."))
    pairs = [(int(line[1]), int(line[2])) for line in found if line]
    return dict(pairs[:MOST_LINES])


def written(held: Mapping[int, int]) -> str:
    """The basket as text; `read` gives the same back."""
    return ".".join(f"{variant_id}x{pieces}" for variant_id, pieces in list(held.items())[-MOST_LINES:])


def with_more(held: Mapping[int, int], variant_id: int, pieces: int) -> dict[int, int]:
    """The basket with so many more of a variant, at most 99."""
    return {**held, variant_id: min(MOST, held.get(variant_id, 0) + pieces)}


def with_exactly(held: Mapping[int, int], variant_id: int, pieces: int) -> dict[int, int]:
    """The basket with so many of a variant; without it for none."""
    if pieces < 1:
        return {known: count for known, count in held.items() if known != variant_id}
    return {**held, variant_id: min(MOST, pieces)}


def pieces_in(text: str, *, none: bool = False) -> int | None:
    """A number of pieces as a form sends it: 1 to 99 (from 0 with `none`), else None."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    return int(text) if int(text) or none else None
