"""Checks of single fields, and LINE's two ways of counting characters."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from plusone.simulator.wire import Json

_JOINER = "\u200d"
MOST_URL = 2000
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass
class Problems:
    """What was found wrong, in the order of the body."""

    found: list[Json] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        """Notes a problem of the property at `path`."""
        self.found.append({"message": message, "property": path})


def units(text: str) -> int:
    """Length in UTF-16 code units, as LINE counts message texts."""
    return len(text) + sum(character > "\uffff" for character in text)


def graphemes(text: str) -> int:
    """Length in characters as a reader sees them, as LINE counts labels: joined emoji and flags are one."""
    count, joined, flags = 0, False, 0
    for character in text:
        flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = _extends(character) or joined or (flag and flags % 2 == 1)
        count += not extends
        joined = character == _JOINER
        flags = flags + 1 if flag else 0
    return count


def _extends(character: str) -> bool:
    modifier = "\U0001f3fb" <= character <= "\U0001f3ff"
    return character == _JOINER or modifier or unicodedata.category(character) in ("Mn", "Me", "Mc")


def check_text(
    problems: Problems, at: str, value: Any, limit: int, *, required: bool = True, visible: bool = False
) -> None:
    """A string of at most `limit` UTF-16 units (`visible`: graphemes); empty counts as missing."""
    if value is None or value == "":
        if required:
            problems.add(at, "May not be empty")
    elif not isinstance(value, str):
        problems.add(at, "Must be a string")
    elif (graphemes(value) if visible else units(value)) > limit:
        problems.add(at, f"Length must be between 0 and {limit}")


def check_choice(
    problems: Problems, at: str, value: Any, choices: Collection[str], *, required: bool = False
) -> None:
    """One of `choices`."""
    if value is None:
        if required:
            problems.add(at, "May not be empty")
    elif value not in choices:
        problems.add(at, f"Must be one of the following values: [{', '.join(choices)}]")


def check_url(problems: Problems, at: str, value: Any, *, required: bool = True) -> None:
    """An HTTPS address of at most 2,000 characters."""
    before = len(problems.found)
    check_text(problems, at, value, MOST_URL, required=required)
    if value and len(problems.found) == before and not is_secure(value):
        problems.add(at, "Must be a valid HTTPS URL")


def is_secure(value: str) -> bool:
    """HTTPS, or HTTP to this machine: offline nobody has a certificate (the one leniency against LINE)."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return secure and bool(parts.hostname) and value.isascii() and " " not in value


def check_number(
    problems: Problems, at: str, value: Any, least: float, most: float, *, required: bool = True
) -> None:
    """A number from `least` to `most`."""
    if value is None:
        if required:
            problems.add(at, "May not be null")
    elif isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        problems.add(at, f"Must be between {least:g} and {most:g}")


def objects(problems: Problems, at: str, value: Any, least: int, most: int) -> list[tuple[str, Json]]:
    """The items of an array of `least` to `most` objects, each with its path; none when it is not one."""
    if not isinstance(value, list):
        problems.add(at, "May not be empty")
        return []
    if not least <= len(value) <= most:
        problems.add(at, f"Size must be between {least} and {most}")
    items = [(f"{at}[{index}]", item) for index, item in enumerate(value[: most + 1])]
    for path, item in items:
        if not isinstance(item, dict):
            problems.add(path, "Must be an object")
    return [(path, item) for path, item in items if isinstance(item, dict)]
