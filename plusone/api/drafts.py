"""A body as the draft of a product: decides, touches nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from plusone.api.refusals import Refusal
from plusone.api.shapes import ProductChange, ProductIn, VariantIn
from plusone.catalogue.rules import UNLIMITED, ProductDraft, VariantDraft

PLAIN = {"name", "price", "description", "category", "is_public"}


@dataclass(frozen=True, slots=True)
class Known:
    """A variant the product already has, put away or not, with its options by name."""

    options: Mapping[str, str]
    draft: VariantDraft


def new(given: ProductIn) -> ProductDraft:
    """The draft of a new product. Raises Refusal when its stock and variants contradict each other."""
    bare = given.model_dump(include=PLAIN)
    if given.variants is None:
        return ProductDraft(**bare, variants=(VariantDraft(stock=given.stock),))
    draft = _with_variants(ProductDraft(**bare), given.variants, ())
    return _with_stock(draft, given.stock) if "stock" in given.model_fields_set else draft


def changed(old: ProductDraft, given: ProductChange, known: Sequence[Known]) -> ProductDraft:
    """The old draft with what was given on it. Raises Refusal as `new` does."""
    draft = replace(old, **given.model_dump(include=PLAIN, exclude_unset=True))
    if "variants" in given.model_fields_set:
        draft = _with_variants(draft, given.variants, known)
    elif "stock" in given.model_fields_set and len(draft.variants) == 1:
        return replace(draft, variants=(replace(draft.variants[0], stock=given.stock),))
    return _with_stock(draft, given.stock) if "stock" in given.model_fields_set else draft


def options_by_name(names: Sequence[object], values: Sequence[object]) -> dict[str, str]:
    """Option name to value, in order; a value whose option has no name is under its place."""
    padded = [str(name) for name in names] + [str(place) for place in range(len(names) + 1, len(values) + 1)]
    return dict(zip(padded, (str(value) for value in values), strict=False))


def _with_variants(draft: ProductDraft, given: Sequence[VariantIn], known: Sequence[Known]) -> ProductDraft:
    names = tuple(given[0].options)
    if set(names) == set(draft.option_names):
        names = draft.option_names  # another order would give variants that were put away other options
    if any(set(variant.options) != set(names) for variant in given):
        raise Refusal(422, "variants", "options_differ")
    variants = tuple(_variant(variant, names, draft.price, _same(variant, known)) for variant in given)
    return replace(draft, option_names=names, variants=variants)


def _same(given: VariantIn, known: Sequence[Known]) -> VariantDraft | None:
    return next((one.draft for one in known if one.options == given.options), None)


def _variant(
    given: VariantIn, names: tuple[str, ...], product_price: int | None, before: VariantDraft | None
) -> VariantDraft:
    """The known variant with what was given on it, or a new one; the product's price is no own price."""
    told = given.model_dump(include={"sku", "price", "stock"}, exclude_unset=before is not None)
    if "price" in told and told["price"] == product_price:
        told["price"] = None
    return replace(before or VariantDraft(), options=tuple(given.options[name] for name in names), **told)


def _with_stock(draft: ProductDraft, stock: int) -> ProductDraft:
    """The draft, when the stock given beside its variants is their sum."""
    left = [variant.stock or 0 for variant in draft.variants]
    if stock != (UNLIMITED if UNLIMITED in left else sum(left)):
        raise Refusal(422, "stock", "stock_of_options")
    return draft
