"""A table of products to what it would make of the shop: decides row by row, touches nothing.

One row an option; rows of one code are one product. A column that the file does not have changes nothing, and
neither does an empty name, price, stock or switch; an empty category, description or word list empties it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plusone.catalogue.rules.drafts import UNLIMITED, ProductDraft, VariantDraft, problems

FIELDS = (
    "code",
    "name",
    "category",
    "price",
    "stock",
    "public",
    "description",
    "words",
    *(f"{kind}_{number}" for number in (1, 2, 3) for kind in ("option", "value")),
    "own_price",
    "sku",
)
_YES_WORDS = ("1", "true", "yes", "y", "on", "o", "是", "公開", "上架", "銷售中", "販售")
_NO_WORDS = ("0", "false", "no", "n", "off", "x", "否", "非公開", "下架", "停止", "已停止")
YES = frozenset((*_YES_WORDS, "はい", "公開中", "販売中", "表示"))
NO = frozenset((*_NO_WORDS, "いいえ", "停止中", "販売停止", "非表示"))
BOUNDLESS = frozenset(["-1", "unlimited", "無限", "無限量", "不限", "不限量", "無制限", "∞"])
_MONEY = re.compile(r"(?:nt\$|twd|jpy|usd|[$¥])?([+-]?[0-9]+)(?:\.0+)?(?:元|円|圓)?")

Cells = Mapping[str, str]
Rows = Sequence[tuple[int, Cells]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a row, at which field, and the text that stands there."""

    row: int
    field: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """One product as the file wants it; `before` is what it is now, None for a new one without a code."""

    row: int
    code: str
    draft: ProductDraft
    before: ProductDraft | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What the file would do: products that are new or would change, how many stay as they are, and what
    stands against it.
    """

    products: tuple[Planned, ...]
    same: int
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    def __init__(self, row: int, field: str, code: str, text: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(row, field, code, text)


def codes(rows: Rows) -> set[str]:
    """The product codes that the file names."""
    return {code for _row, cells in rows if (code := _code(cells))}


def plan(rows: Rows, standing: Mapping[str, ProductDraft]) -> Plan:
    """What the rows want, against the products that stand now by their code. Every group of rows is looked
    at, so that all problems are told at once.
    """
    planned: list[Planned] = []
    found: list[Problem] = []
    same = 0
    for group in _groups(rows):
        try:
            one = _product(group, standing)
        except _Wrong as wrong:
            found.append(wrong.problem)
            continue
        found += [Problem(one.row, field, code) for field, code in problems(one.draft).items()]
        if one.draft == one.before:
            same += 1
        else:
            planned.append(one)
    return Plan(tuple(planned), same, tuple(found))


def _groups(rows: Rows) -> list[Rows]:
    """Rows of one code; rows without a code that follow each other under one name and name an option."""
    grouped: dict[tuple[str, str], list[tuple[int, Cells]]] = {}
    for row, cells in rows:
        code, name = _code(cells), cells.get("name", "")
        key = ("code", code) if code else ("name", name) if cells.get("value_1") else ("row", str(row))
        grouped.setdefault(key, []).append((row, cells))
    return list(grouped.values())


def _code(cells: Cells) -> str:
    return unicodedata.normalize("NFKC", cells.get("code", ""))


def _product(group: Rows, standing: Mapping[str, ProductDraft]) -> Planned:
    row, first = group[0]
    code = _code(first)
    if code and code not in standing:
        raise _Wrong(row, "code", "unknown", code)
    before = standing[code] if code else None
    old = before or ProductDraft(name="", price=None, variants=())
    draft = replace(
        old,
        name=_agreed(group, "name") or old.name,
        price=_price(group, old.price, is_new=before is None),
        category=_cleared(group, "category", old.category),
        description=_cleared(group, "description", old.description),
        is_public=_switch(group, old.is_public),
        words=_words(group, old.words),
        option_names=_option_names(group, old.option_names),
    )
    return Planned(row, code, replace(draft, variants=_variants(group, draft)), before)


def _agreed(group: Rows, field: str) -> str:
    """What the rows say of their product; they may leave it to one of them, but not disagree."""
    told = ""
    for row, cells in group:
        text = cells.get(field, "")
        if text and told and text != told:
            raise _Wrong(row, field, "differs", text)
        told = told or text
    return told


def _cleared(group: Rows, field: str, old: str) -> str:
    if field not in group[0][1]:
        return old
    text = _agreed(group, field)
    return old if _lines(text) == _lines(old) else text


def _lines(text: str) -> str:
    """The text as spreadsheets give it back: other line ends, nothing at the edges."""
    return text.replace("\r\n", "\n").strip()


def _price(group: Rows, old: int | None, *, is_new: bool) -> int | None:
    text = _agreed(group, "price")
    if text:
        return _whole(group[0][0], "price", text)
    if is_new:
        raise _Wrong(group[0][0], "price", "missing")
    return old


def _whole(row: int, field: str, text: str) -> int:
    """1,500 · NT$1,500 · １５００ · 1500.0 · 1500元."""
    plain = re.sub(r"[\s,_]", "", unicodedata.normalize("NFKC", text).casefold())
    found = _MONEY.fullmatch(plain)
    if not found or len(found[1]) > 12:
        raise _Wrong(row, field, "not_whole", text)
    return int(found[1])


def _switch(group: Rows, old: bool) -> bool:
    text = _agreed(group, "public")
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if not plain:
        return old
    if plain not in YES | NO:
        raise _Wrong(group[0][0], "public", "not_yes_or_no", text)
    return plain in YES


def _words(group: Rows, old: tuple[str, ...]) -> tuple[str, ...]:
    if "words" not in group[0][1]:
        return old
    parts = re.split(r"[,，、]", _agreed(group, "words"))
    return tuple(dict.fromkeys(word for part in parts if (word := part.strip())))


def _option_names(group: Rows, old: tuple[str, ...]) -> tuple[str, ...]:
    named = tuple(name for number in (1, 2, 3) if (name := _agreed(group, f"option_{number}")))
    return named or old


def _variants(group: Rows, draft: ProductDraft) -> tuple[VariantDraft, ...]:
    """The product's options with the rows' changes on them; those the file does not name stay."""
    variants = {variant.options: variant for variant in draft.variants}
    told: set[tuple[str, ...]] = set()
    for row, cells in group:
        values = _values(row, cells, draft)
        if not values and draft.option_names:
            _refuse_option_cells(row, cells)
            continue
        if values in told:
            raise _Wrong(row, "value_1" if values else "code", "twice", " ".join(values))
        told.add(values)
        variants[values] = _variant(row, cells, variants.get(values, VariantDraft(options=values)))
    return tuple(variants.values())


def _values(row: int, cells: Cells, draft: ProductDraft) -> tuple[str, ...]:
    values = tuple(value for number in (1, 2, 3) if (value := cells.get(f"value_{number}", "")))
    if values and len(values) != len(draft.option_names):
        raise _Wrong(row, "value_1", "values_and_options", " ".join(values))
    return values


def _refuse_option_cells(row: int, cells: Cells) -> None:
    """A row that names no option may say things of the product only."""
    for field in ("stock", "own_price", "sku"):
        if cells.get(field):
            raise _Wrong(row, field, "which_option", cells[field])


def _variant(row: int, cells: Cells, old: VariantDraft) -> VariantDraft:
    price, stock = cells.get("own_price", ""), cells.get("stock", "")
    return replace(
        old,
        price=(_whole(row, "own_price", price) if price else None) if "own_price" in cells else old.price,
        stock=_stock(row, stock) if stock else old.stock,
        sku=cells.get("sku", old.sku),
    )


def _stock(row: int, text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if plain in BOUNDLESS:
        return UNLIMITED
    number = _whole(row, "stock", text)
    if number < 0:
        raise _Wrong(row, "stock", "out_of_range", text)
    return number
