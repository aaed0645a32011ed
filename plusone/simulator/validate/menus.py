"""What LINE would refuse in a rich menu."""

import re
from typing import Any, TypeGuard

from plusone.simulator.validate.actions import Place, check_action
from plusone.simulator.validate.fields import Problems, check_text, objects
from plusone.simulator.wire import Json

LEAST_WIDTH, MOST_WIDTH, LEAST_HEIGHT, LEAST_RATIO = 800, 2500, 250, 1.45
MOST_AREAS = 20
MENU = Place(
    ("postback", "message", "uri", "datetimepicker", "clipboard", "richmenuswitch"), 20, label_required=False
)
ALIAS = re.compile(r"[a-z0-9_-]{1,32}")


def problems_of_menu(body: Json) -> list[Json]:
    """All problems of a rich menu object; empty when LINE would take it."""
    problems = Problems()
    size = _size(problems, body.get("size"))
    if not isinstance(body.get("selected"), bool):
        problems.add("selected", "May not be null" if "selected" not in body else "Must be a boolean")
    check_text(problems, "name", body.get("name"), 300, visible=True)
    check_text(problems, "chatBarText", body.get("chatBarText"), 14, visible=True)
    for at, area in objects(problems, "areas", body.get("areas"), 0, MOST_AREAS):
        _bounds(problems, f"{at}.bounds", area.get("bounds"), size)
        check_action(problems, f"{at}.action", area.get("action"), MENU)
    return problems.found


def size_fits(width: int, height: int) -> bool:
    """Whether LINE takes menus and pictures of this size."""
    wide = LEAST_WIDTH <= width <= MOST_WIDTH
    return wide and height >= LEAST_HEIGHT and width / height >= LEAST_RATIO


def _size(problems: Problems, size: Any) -> tuple[int, int]:
    if not isinstance(size, dict):
        problems.add("size", "May not be null")
        return MOST_WIDTH, MOST_WIDTH
    width, height = size.get("width"), size.get("height")
    if not _is_whole(width) or not LEAST_WIDTH <= width <= MOST_WIDTH:
        problems.add("size.width", f"Must be between {LEAST_WIDTH} and {MOST_WIDTH}")
        return MOST_WIDTH, MOST_WIDTH
    if not _is_whole(height) or height < LEAST_HEIGHT or width / height < LEAST_RATIO:
        problems.add("size.height", f"Must be at least {LEAST_HEIGHT}, width / height at least {LEAST_RATIO}")
        return MOST_WIDTH, MOST_WIDTH
    return width, height


def _bounds(problems: Problems, at: str, bounds: Any, size: tuple[int, int]) -> None:
    if not isinstance(bounds, dict):
        problems.add(at, "May not be null")
        return
    for start, length, most in (("x", "width", size[0]), ("y", "height", size[1])):
        first, long = bounds.get(start), bounds.get(length)
        if not _is_whole(first) or first < 0:
            problems.add(f"{at}.{start}", "Must be greater than or equal to 0")
        elif not _is_whole(long) or long < 1:
            problems.add(f"{at}.{length}", "Must be greater than or equal to 1")
        elif first + long > most:
            problems.add(f"{at}.{length}", f"Must lie within the rich menu: {first} + {long} > {most}")


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
