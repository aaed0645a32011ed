"""The waiting list (候補): who waits for what since when; give a piece by hand, take somebody off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.templatetags.texts import one_line
from plusone.base.views import notices
from plusone.catalogue.models import Product, Variant
from plusone.orders.actions import waiting as actions
from plusone.orders.models import Round, RoundProduct, Waiting
from plusone.orders.rules.terms import MOST
from plusone.orders.views import words
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed

SHOWN = 500
# Why a piece can't be given by hand; anything else is said as “not on sale”.
WHY_NOT: dict[str, str | Promise] = {
    "sold_out": _(
        "Nothing is left in stock, so nothing was given. Tick that you have the pieces, or raise the stock."
    ),
    "not_public": _("The product is not on sale, so nothing was given. Put it on sale first."),
}


@dataclass(frozen=True, slots=True)
class Queue:
    """Those who wait for one variant, in order; `ready` when they could be served now."""

    variant: Variant
    people: list[tuple[int, Waiting, str]]
    ready: bool

    @property
    def pieces(self) -> int:
        """What they all wait for together."""
        return sum(row.quantity for _place, row, _source in self.people)


class GiveForm(forms.Form):
    """So many pieces; `on_top` when the team holds them beside the stock."""

    pieces = forms.IntegerField(min_value=1, max_value=MOST)
    on_top = forms.BooleanField(required=False)


@may("orders.see")
@require_GET
def waiting(request: TenantRequest, slug: str) -> HttpResponse:
    """Everybody who waits; `?product=` a code, `?round=` an id or `?show=ready` leave the others out."""
    product, found_round = _product(request), _round(request)
    asked = _asked(request, product, found_round)
    rows = list(asked.prefetch_related("customer", "variant__product")[:SHOWN])
    queues = _queues(rows)
    context = {
        "queues": queues,
        "waiters": len(rows),
        "cut": len(rows) == SHOWN,
        "product": product,
        "round": found_round,
        "filters": _filters(request, bool(product or found_round)),
        "ready": [queue for queue in queues if queue.ready],
        "here": request.get_full_path(),
        "can_change": allowed(request, "orders.change"),
        "can_stock": allowed(request, "products.change"),
    }
    return page(request, "orders/waiting.html", context)


@may("orders.change")
@require_POST
def fill(request: TenantRequest, slug: str) -> HttpResponse:
    """Serve everybody for whom something is there, as it happens by itself when pieces come."""
    ready = Waiting.objects.served_next().order_by().values_list("variant_id", flat=True).distinct()
    served = actions.fill(ready)
    said = ngettext(
        "%(count)d person got their order and is told.",
        "%(count)d people got their orders and are told.",
        served,
    )
    notices.leave(request, said % {"count": served}, loss=not served)
    return back(request, address(request, "console-waiting"))


@may("orders.change")
@require_POST
def give(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Give pieces to this one out of turn."""
    place = get_object_or_404(Waiting.objects.select_related("customer"), pk=pk)
    form = GiveForm(request.POST)
    if not form.is_valid():
        notices.leave(request, gettext("Please write 1 to 99 pieces. Nothing was given."), loss=True)
    else:
        _give(request, place, form.cleaned_data["pieces"], form.cleaned_data["on_top"])
    return back(request, address(request, "console-waiting"))


@may("orders.change")
@require_POST
def remove(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take this one off the list, with undo, which gives the old place back."""
    place = get_object_or_404(Waiting.objects.select_related("customer"), pk=pk)
    undoing = "undo" in request.GET
    try:
        if undoing:
            actions.put_back(actor(request), place)
        else:
            actions.remove(actor(request), place)
            said = gettext("%(name)s is off the waiting list.") % {"name": _name(place)}
            undo = f"{address(request, 'console-waiting-removal', pk)}?undo=1"
            notices.leave(request, said, undo_url=undo)
    except actions.NotWaiting:
        notices.leave(request, _not_waiting(), loss=True)
    except actions.WaitsAgain:
        said = gettext("%(name)s has joined the list again meanwhile.") % {"name": _name(place)}
        notices.leave(request, said, loss=True)
    return refreshed() if undoing else back(request, address(request, "console-waiting"))


def _give(request: TenantRequest, place: Waiting, pieces: int, wants_on_top: bool) -> None:
    on_top = wants_on_top and allowed(request, "products.change")
    try:
        outcome = actions.give(actor(request), place, pieces, on_top=on_top)
    except actions.NotWaiting:
        notices.leave(request, _not_waiting(), loss=True)
    except actions.NotGiven as error:
        notices.leave(request, str(WHY_NOT.get(error.reason, WHY_NOT["not_public"])), loss=True)
    else:
        line = outcome.lines[0]
        told = {"name": _name(place), "given": line.given, "number": outcome.number}
        said = gettext("%(name)s has got ×%(given)d: order %(number)s. They are told.") % told
        notices.leave(request, said, loss=line.given < line.asked)


def _not_waiting() -> str:
    return gettext("They wait no more: they were served or left the list meanwhile.")


def _name(place: Waiting) -> str:
    return one_line(place.customer.name) or "—"


def _product(request: TenantRequest) -> Product | None:
    code = request.GET.get("product", "").replace("\x00", "")[:16]
    return Product.objects.filter(code=code).first() if code else None


def _round(request: TenantRequest) -> Round | None:
    text = request.GET.get("round", "")
    pk = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return Round.objects.filter(pk=pk).first() if pk else None


def _asked(request: TenantRequest, product: Product | None, found_round: Round | None) -> Any:
    rows = Waiting.objects.served_next() if request.GET.get("show") == "ready" else Waiting.objects.waiting()
    if product:
        return rows.of_products([product.pk])
    if found_round:
        return rows.of_products(
            RoundProduct.objects.filter(round=found_round).values_list("product_id", flat=True)
        )
    return rows


def _queues(rows: Sequence[Waiting]) -> list[Queue]:
    """One a variant: those that can be served first, then the newest products."""
    found: dict[int, Queue] = {}
    for row in rows:
        queue = found.setdefault(row.variant_id, Queue(row.variant, [], _is_ready(row.variant)))
        queue.people.append((len(queue.people) + 1, row, words.source(row.source)))
    return sorted(
        found.values(), key=lambda one: (not one.ready, -one.variant.product_id, one.variant.position)
    )


def _is_ready(variant: Variant) -> bool:
    product = variant.product
    on_sale = product.is_public and product.removed_at is None and variant.is_active
    priced = variant.price is not None or product.price is not None
    return on_sale and priced and (variant.unlimited or variant.stock > 0)


def _filters(request: TenantRequest, narrowed: bool) -> list[dict[str, Any]]:
    show = request.GET.get("show", "")
    ready, every = Waiting.objects.served_next().count(), Waiting.objects.waiting().count()
    return [
        {
            "label": gettext("All"),
            "url": address(request, "console-waiting"),
            "active": not show and not narrowed,
            "count": every,
        },
        {
            "label": gettext("Can be served"),
            "url": f"{address(request, 'console-waiting')}?show=ready",
            "active": show == "ready",
            "count": ready,
        },
    ]
