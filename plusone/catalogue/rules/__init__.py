"""Product codes, drafts, stock arithmetic and tables of products: decides, touches nothing."""

from plusone.catalogue.rules.drafts import (
    MAX_PRICE,
    MAX_STOCK,
    UNLIMITED,
    ProductDraft,
    VariantDraft,
    Wish,
    allot,
    problems,
    product_code,
)

__all__ = [
    "MAX_PRICE",
    "MAX_STOCK",
    "UNLIMITED",
    "ProductDraft",
    "VariantDraft",
    "Wish",
    "allot",
    "problems",
    "product_code",
]
