"""Texts that came from people: shown as they are, unable to change what stands beside them."""

import re

# Direction overrides and isolates would reorder the page's own words; joiners inside emoji stay.
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")


def one_line(text: str) -> str:
    """The text on one line, without control characters and direction overrides."""
    return " ".join(_CONTROL.sub(" ", _DIRECTION.sub("", text)).split())


def initials(name: str) -> str:
    """What stands in for a picture: one character of a Chinese or Japanese name, two letters of others."""
    words = one_line(name).split()
    if not words:
        return "?"
    if _WIDE.match(words[0]):
        return words[0][0]
    return "".join(word[0] for word in words[:2]).upper()
