"""Numbers as people write them: Chinese numerals, counted Japanese, a few English words, dozens."""

import re
from typing import Final

_DIGITS: Final = {
    sign: value
    for value, signs in enumerate(("零〇", "一", "二兩", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_TENS: Final = {"廿": "二十", "卅": "三十"}
NUMERAL: Final = re.compile("[零〇一二兩三四五六七八九十百千廿卅]+")

# Written-out numbers that stand for themselves.
SPELLED: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
    "ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5,
    "むっつ": 6, "ななつ": 7, "やっつ": 8, "ここのつ": 9,
    "一つ": 1, "二つ": 2, "三つ": 3, "四つ": 4, "五つ": 5, "六つ": 6, "七つ": 7, "八つ": 8, "九つ": 9,
}  # fmt: skip
# A dozen is 12, yet people also mean "one pack": what is understood through these is always asked back.
DOZENS: Final = {"半打": 6, "a dozen": 12, "half a dozen": 6, "半ダース": 6}
DOZEN: Final = frozenset({"打", "dozen", "ダース"})

COUNTERS: Final = frozenset((
    *"個份盒包組件瓶罐袋條顆支雙箱套張片本台杯串塊隻只對朵盆碗桶粒枝把捲卷單",
    *"つ枚点着足缶冊束コケヶこ", "セット", "パック", "ケース", "ピース",
    "pcs", "pc", "pieces", "piece", "sets", "set", "boxes", "box", "packs", "pack", "bags", "bag",
    "bottles", "bottle", "items", "units",
))  # fmt: skip


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral up to 9,999 (十二, 兩百, 廿五); None where the signs make none."""
    for short, long in _TENS.items():
        text = text.replace(short, long)
    return _by_units(text) if any(unit in text for unit in _UNITS) else _digit(text)


def _digit(text: str) -> int | None:
    return _DIGITS.get(text)


def _by_units(text: str) -> int | None:
    total, limit, digit = 0, 10_000, None
    for sign in text:
        unit = _UNITS.get(sign)
        if unit is None:
            if digit:
                return None
            digit = _DIGITS[sign]
        elif unit >= limit or (digit == 0 and unit != 10):
            return None
        else:
            total, limit, digit = total + (digit or 1) * unit, unit, None
    return total + (digit or 0)
