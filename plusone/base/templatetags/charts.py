"""Where the marks of a chart stand. Pure: numbers in, places out; templates draw them.

Across, places are percent of the width, so that a chart stretches without stretching its words. Down,
they are percent of the height with 0 on top.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# So many narrow letters stand side by side below a chart on a phone.
ROOM = 42
MOST_LABELS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: places in percent, its label and value, whether there is room to write the label, and the
    address of what is behind it, if any.
    """

    left: str
    width: str
    top: str
    height: str
    middle: str
    label: str
    value: int
    labelled: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One step of the scale: its place in percent and what it says."""

    top: str
    value: int


def ceiling(values: Sequence[int]) -> int:
    """The round number at the top of the scale, at least 4 and not below any value."""
    most = max((*values, 4))
    power = int(10 ** (len(str(most)) - 1))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)


def scale(top: int) -> list[Mark]:
    """Three marks: none, half, all."""
    return [Mark(_percent(100 - share), top * share // 100) for share in (0, 50, 100)]


def bars(points: Sequence[tuple[str, int]], urls: Sequence[str] = ()) -> list[Bar]:
    """A bar a point, side by side, labelled as far as there is room; `urls` has one a point, or none."""
    top = ceiling([value for _, value in points])
    slot = 100 / max(len(points), 1)
    every = -(-len(points) // _labels(points))
    marked = [index % every == every // 2 for index in range(len(points))]
    urls = urls or [""] * len(points)
    return [_bar(index, point, slot, top, marked[index], urls[index]) for index, point in enumerate(points)]


def _labels(points: Sequence[tuple[str, int]]) -> int:
    widest = max((_wide(label) for label, _ in points), default=1)
    return max(1, min(MOST_LABELS, ROOM // (widest + 1)))


def _wide(label: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "FW" else 1 for letter in label)


def _bar(index: int, point: tuple[str, int], slot: float, top: int, labelled: bool, url: str) -> Bar:
    label, value = point
    height = max(100 * value / top, 0.5 if value else 0)
    return Bar(
        left=_percent(index * slot + slot * 0.18),
        width=_percent(slot * 0.64),
        top=_percent(100 - height),
        height=_percent(height),
        middle=_percent(index * slot + slot / 2),
        label=label,
        value=value,
        labelled=labelled,
        url=url,
    )


def path(values: Sequence[int], top: int) -> str:
    """The line through the values as an SVG path in a box of 100 by 100; a single value is a level line."""
    if len(values) == 1:
        values = [values[0], values[0]]
    step = 100 / max(len(values) - 1, 1)
    points = (f"{index * step:.2f} {100 - 100 * value / top:.2f}" for index, value in enumerate(values))
    return "M" + " L".join(points) if values else ""


def area(values: Sequence[int], top: int) -> str:
    """The area under the line."""
    return f"{path(values, top)} L100 100 L0 100 Z" if values else ""


def _percent(number: float) -> str:
    return f"{number:.2f}%"
