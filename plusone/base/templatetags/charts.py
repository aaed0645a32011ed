"""Where the marks of a chart stand. Pure: numbers in, places out; templates draw them.

Across, places are percent of the width, so that a chart stretches without stretching its words. Down,
they are percent of the height with 0 on top.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: places in percent, its label and value, and whether there is room to write the label."""

    left: str
    width: str
    top: str
    height: str
    middle: str
    label: str
    value: int
    labelled: bool


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


def bars(points: Sequence[tuple[str, int]], most_labels: int = 7) -> list[Bar]:
    """A bar a point, side by side; every so many are labelled so that at most `most_labels` are."""
    top = ceiling([value for _, value in points])
    slot = 100 / max(len(points), 1)
    every = -(-len(points) // most_labels)
    return [_bar(index, point, slot, top, index % every == 0) for index, point in enumerate(points)]


def _bar(index: int, point: tuple[str, int], slot: float, top: int, labelled: bool) -> Bar:
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
