"""Product codes, drafts and stock arithmetic."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_PRICE = 99_999_999
MAX_STOCK = 9_999_999
UNLIMITED = -1


def product_code(day: datetime.date, number: int) -> str:
    """YYMMDD and the day's number in three digits, widening past 999 (JG05): 260108001, later 2601081000."""
    return f"{day:%y%m%d}{number:03d}"


@dataclass(frozen=True, slots=True)
class Wish:
    """So many of a variant are wanted (whole pieces, 1 to 99)."""

    variant_id: int
    quantity: int


def allot(wishes: Iterable[Wish], left: Mapping[int, int | None]) -> list[int]:
    """What each wish gets, first come first served: all of it, what is left, or 0.

    None in `left` means unlimited.
    """
    remaining = dict(left)
    given = []
    for wish in wishes:
        stock = remaining[wish.variant_id]
        got = wish.quantity if stock is None else min(wish.quantity, stock)
        if stock is not None:
            remaining[wish.variant_id] = stock - got
        given.append(got)
    return given


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant as somebody wants it to be: option values,
    price in currency units or None for the product's, stock, -1 for unlimited or None to leave it.
    """

    options: tuple[str, ...] = ()
    price: int | None = None
    stock: int | None = 0
    sku: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product as somebody wants it to be. A price of None means not yet for sale (made from a photo)."""

    name: str
    price: int | None
    description: str = ""
    category: str = ""
    is_public: bool = True
    option_names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    variants: tuple[VariantDraft, ...] = (VariantDraft(),)


def problems(draft: ProductDraft) -> dict[str, str]:
    """What is wrong with the draft, field to code; empty when it can be stored."""
    found: dict[str, str] = {}
    if not draft.name.strip():
        found["name"] = "missing"
    elif len(draft.name) > 120:
        found["name"] = "too_long"
    if len(draft.category) > 60:
        found["category"] = "too_long"
    if not _good_price(draft.price):
        found["price"] = "out_of_range"
    if not draft.variants:
        found["variants"] = "missing"
    return found | _variant_problems(draft.variants)


def _variant_problems(variants: Sequence[VariantDraft]) -> dict[str, str]:
    found: dict[str, str] = {}
    if len({v.options for v in variants}) != len(variants):
        found["variants"] = "twice"
    if len(variants) > 1 and any(not v.options for v in variants):
        found["variants"] = "options_missing"
    if any(len(value) > 40 for v in variants for value in v.options) or any(
        len(v.sku) > 60 for v in variants
    ):
        found["variants"] = "too_long"
    if not all(_good_price(v.price) for v in variants):
        found["price"] = "out_of_range"
    if any(v.stock is not None and not UNLIMITED <= v.stock <= MAX_STOCK for v in variants):
        found["stock"] = "out_of_range"
    return found


def _good_price(price: int | None) -> bool:
    return price is None or 0 <= price <= MAX_PRICE
