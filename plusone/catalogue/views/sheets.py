"""Products as rows of a table, and what its columns are called."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plusone.base.tables import Cell
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import UNLIMITED
from plusone.catalogue.rules.sheets import FIELDS

HEADINGS: dict[str, str | Promise] = {
    "code": _("Product code"),
    "name": _("Name"),
    "category": _("Category"),
    "price": _("Price"),
    "stock": _("Stock"),
    "public": _("On sale"),
    "description": _("Description"),
    "words": _("Other names buyers use"),
    "option_1": _("First option"),
    "value_1": _("Value of the first option"),
    "option_2": _("Second option"),
    "value_2": _("Value of the second option"),
    "option_3": _("Third option"),
    "value_3": _("Value of the third option"),
    "own_price": _("Price of this option"),
    "sku": _("SKU"),
}
# What other programs and shops call the same.
ALSO: dict[str, tuple[str, ...]] = {
    "code": ("商品編號", "商品番号"),
    "name": ("商品名稱", "品名", "商品名", "product name"),
    "category": ("類別", "商品分類"),
    "price": ("售價", "單價", "販売価格", "単価"),
    "stock": ("庫存數量", "庫存量", "在庫数"),
    "description": ("商品描述", "商品說明", "商品説明"),
    "sku": ("貨號", "品番"),
}


def header() -> list[str]:
    """The headings in the reader's language."""
    return [str(HEADINGS[field]) for field in FIELDS]


def names() -> dict[str, set[str]]:
    """What each column may be called: its heading in any of our languages, since a file travels, or a
    usual name.
    """
    found = {field: set(ALSO.get(field, ())) for field in FIELDS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for field in FIELDS:
                found[field].add(str(HEADINGS[field]))
    return found


def rows(products: Iterable[Product]) -> Iterator[list[Cell]]:
    """A row an option; what belongs to the product stands in each of its rows."""
    yes, no = gettext("yes"), gettext("no")
    for product in products:
        for variant in product.active_variants():
            yield _row(product, variant, yes if product.is_public else no)


def _row(product: Product, variant: Variant, public: str) -> list[Cell]:
    return [
        product.code,
        product.name,
        product.category,
        product.price,
        UNLIMITED if variant.unlimited else variant.stock,
        public,
        product.description,
        ", ".join(str(word) for word in product.words),
        *_options(product, variant),
        variant.price,
        variant.sku,
    ]


def _options(product: Product, variant: Variant) -> list[Cell]:
    """Name and value of up to three options; an option that has no value here has no name here either."""
    pairs = [
        (str(name), str(value)) for name, value in zip(product.option_names, variant.options, strict=False)
    ]
    padded = [*pairs, ("", ""), ("", ""), ("", "")][:3]
    return [text for pair in padded for text in pair]


def sample() -> list[list[Cell]]:
    """The template's rows: one product without options, one with two."""
    yes = gettext("yes")
    plain: list[Cell] = [
        None,
        gettext("High mountain tea"),
        gettext("Tea"),
        680,
        20,
        yes,
        gettext("150 g"),
        None,
    ]
    shirt = [None, gettext("T-shirt"), gettext("Clothes"), 390]
    size = [gettext("Size")]
    return [
        [*plain, *[None] * 8],
        [*shirt, 10, yes, None, None, *size, "M", *[None] * 6],
        [*shirt, UNLIMITED, yes, None, None, *size, "L", *[None] * 4, 420, "T-L"],
    ]
