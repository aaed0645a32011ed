"""Text as LINE counts it: UTF-16 code units mostly, grapheme clusters for labels; cleaning and clipping."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

ELLIPSIS = "…"

# Control characters but tab and line feed, and marks that turn the writing direction: a name with one of them
# would rearrange the price beside it. Halves of surrogate pairs are no text and cannot be encoded.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_HALVES = re.compile("[\ud800-\udfff]")

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_HANGUL_VOWELS, _HANGUL_FINALS = range(0x1160, 0x11A8), range(0x11A8, 0x1200)


def clean(text: str) -> str:
    """The text without what would harm the message around it."""
    return _HALVES.sub("\ufffd", _HARMFUL.sub("", text.replace("\r\n", "\n")))


def units(text: str) -> int:
    """Length in UTF-16 code units: an emoji is mostly two."""
    return len(text) + sum(char > "\uffff" for char in text)


def graphemes(text: str) -> Iterator[str]:
    """The characters as a reader sees them: a flag, a family or a letter with its accents is one.

    A short form of Unicode's UAX 29; where it differs (rare scripts) it counts more, never fewer.
    """
    cluster = ""
    for char in text:
        if cluster and not _extends(cluster, char):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _extends(cluster: str, char: str) -> bool:
    code = ord(char)
    if code < 0x300:
        return cluster == "\r" and char == "\n"
    if char == _JOINER or code in _SKIN_TONES or code in _TAGS or unicodedata.category(char) in ("Mn", "Me"):
        return not _stands_alone(cluster[-1])
    if code in _FLAG_LETTERS:
        return len(cluster) == 1 and ord(cluster) in _FLAG_LETTERS
    if code in _HANGUL_VOWELS:
        return "\u1100" <= cluster[-1] < "\u11a8"
    if code in _HANGUL_FINALS:
        return "\u1160" <= cluster[-1] < "\u1200"
    return _is_joined(cluster) and unicodedata.category(char) == "So"


def _is_joined(cluster: str) -> bool:
    """A picture and a joiner: the next picture belongs to it."""
    is_picture = unicodedata.category(cluster[0]) == "So" and ord(cluster[0]) not in _FLAG_LETTERS
    return is_picture and cluster[-1] == _JOINER


def _stands_alone(char: str) -> bool:
    """Nothing joins a control character (UAX 29, GB4); joiners and the tags of a flag are none."""
    if char in "\u200c\u200d" or ord(char) in _TAGS:
        return False
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def count(text: str) -> int:
    """Length in grapheme clusters."""
    return sum(1 for _ in graphemes(text))


def clip(text: str, limit: int) -> str:
    """Cleaned and at most `limit` UTF-16 units; a cut ends in … and never parts a visible character."""
    whole = clean(text)
    if units(whole) <= limit:
        return whole
    kept, room = [], limit - len(ELLIPSIS)
    for cluster in graphemes(whole):
        room -= units(cluster)
        if room < 0:
            break
        kept.append(cluster)
    return "".join(kept) + ELLIPSIS


def clip_graphemes(text: str, limit: int) -> str:
    """Cleaned and at most `limit` visible characters, ending in an ellipsis if cut.

    Also at most four UTF-16 units for each of them: one character can carry thousands of accents.
    """
    whole = clip(text, 4 * limit)
    clusters = list(graphemes(whole))
    return whole if len(clusters) <= limit else "".join(clusters[: limit - 1]) + ELLIPSIS


def json_size(value: Mapping[str, Any]) -> int:
    """Bytes of compact UTF-8 JSON: how we measure LINE's limits for Flex."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
