"""A manager's lines about a product (商品名：新款上衣 / 價格 1500 / 庫存　20) as a change of it."""

import re
from collections.abc import Callable, Iterator
from typing import Final

from plusone.orders.rules.fold import fold
from plusone.orders.rules.terms import ProductEdit, Shelf, Understanding


def _either(words: str) -> frozenset[str]:
    return frozenset(map(fold, words.split()))


_FIELDS: Final = {
    "name": "商品名 商品名稱 名稱 品名 商品 名前 品名 name title",
    "price": "價格 售價 價錢 單價 定價 価格 値段 販売価格 price",
    "stock": "庫存 庫存量 庫存數量 數量 在庫 在庫数 stock quantity inventory",
    "category": "分類 類別 カテゴリ カテゴリー category",
    "description": "描述 說明 商品描述 商品說明 介紹 説明 商品説明 description",
    "public": "公開 狀態 上架 状態 public visible",
}
_KEYS: Final = {fold(word): field for field, words in _FIELDS.items() for word in words.split()}
_LINE: Final = re.compile(r"\s*(?P<key>[^\s:：0-9０-９$¥￥-]{1,12}?)\s*(?:[:：]|\s)\s*(?P<value>.*\S)?\s*")
_TIGHT: Final = re.compile(r"\s*(?P<key>[^\s:：0-9０-９]{1,12}?)(?P<value>[0-9０-９$¥￥-].*)")
_CODE: Final = re.compile(r"[0-9]{5,12}")
_MONEY: Final = re.compile(
    r"(?:nt\$|ntd|twd|jpy|usd|\$|¥)? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+) ?(?:元|円|圓|塊|yen|twd|ntd|jpy)?整?"
)
_WHOLE: Final = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+) ?(?:個|件|份|盒|包|組|点|つ|pcs)?")
_UNLIMITED: Final = _either("-1 無限 不限 無上限 無限量 無制限 unlimited")
_YES: Final = _either("是 公開 上架 開 開啟 顯示 はい 公開する on yes true public 1")
_NO: Final = _either("否 不公開 非公開 下架 關 關閉 隱藏 いいえ 公開しない off no false private hidden 0")
MOST_MONEY: Final = 99_999_999
MOST_STOCK: Final = 9_999_999

Lines = list[tuple[str, str]]
Value = str | int | bool | None


def understand_edit(text: str, shelf: Shelf) -> Understanding | None:
    """The change of the quoted product, or of the one whose code is the first line. None when the text is no
    such change; a line that is wrong is named in `problems` (`price_not_whole`, `line_unknown`, …)."""
    lines = [line for line in text.splitlines() if line.strip()]
    code = _leading_code(lines)
    target = code or shelf.quoted
    found = _fields(lines[1:] if code else lines) if target and lines else []
    if not target or all(field == "" for field, _ in found):
        return None
    if target not in shelf.offers:
        return Understanding("error", error="unknown_code", subject=target, aim="edit_product")
    return Understanding("edit_product", edit=_edit(found), subject=target, aim="edit_product")


def _leading_code(lines: list[str]) -> str | None:
    first = fold(lines[0]) if len(lines) > 1 else ""
    return first if _CODE.fullmatch(first) else None


def _fields(lines: list[str]) -> Lines:
    """Field and value of each line, "" for a line that is none; lines after a description are its own."""
    found: Lines = []
    for line in lines:
        field, value = _field(line)
        if not field and found and found[-1][0] == "description":
            found[-1] = ("description", f"{found[-1][1]}\n{line.strip()}".strip())
        else:
            found.append((field, value))
    return found


def _field(line: str) -> tuple[str, str]:
    for pattern in (_LINE, _TIGHT):
        parts = pattern.fullmatch(line)
        field = _KEYS.get(fold(parts["key"]), "") if parts else ""
        if parts and field and (pattern is _LINE or field in {"price", "stock"}):
            return field, parts["value"] or ""
    return "", line.strip()


def _edit(found: Lines) -> ProductEdit:
    values: dict[str, Value] = {}
    problems: list[str] = []
    for field, written in found:
        if not field or field in values:
            problems.append(f"{field}_twice" if field else "line_unknown")
            continue
        values[field], problem = _READ[field](written)
        problems += [problem] if problem else []
    return ProductEdit(**values, problems=tuple(dict.fromkeys(problems)))  # type: ignore[arg-type]


def _name(written: str) -> tuple[Value, str]:
    return (written, "") if written else (None, "name_empty")


def _text(written: str) -> tuple[Value, str]:
    return written, ""


def _price(written: str) -> tuple[Value, str]:
    whole = _MONEY.fullmatch(fold(written))
    if not whole:
        return None, "price_not_whole"
    return _within(whole[1], MOST_MONEY, "price_too_large")


def _stock(written: str) -> tuple[Value, str]:
    folded = fold(written)
    whole = _WHOLE.fullmatch(folded)
    if folded in _UNLIMITED:
        return -1, ""
    return _within(whole[1], MOST_STOCK, "stock_too_large") if whole else (None, "stock_not_whole")


def _within(digits: str, most: int, problem: str) -> tuple[Value, str]:
    plain = digits.replace(",", "").lstrip("0") or "0"
    return (int(plain), "") if len(plain) <= len(str(most)) else (None, problem)


def _public(written: str) -> tuple[Value, str]:
    folded = fold(written)
    return (folded in _YES, "") if folded in _YES | _NO else (None, "public_unclear")


_READ: Final[dict[str, Callable[[str], tuple[Value, str]]]] = {
    "name": _name,
    "price": _price,
    "stock": _stock,
    "category": _text,
    "public": _public,
    "description": _text,
}
_LABELS: Final = {
    "name": "商品名",
    "price": "價格",
    "stock": "庫存",
    "category": "分類",
    "public": "公開",
    "description": "描述",
}


def edit_lines(edit: ProductEdit) -> Iterator[str]:
    """The lines that make this edit."""
    values = ((label, getattr(edit, field)) for field, label in _LABELS.items())
    return (f"{label}：{_written(value)}" for label, value in values if value is not None)


def _written(value: str | int | bool) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)
