"""Products: list, create, read, change, remove."""

from typing import Any

from django.http import HttpResponse
from ninja import Header, Query, Router, Status
from pydantic import Field

from plusone.api import drafts
from plusone.api.drafts import Known, options_by_name
from plusone.api.middleware import ApiRequest, actor
from plusone.api.paging import Paging, page
from plusone.api.refusals import Refusal
from plusone.api.shapes import (
    AGAIN,
    ProductChange,
    ProductIn,
    ProductOut,
    Products,
    Removed,
    Search,
    refusals,
)
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import ChangedMeanwhile
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import VariantDraft

router = Router(tags=["products"])


class Filter(Paging):
    """Which products."""

    search: Search = Field("", description="Part of the name or the code, in any case.")
    public: bool | None = Field(None, description="Only those on sale (true) or not on sale (false).")


@router.get("", response={200: Products, **refusals(422)}, operation_id="list_products")
def list_products(request: ApiRequest, wanted: Query[Filter]) -> Any:
    """The shop's products, newest first."""
    rows = Product.objects.listed().named(wanted.search)
    if wanted.public is not None:
        rows = rows.filter(is_public=wanted.public)
    found, following = page(rows, wanted)
    return {"items": [_shown(product) for product in found], "next": following}


@router.post(
    "",
    response={201: ProductOut, **refusals(402, 409, 413, 415, 422)},
    operation_id="create_product",
    openapi_extra=AGAIN,
)
def create_product(request: ApiRequest, response: HttpResponse, product: ProductIn) -> Any:
    """Put up a product; its code is given by the shop's day and number."""
    made = catalogue.put_up(actor(request), drafts.new(product))
    _tag(response, made)
    return Status(201, _shown(made))


@router.get("/{slug:code}", response={200: ProductOut, **refusals(404)}, operation_id="read_product")
def read_product(request: ApiRequest, response: HttpResponse, code: str) -> Any:
    """One product. The header ETag names its version, for If-Match."""
    found = _found(code)
    _tag(response, found)
    return _shown(found)


@router.patch(
    "/{slug:code}",
    response={200: ProductOut, **refusals(402, 404, 409, 413, 415, 422)},
    operation_id="change_product",
    openapi_extra=AGAIN,
)
def change_product(
    request: ApiRequest,
    response: HttpResponse,
    code: str,
    product: ProductChange,
    if_match: str | None = Header(  # type: ignore[type-arg]
        None,
        alias="If-Match",
        pattern=r'^(\*|"?[0-9]{1,9}"?)$',
        description="The ETag last read: 409 when it changed since.",
    ),
) -> Any:
    """Change some of a product. Orders already taken keep their prices."""
    held = _found(code, hold=True)
    if if_match and if_match != "*" and int(if_match.strip('"')) != held.version:
        raise ChangedMeanwhile
    known = _known(held)
    changed = catalogue.change(actor(request), held, drafts.changed(catalogue.draft_of(held), product, known))
    _tag(response, changed)
    return _shown(changed)


@router.delete(
    "/{slug:code}",
    response={200: Removed, **refusals(402, 404)},
    exclude_unset=True,
    operation_id="remove_product",
)
def remove_product(request: ApiRequest, code: str) -> Any:
    """Take a product out of the shop. One that has orders stays, and is no longer public instead."""
    removed = catalogue.remove(actor(request), _found(code, hold=True))
    return {"removed": True} if removed else {"removed": False, "is_public": False}


def _found(code: str, *, hold: bool = False) -> Product:
    if hold:
        catalogue.take_turn()
    rows = Product.objects.filter(code=code, removed_at=None)
    # no_key: order lines of this product take a key lock on it; a full lock would meet them in a deadlock.
    found = (rows.select_for_update(no_key=True) if hold else rows).first()
    if found is None:
        raise Refusal(404, "", "not_found")
    return found


def _known(held: Product) -> list[Known]:
    """The product's variants, those in use first, locked: what sells meanwhile must not come back."""
    catalogue.lock(Variant.objects.filter(product=held).values_list("pk", flat=True))
    variants = Variant.objects.filter(product=held).order_by("-is_active", "position", "pk")
    return [
        Known(
            options_by_name(held.option_names, v.options),
            VariantDraft(tuple(str(o) for o in v.options), v.price, v.shown_stock, v.sku, v.pk),
        )
        for v in variants
    ]


def _tag(response: HttpResponse, product: Product) -> None:
    response["ETag"] = f'"{product.version}"'


def _shown(product: Product) -> dict[str, Any]:
    return {
        "code": product.code,
        "name": product.name,
        "description": product.description,
        "category": product.category,
        "price": product.price,
        "stock": product.stock,
        "is_public": product.is_public,
        "variants": [_shown_variant(product, variant) for variant in product.active_variants()],
    }


def _shown_variant(product: Product, variant: Variant) -> dict[str, Any]:
    return {
        "sku": variant.sku,
        "options": options_by_name(product.option_names, variant.options),
        "price": variant.price_in(product),
        "stock": variant.shown_stock,
    }
