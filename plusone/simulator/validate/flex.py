"""Flex messages: bubbles, carousels and their components."""

import re
from collections.abc import Callable
from typing import Any

from plusone.simulator.validate.actions import FLEX_BUTTON, FLEX_OTHER, check_action
from plusone.simulator.validate.fields import (
    Problems,
    check_choice,
    check_number,
    check_text,
    check_url,
    objects,
)
from plusone.simulator.wire import Json, dumps

Check = Callable[[Problems, str, Json], None]
MOST_BUBBLE_BYTES = 30 * 1024
MOST_CAROUSEL_BYTES = 50 * 1024
MOST_BUBBLES = 12
BLOCKS = ("header", "hero", "body", "footer")
SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
KEYWORD_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
_PIXELS = re.compile(r"\d+(\.\d+)?(px|%)")
_COLOUR = re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def check_flex(problems: Problems, at: str, contents: Any) -> None:
    """The contents of a flex message: one bubble or a carousel of at most 12."""
    kind = contents.get("type") if isinstance(contents, dict) else None
    check_choice(problems, f"{at}.type", kind, ("bubble", "carousel"), required=True)
    if kind == "bubble":
        _bubble(problems, at, contents)
    elif kind == "carousel":
        _carousel(problems, at, contents)


def _carousel(problems: Problems, at: str, carousel: Json) -> None:
    _fits(problems, at, carousel, MOST_CAROUSEL_BYTES)
    bubbles = objects(problems, f"{at}.contents", carousel.get("contents"), 1, MOST_BUBBLES)
    for path, bubble in bubbles:
        check_choice(problems, f"{path}.type", bubble.get("type"), ("bubble",), required=True)
        _bubble(problems, path, bubble)
    if len({bubble.get("size", "mega") for _, bubble in bubbles}) > 1:
        problems.add(f"{at}.contents", "All bubbles of a carousel must have the same size")


def _fits(problems: Problems, at: str, contents: Json, most: int) -> None:
    if len(dumps(contents)) > most:
        problems.add(at, f"Size must be between 0 and {most} bytes")


def _bubble(problems: Problems, at: str, bubble: Json) -> None:
    _fits(problems, at, bubble, MOST_BUBBLE_BYTES)
    check_choice(problems, f"{at}.size", bubble.get("size"), SIZES)
    check_choice(problems, f"{at}.direction", bubble.get("direction"), ("ltr", "rtl"))
    if not any(bubble.get(block) for block in BLOCKS):
        problems.add(at, "At least one block must be specified")
    for block in BLOCKS:
        if bubble.get(block) is not None:
            types = ("box", "image", "video") if block == "hero" else ("box",)
            _component(problems, f"{at}.{block}", bubble[block], types)
    _action(problems, at, bubble)


def _component(problems: Problems, at: str, component: Any, types: tuple[str, ...]) -> None:
    if not isinstance(component, dict):
        problems.add(at, "Must be an object")
        return
    check_choice(problems, f"{at}.type", component.get("type"), types, required=True)
    check = _CHECKS.get(str(component.get("type")))
    if check:
        check(problems, at, component)
    _looks(problems, at, component)
    _action(problems, at, component)


def _action(problems: Problems, at: str, component: Json) -> None:
    if component.get("action") is not None and component.get("type") != "button":
        check_action(problems, f"{at}.action", component["action"], FLEX_OTHER)


def _looks(problems: Problems, at: str, component: Json) -> None:
    for key in ("color", "backgroundColor", "borderColor"):
        value = component.get(key)
        if value is not None and not _COLOUR.fullmatch(str(value)) and component.get("type") != "button":
            problems.add(f"{at}.{key}", "invalid color")
    if component.get("flex") is not None:
        check_number(problems, f"{at}.flex", component["flex"], 0, 10_000)
    margin = component.get("margin")
    if margin is not None and margin != "none" and not _is_size(margin):
        problems.add(f"{at}.margin", "invalid value")


def _is_size(value: Any) -> bool:
    return isinstance(value, str) and (value in KEYWORD_SIZES or bool(_PIXELS.fullmatch(value)))


def _box(problems: Problems, at: str, box: Json) -> None:
    check_choice(problems, f"{at}.layout", box.get("layout"), tuple(_INSIDE), required=True)
    inside = _INSIDE.get(str(box.get("layout")), tuple(_CHECKS))
    contents = box.get("contents")
    if not isinstance(contents, list):
        problems.add(f"{at}.contents", "May not be empty")
        return
    for index, component in enumerate(contents):
        _component(problems, f"{at}.contents[{index}]", component, inside)


def _text(problems: Problems, at: str, text: Json) -> None:
    if text.get("contents"):
        for path, span in objects(problems, f"{at}.contents", text["contents"], 1, 1000):
            _component(problems, path, span, ("span",))
    else:
        check_text(problems, f"{at}.text", text.get("text"), 100_000)
    _words(problems, at, text)
    check_choice(problems, f"{at}.align", text.get("align"), ("start", "center", "end"))
    check_choice(problems, f"{at}.gravity", text.get("gravity"), ("top", "center", "bottom"))
    if not isinstance(text.get("wrap", False), bool):
        problems.add(f"{at}.wrap", "Must be a boolean")
    check_number(problems, f"{at}.maxLines", text.get("maxLines"), 0, 100_000, required=False)


def _words(problems: Problems, at: str, part: Json) -> None:
    if part.get("size") is not None and not _is_size(part["size"]):
        problems.add(f"{at}.size", "invalid value")
    check_choice(problems, f"{at}.weight", part.get("weight"), ("regular", "bold"))
    check_choice(problems, f"{at}.style", part.get("style"), ("normal", "italic"))
    check_choice(problems, f"{at}.decoration", part.get("decoration"), ("none", "underline", "line-through"))


def _button(problems: Problems, at: str, button: Json) -> None:
    check_action(problems, f"{at}.action", button.get("action"), FLEX_BUTTON)
    check_choice(problems, f"{at}.style", button.get("style"), ("primary", "secondary", "link"))
    check_choice(problems, f"{at}.height", button.get("height"), ("sm", "md"))


def _image(problems: Problems, at: str, image: Json) -> None:
    check_url(problems, f"{at}.url", image.get("url"))
    size = image.get("size")
    if size is not None and size != "full" and not _is_size(size):
        problems.add(f"{at}.size", "invalid value")
    check_choice(problems, f"{at}.aspectMode", image.get("aspectMode"), ("fit", "cover"))
    ratio = image.get("aspectRatio")
    if ratio is not None and not re.fullmatch(r"\d{1,6}(\.\d+)?:\d{1,6}(\.\d+)?", str(ratio)):
        problems.add(f"{at}.aspectRatio", "invalid value")


def _video(problems: Problems, at: str, video: Json) -> None:
    check_url(problems, f"{at}.url", video.get("url"))
    check_url(problems, f"{at}.previewUrl", video.get("previewUrl"))
    _component(problems, f"{at}.altContent", video.get("altContent"), ("box", "image"))


def _icon(problems: Problems, at: str, icon: Json) -> None:
    check_url(problems, f"{at}.url", icon.get("url"))


def _span(problems: Problems, at: str, span: Json) -> None:
    _words(problems, at, span)


def _nothing(problems: Problems, at: str, component: Json) -> None:
    """Separators, spacers and fillers have only looks."""


_CHECKS: dict[str, Check] = {
    "box": _box,
    "button": _button,
    "image": _image,
    "video": _video,
    "icon": _icon,
    "text": _text,
    "span": _span,
    "separator": _nothing,
    "spacer": _nothing,
    "filler": _nothing,
}
_BLOCK_LEVEL = ("box", "button", "image", "text", "separator", "spacer", "filler")
_INSIDE = {
    "horizontal": _BLOCK_LEVEL,
    "vertical": _BLOCK_LEVEL,
    "baseline": ("icon", "text", "spacer", "filler"),
}
