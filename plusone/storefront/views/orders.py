"""My orders: all of them, and one to look at, change or cancel while that is still possible."""

from django.db.models import Sum
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from plusone.base.views import lists
from plusone.orders.models import OPEN, Order, Transfer
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only
from plusone.storefront.actions import ordering
from plusone.storefront.rules.baskets import pieces_in
from plusone.storefront.views import goods
from plusone.storefront.views.pages import going, page

SHOWN = 20
# Why a line did not get all the pieces, to the sentence of pages.SENTENCES.
NO_MORE = {
    "sold_out": "short",
    "not_public": "no_more_on_sale",
    "round_closed": "no_more_in_round",
    "round_planned": "no_more_in_round",
}


@buyers_only
@require_safe
def orders(request: ShopRequest, slug: str) -> HttpResponse:
    """The buyer's orders of every kind, from chat, group and pages, newest first."""
    customer_id = buyer_of(request).customer_id
    mine = Order.objects.filter(customer_id=customer_id)
    context = {
        "slice": lists.cut(mine.listed(), request.GET, SHOWN),
        "owed": mine.open().aggregate(sum=Sum("total"))["sum"] or 0,
        "reported": Transfer.objects.filter(customer_id=customer_id).exists(),
    }
    return page(request, "storefront/orders.html", context)


@buyers_only
@require_safe
def order(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """One order: what was asked, what was given, where it stands, and what can still be done."""
    found = _mine(request, public_id)
    if found is None:
        return goods.gone(request)
    buyer = buyer_of(request)
    context = {
        "order": found,
        "is_open": found.status in OPEN,
        "told_by": ordering.ways(request.tenant, buyer)[0],
        "is_friend": buyer.is_friend,
    }
    return page(request, "storefront/order.html", context)


@buyers_only
@require_POST
def cancel(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """Cancel the order; its pieces go back to the shop."""
    found = _mine(request, public_id)
    if found is None:
        return goods.gone(request)
    try:
        ordering.cancel(buyer_of(request), found)
    except ordering.Settled:
        return going(request, "shop-order-page", public_id, said="settled")
    return going(request, "shop-order-page", public_id, said="cancelled")


@buyers_only
@require_POST
def change(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """Another number of pieces for one line of the order."""
    found = _mine(request, public_id)
    pieces = pieces_in(request.POST.get("quantity", ""))
    line = (
        next((line for line in found.lines.all() if str(line.pk) == request.POST.get("line")), None)
        if found
        else None
    )
    if found is None or line is None or pieces is None:
        return goods.gone(request)
    try:
        outcome = ordering.set_quantity(buyer_of(request), line, pieces)
    except ordering.Settled:
        return going(request, "shop-order-page", public_id, said="settled")
    return going(request, "shop-order-page", public_id, said=NO_MORE.get(outcome.refused, "changed"))


def _mine(request: ShopRequest, public_id: str) -> Order | None:
    """The order under this id when it is the buyer's own; another's is not there (P38)."""
    mine = Order.objects.filter(customer_id=buyer_of(request).customer_id, public_id=public_id)
    return mine.select_related("merged_into").prefetch_related("lines").first()
