"""Text in the encodings that spreadsheets of Taiwan and Japan save: UTF-8, UTF-16, Big5, Shift JIS."""

import codecs
import re

from plusone.base.tables.shapes import Mixed, Unknown

# Excel saves "CSV" in Windows' own encoding. Japanese text in Shift JIS is no valid Big5 (its kana begin
# with 0x82 and 0x83, which Big5 lacks), so Big5 is tried first.
_OLD = ("cp950", "cp932")
_MARKED = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_WIDE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises Mixed, Unknown.

    A file full of control characters is no table, unless it is marked as UTF-8, as our own are.
    """
    name = _named(data)
    if name:
        return _decoded(data.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff"), name), "UTF-16"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _old(data)
    if not data.startswith(codecs.BOM_UTF8) and len(_CONTROL.findall(text[:10_000])) > 20:
        raise Unknown
    return text, "UTF-8"


def _named(data: bytes) -> str:
    """UTF-16 by its mark, or by every other byte of the beginning being zero."""
    if data[:2] in _MARKED:
        return _MARKED[data[:2]]
    start = data[:400]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = start[offset::2].count(0)
        if len(start) >= 8 and zeros * 4 > len(start) / 2 and not start[1 - offset :: 2].count(0):
            return name
    return ""


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Unknown from None


def _old(data: bytes) -> tuple[str, str]:
    if _is_mostly_utf8(data):
        raise Mixed
    for name in _OLD:
        try:
            return data.decode(name), "Big5" if name == "cp950" else "Shift JIS"
        except UnicodeDecodeError:
            continue
    raise Mixed if _WIDE.search(data) else Unknown


def _is_mostly_utf8(data: bytes) -> bool:
    """More characters of UTF-8 than bytes that are none: Big5 has such by accident only."""
    good = len(_WIDE.findall(data))
    bad = data.decode("utf-8", "replace").count("�")
    return good > bad
