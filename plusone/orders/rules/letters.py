"""Letters: what the shop writes to a buyer about an order, with marks such as {total} to fill in (JG17)."""

import re
from collections.abc import Mapping
from typing import Final, Literal

LONGEST = 2000  # UTF-16 units; LINE takes 5,000, and nobody reads as much in a chat
KINDS: Final = ("purchased", "please_pay", "paid", "shipped", "cancelled", "ask")
# The letter that fits when an order was given this status.
FITTING: Final[dict[str, str]] = {
    "purchased": "purchased",
    "paid": "paid",
    "shipped": "shipped",
    "cancelled": "cancelled",
    "other": "ask",
}
# Each mark as people may write it; the first is what is stored.
MARKS: Final[dict[str, dict[str, str]]] = {
    "name": {"en": "name", "zh-hant": "顧客", "ja": "お名前"},
    "number": {"en": "number", "zh-hant": "訂單編號", "ja": "注文番号"},
    "items": {"en": "items", "zh-hant": "品項", "ja": "明細"},
    "total": {"en": "total", "zh-hant": "金額", "ja": "合計"},
    "tracking": {"en": "tracking", "zh-hant": "物流單號", "ja": "送り状番号"},
    "shop": {"en": "shop", "zh-hant": "商店", "ja": "ショップ"},
}
_MARK = re.compile(r"[{｛]\s*([^{}｛｝\n]{1,20}?)\s*[}｝]")
_MEANT: Final = {word.lower(): mark for mark, words in MARKS.items() for word in words.values()}

Reach = Literal["", "no_line", "blocked", "no_friend"]


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its marks filled in. A line with a mark that has no value is left out; what is no mark
    stays.

    What is filled in is not looked at again: a buyer called {total} stays {total}.
    """
    lines = (line for line in text.splitlines() if not _is_empty(line, values))
    return "\n".join(_MARK.sub(lambda found: _value(found, values), line) for line in lines).strip()


def unknown(text: str) -> list[str]:
    """What stands in braces and is no mark, in order."""
    return [found[0] for found in _MARK.finditer(text) if _meant(found) is None]


def plain(text: str) -> str:
    """The text with its marks under their stored names, whatever language they were written in."""
    return _MARK.sub(lambda found: f"{{{_meant(found)}}}" if _meant(found) else found[0], text)


def written(text: str, language: str) -> str:
    """The text with its marks as a reader of this language calls them."""
    return _MARK.sub(lambda found: _written(found, language), text)


def too_long(text: str) -> bool:
    """True over 2,000 UTF-16 units, as LINE counts."""
    return len(text.encode("utf-16-le")) // 2 > LONGEST


def reach(*, known: bool, followed: bool, blocked: bool) -> Reach:
    """Whether a push can arrive: nobody at LINE is known, the friend has blocked the account, or they are
    known from a group only and perhaps no friend (LINE takes such a push, delivers nothing); "" when it can.
    """
    if not known:
        return "no_line"
    if blocked:
        return "blocked"
    return "" if followed else "no_friend"


def _is_empty(line: str, values: Mapping[str, str]) -> bool:
    marks = [mark for found in _MARK.finditer(line) if (mark := _meant(found))]
    return any(not values.get(mark) for mark in marks)


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    mark = _meant(found)
    return found[0] if mark is None else values[mark]


def _meant(found: re.Match[str]) -> str | None:
    return _MEANT.get(found[1].lower())


def _written(found: re.Match[str], language: str) -> str:
    mark = _meant(found)
    return found[0] if mark is None else f"{{{MARKS[mark].get(language, mark)}}}"
