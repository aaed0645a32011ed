"""Change many products at once, take such a change back, and put them in order."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.catalogue import actions, rules
from plusone.catalogue.actions.bulk import Done
from plusone.catalogue.models import Product
from plusone.catalogue.views.products import undo_url
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed

MOST = 200
ARRANGED = 300

Verb = Callable[[TenantRequest, list[Product], str], Done | None]


@may("products.change")
@require_POST
def bulk(request: TenantRequest, slug: str) -> HttpResponse:
    """Do one thing to all that were ticked; say for how many, and for which not and why."""
    codes = request.POST.getlist("code")[:MOST]
    products = list(Product.objects.listed().filter(code__in=codes))
    verb = _VERBS.get(request.POST.get("verb", ""))
    if not products or verb is None:
        notices.leave(request, gettext("Please tick products and choose what to do."), loss=True)
    elif done := verb(request, products, request.POST.get("value", "").strip()):
        _tell(request, done)
    return back(request, address(request, "console-products"))


@may("products.change")
@require_POST
def undo(request: TenantRequest, slug: str, entry: int) -> HttpResponse:
    """Take back a change of many, as far as nobody changed the same since."""
    try:
        count = actions.undo(actor(request), entry)
        said = ngettext("Undone for %(count)d product.", "Undone for %(count)d products.", count)
        notices.leave(request, said % {"count": count})
    except actions.NothingToUndo:
        notices.leave(request, gettext("This has already been undone."), loss=True)
    return refreshed()


@may("products.see")
@require_GET
def order(request: TenantRequest, slug: str) -> HttpResponse:
    """The products in the order that buyers see."""
    found = list(Product.objects.filter(removed_at=None).arranged()[: ARRANGED + 1])
    context = {
        "products": found[:ARRANGED],
        "more": len(found) > ARRANGED,
        "end": found[ARRANGED].code if len(found) > ARRANGED else "",
        "limit": ARRANGED,
        "can_change": allowed(request, "products.change"),
    }
    return page(request, "catalogue/order.html", context)


@may("products.change")
@require_POST
def place(request: TenantRequest, slug: str) -> HttpResponse:
    """Put a product before another, or at the end."""
    standing = Product.objects.filter(removed_at=None)
    product = get_object_or_404(standing, code=request.POST.get("code", ""))
    before = request.POST.get("before", "")
    actions.put_before(actor(request), product, get_object_or_404(standing, code=before) if before else None)
    return HttpResponse(status=204)


def _show(request: TenantRequest, products: list[Product], _value: str) -> Done:
    return actions.bulk.show_or_hide(actor(request), products, True)


def _hide(request: TenantRequest, products: list[Product], _value: str) -> Done:
    return actions.bulk.show_or_hide(actor(request), products, False)


def _category(request: TenantRequest, products: list[Product], value: str) -> Done | None:
    if len(value) > 60:
        _refuse(request, gettext("A category has at most 60 characters."))
        return None
    return actions.bulk.set_category(actor(request), products, value)


def _price(request: TenantRequest, products: list[Product], value: str) -> Done | None:
    price = _whole(value)
    if price is None or not 0 <= price <= rules.MAX_PRICE:
        _refuse(request, gettext("Please enter the price as a whole number, such as 1500."))
        return None
    return actions.bulk.set_price(actor(request), products, price)


def _stock(request: TenantRequest, products: list[Product], value: str) -> Done | None:
    delta = _whole(value)
    if not delta or abs(delta) > rules.MAX_STOCK:
        _refuse(request, gettext("Please enter how many to add, such as 10, or to remove, such as -3."))
        return None
    return actions.bulk.move_stock(actor(request), products, delta, f"bulk:{uuid.uuid4().hex}")


def _remove(request: TenantRequest, products: list[Product], _value: str) -> Done:
    return actions.bulk.remove(actor(request), products)


_VERBS: dict[str, Verb] = {
    "show": _show,
    "hide": _hide,
    "category": _category,
    "price": _price,
    "stock": _stock,
    "remove": _remove,
}


def _refuse(request: TenantRequest, sentence: str) -> None:
    notices.leave(request, f"{gettext('Nothing was changed.')} {sentence}", loss=True)


def _whole(text: str) -> int | None:
    plain = text.replace(",", "").removeprefix("+")
    return int(plain) if plain.removeprefix("-").isdecimal() and len(plain) < 12 else None


def _tell(request: TenantRequest, done: Done) -> None:
    """How many were changed, with undo; then the others, each with its reason."""
    if done.changed or not done.kept:
        count = len(done.changed)
        said = ngettext("%(count)d product was changed.", "%(count)d products were changed.", count)
        notices.leave(request, said % {"count": count}, undo_url=undo_url(request, done.entry))
    if done.kept:
        told = "\n".join(_reason(product, why, figure) for product, why, figure in done.kept)
        notices.leave(request, told, undo_url=undo_url(request, done.kept_entry), loss=True)


def _reason(product: Product, why: str, figure: int) -> str:
    sentences = {
        "ordered": gettext("“%(name)s” has orders: it was taken off sale instead of removed."),
        "options": gettext("“%(name)s” comes in options: change the stock of each on its page."),
        "unlimited": gettext("“%(name)s” is unlimited: there is no stock to change."),
        "short": gettext("“%(name)s” has only %(figure)d left."),
    }
    return sentences[why] % {"name": product.name, "figure": figure}
