"""Actions of buttons, quick replies and areas."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from plusone.simulator.validate.fields import Problems, check_choice, check_text
from plusone.simulator.wire import Json

Check = Callable[[Problems, str, Json], None]


@dataclass(frozen=True)
class Place:
    """Where an action stands: which types it may have, its label's limit and whether it needs one."""

    types: tuple[str, ...]
    label: int
    label_required: bool = True


_ALL = ("postback", "message", "uri", "datetimepicker", "clipboard")
TEMPLATE = Place(_ALL, 20)
IMAGE_CAROUSEL = Place(_ALL, 12, label_required=False)
QUICK_REPLY = Place((*_ALL, "camera", "cameraRoll", "location"), 20)
FLEX_BUTTON = Place(_ALL, 40)
FLEX_OTHER = Place(_ALL, 40, label_required=False)
IMAGEMAP = Place(("uri", "message", "clipboard"), 100, label_required=False)

_URI = re.compile(r"(https?|line|tel):\S+")
_ALIAS = re.compile(r"[a-z0-9_-]+")
_INPUT = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_TIMES = {
    "date": re.compile(r"(19\d\d|20\d\d|2100)-\d\d-\d\d"),
    "time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "datetime": re.compile(r"(19\d\d|20\d\d|2100)-\d\d-\d\d[tT]([01]\d|2[0-3]):[0-5]\d"),
}


def check_action(problems: Problems, at: str, action: Any, place: Place) -> None:
    """An action that may stand in this place."""
    if not isinstance(action, dict):
        problems.add(at, "May not be null" if action is None else "Must be an object")
        return
    check_choice(problems, f"{at}.type", action.get("type"), place.types, required=True)
    label = action.get("label")
    check_text(problems, f"{at}.label", label, place.label, required=place.label_required, visible=True)
    check = _CHECKS.get(str(action.get("type"))) if action.get("type") in place.types else None
    if check:
        check(problems, at, action)


def _postback(problems: Problems, at: str, action: Json) -> None:
    check_text(problems, f"{at}.data", action.get("data"), 300)
    check_text(problems, f"{at}.displayText", action.get("displayText"), 300, required=False, visible=True)
    check_text(problems, f"{at}.text", action.get("text"), 300, required=False, visible=True)
    check_text(problems, f"{at}.fillInText", action.get("fillInText"), 300, required=False, visible=True)
    check_choice(problems, f"{at}.inputOption", action.get("inputOption"), _INPUT)
    if action.get("text") and action.get("displayText"):
        problems.add(at, "text and displayText cannot be used together")
    if action.get("fillInText") and action.get("inputOption") != "openKeyboard":
        problems.add(f"{at}.fillInText", "fillInText needs inputOption openKeyboard")


def _message(problems: Problems, at: str, action: Json) -> None:
    check_text(problems, f"{at}.text", action.get("text"), 300, visible=True)


def _uri(problems: Problems, at: str, action: Json) -> None:
    key = "linkUri" if "linkUri" in action else "uri"
    value = action.get(key)
    check_text(problems, f"{at}.{key}", value, 1000)
    if isinstance(value, str) and value and not _URI.fullmatch(value):
        problems.add(f"{at}.{key}", "invalid uri scheme")


def _datetime(problems: Problems, at: str, action: Json) -> None:
    check_text(problems, f"{at}.data", action.get("data"), 300)
    check_choice(problems, f"{at}.mode", action.get("mode"), tuple(_TIMES), required=True)
    pattern = _TIMES.get(str(action.get("mode")))
    for key in ("initial", "min", "max"):
        value = action.get(key)
        if pattern and value is not None and not pattern.fullmatch(str(value)):
            problems.add(f"{at}.{key}", "Invalid date format")


def _clipboard(problems: Problems, at: str, action: Json) -> None:
    check_text(problems, f"{at}.clipboardText", action.get("clipboardText"), 1000)


def _menu_switch(problems: Problems, at: str, action: Json) -> None:
    check_text(problems, f"{at}.data", action.get("data"), 300)
    alias = action.get("richMenuAliasId")
    check_text(problems, f"{at}.richMenuAliasId", alias, 32)
    if isinstance(alias, str) and alias and not _ALIAS.fullmatch(alias):
        problems.add(f"{at}.richMenuAliasId", "Must match [a-z0-9_-]")


_CHECKS: dict[str, Check] = {
    "postback": _postback,
    "message": _message,
    "uri": _uri,
    "datetimepicker": _datetime,
    "clipboard": _clipboard,
    "richmenuswitch": _menu_switch,
}
