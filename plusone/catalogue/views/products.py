"""Products: the list, the public switch, removal (JG06, JG07)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import lists, notices
from plusone.catalogue import actions
from plusone.catalogue.models import Product, ProductQuerySet, StockMovement
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed


@may("products.see")
@require_GET
def products(request: TenantRequest, slug: str) -> HttpResponse:
    """All products, newest first: searched as one types; all, on sale, stopped, low in stock."""
    search, show = request.GET.get("q", "").strip()[:80], request.GET.get("show", "")
    found = _shown(Product.objects.listed().named(search), show)
    context = {
        "slice": lists.cut(found, request.GET),
        "search": search,
        "kept": {"show": show} if show else {},
        "filters": _filters(show, search),
        "filtered": bool(search or show),
        "can_change": allowed(request, "products.change"),
        "here": request.get_full_path(),
    }
    return page(request, "catalogue/products.html", context)


@may("products.change")
@require_POST
def visibility(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Put the product on sale or take it off, at once, with undo; an undo has its value in the address."""
    undoing = "undo" in request.GET
    product = _product(code)
    wanted = (request.GET if undoing else request.POST).get("public") == "1"
    if product.is_public != wanted:
        actions.show_or_hide(actor(request), product, wanted)
        undo = f"{address(request, 'console-product-visibility', code)}?undo=1&public={int(not wanted)}"
        notices.leave(request, _said(product, wanted), undo_url="" if undoing else undo)
    return refreshed() if undoing else back(request, address(request, "console-products"))


@may("products.change")
def removal(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Ask before removing, and say what will happen; then remove, or hide what has orders."""
    product = _product(code)
    if request.method == "POST":
        return _remove(request, product)
    ordered = StockMovement.objects.filter(variant__product=product, reason="order").exists()
    return page(request, "catalogue/removal.html", {"product": product, "ordered": ordered})


def _remove(request: TenantRequest, product: Product) -> HttpResponse:
    named = {"name": product.name, "code": product.code}
    if actions.remove(actor(request), product):
        notices.leave(request, gettext("“%(name)s” (%(code)s) was removed.") % named)
    else:
        undo = f"{address(request, 'console-product-visibility', product.code)}?undo=1&public=1"
        said = gettext(
            "“%(name)s” (%(code)s) has orders, so it was taken off sale instead. Its orders keep showing it."
        )
        notices.leave(request, said % named, undo_url=undo if product.is_public else "")
    return redirect(address(request, "console-products"))


def _product(code: str) -> Product:
    return get_object_or_404(Product.objects.listed(), code=code)


def _shown(found: ProductQuerySet, show: str) -> ProductQuerySet:
    match show:
        case "sale":
            return found.filter(is_public=True)
        case "stopped":
            return found.filter(is_public=False)
        case "low":
            return found.low()
        case _:
            return found


def _filters(chosen: str, search: str) -> list[dict[str, Any]]:
    named = {
        "": gettext("All"),
        "sale": gettext("On sale"),
        "stopped": gettext("Stopped"),
        "low": gettext("Low stock"),
    }
    kept = f"&q={search}" if search else ""
    return [
        {"label": label, "url": f"?show={code}{kept}", "active": code == chosen}
        for code, label in named.items()
    ]


def _said(product: Product, public: bool) -> str:
    if public and product.price is None:
        return gettext("“%(name)s” is public, but it has no price yet: nobody can order it.") % {
            "name": product.name
        }
    said = (
        gettext("“%(name)s” is on sale.")
        if public
        else gettext("“%(name)s” is off sale. Orders already taken stay.")
    )
    return said % {"name": product.name}
