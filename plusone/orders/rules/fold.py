"""Fold what a buyer typed to one form, only for matching: what is stored and shown stays as written."""

import re
import unicodedata
from functools import lru_cache

# A command is short; LINE carries 5,000 characters and only a manager's product text needs so many.
LONGEST_COMMAND = 500
LONGEST_EDIT = 5_000

_SIGNS = {
    "+": "➕✚",
    "-": "−‐‑‒–—―⁃➖─━",
    "*": "×✕✖╳⨯∗⁎",
    "'": "’‘´",
    "~": "〜∼",
    "\n": "\r\v\f\x85\u2028\u2029",
}
# Simplified and Japanese shapes of the characters that commands, counters and colours are made of. Both
# sides of a comparison are folded, so a wrong pair could only join two options that differ by nothing else.
_SHAPES = dict(
    zip(
        "个来帮双两条颗单订购买销历记录变减给请麻烦这谢还几吗没红蓝绿黄黒黄緑歴変単张块对组装预约",
        "個來幫雙兩條顆單訂購買銷歷記錄變減給請麻煩這謝還幾嗎沒紅藍綠黃黑黃綠歷變單張塊對組裝預約",
        strict=True,
    )
)
# Control, zero-width, direction, tag and variation characters, the key-cap frame, blank fillers. Listed,
# because a scan of all of Unicode for category Cf costs 150 ms at import.
_UNSEEN = (
    *range(0x09), *range(0x0E, 0x20), 0x7F, 0xAD, 0x34F, *range(0x600, 0x606), 0x61C, 0x6DD, 0x70F, 0x115F,
    0x1160, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
    0x20E3, 0x2800, 0x3164,
    *range(0xFE00, 0xFE10), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE01F0),
)  # fmt: skip
_TABLE: dict[int, str] = (
    dict.fromkeys(_UNSEEN, "")
    | {ord(shape): sign for sign, shapes in _SIGNS.items() for shape in shapes}
    | {ord(shape): base for shape, base in _SHAPES.items()}
    | {ord("🔟"): "10"}
)
_GAP = re.compile(r"\s+")
_RUN = re.compile(r"(?<![0-9])[0-9]{5,12}(?![0-9])")
_TAIL = frozenset("!~。.,、;:…^_'\" \n")
_TAIL_KINDS = frozenset({"So", "Sk"})


def fold(text: str) -> str:
    """One form for matching: NFKC, lower case, one look for each sign, nothing unseen, one space or line
    break between words."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    if not folded.isprintable() or not folded.isascii():
        folded = folded.translate(_TABLE)
    return _GAP.sub(_gap, folded).strip()


def _gap(found: re.Match[str]) -> str:
    return "\n" if "\n" in found[0] else " "


@lru_cache(maxsize=8192)
def fold_name(name: str) -> str:
    """`fold` for the names and options of products, which come back with every message."""
    return fold(name).replace("\n", " ")


@lru_cache(maxsize=8192)
def plain_name(name: str) -> str:
    """The folded name without its emoji and other pictures: 🔥現貨🔥高山茶 is 現貨高山茶."""
    kept = (letter for letter in fold_name(name) if unicodedata.category(letter) not in _TAIL_KINDS)
    return _GAP.sub(" ", "".join(kept)).strip()


def without_tail(folded: str) -> str:
    """The text without the exclamation marks, dots, tildes and emoji that end it. A question mark stays: it
    changes what is meant."""
    end = len(folded)
    while end and (folded[end - 1] in _TAIL or unicodedata.category(folded[end - 1]) in _TAIL_KINDS):
        end -= 1
    return folded[:end]


def without_head(folded: str) -> str:
    """The text without the emoji that it begins with: 🙋‍♀️ +1 raises a hand and says no word."""
    start = 0
    while start < len(folded) and (
        folded[start] == " " or unicodedata.category(folded[start]) in _TAIL_KINDS
    ):
        start += 1
    return folded[start:]


def codes_in(text: str) -> tuple[str, ...]:
    """Digit runs of 5 to 12 that could be product codes, each once, in order: what the caller loads before
    `understand`. Looks at the first 500 characters, as no later one can be part of a command."""
    return tuple(dict.fromkeys(folded_codes(fold(text[:LONGEST_COMMAND]))))


def folded_codes(folded: str) -> list[str]:
    """The digit runs of a folded text that could be product codes."""
    return _RUN.findall(folded)
