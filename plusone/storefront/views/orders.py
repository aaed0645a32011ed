"""My orders: all of them, and one to look at, change or cancel while that is still possible."""

import datetime
from collections.abc import Callable
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from plusone.base import numbers
from plusone.base.views import lists
from plusone.orders.actions import own
from plusone.orders.models import OPEN, Order, OrderLine, Round, Transfer
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only
from plusone.storefront.actions import ordering
from plusone.storefront.models import Buyer
from plusone.storefront.rules.baskets import pieces_in
from plusone.storefront.views import goods, queueing
from plusone.storefront.views.pages import going, page
from plusone.storefront.views.round_words import told

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
    buyer = buyer_of(request)
    customer_id = buyer.customer_id
    mine = Order.objects.filter(customer_id=customer_id)
    context = {
        "slice": lists.cut(mine.listed(), request.GET, SHOWN),
        "owed": mine.open().aggregate(sum=Sum("total"))["sum"] or 0,
        "waiting": queueing.mine(buyer),
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
    buyer, now = buyer_of(request), numbers.database_now()
    is_open = found.status in OPEN
    over = own.closed(found, found.kept_lines, now)
    context = {
        "order": found,
        "is_open": is_open,
        "lines": _lines(found, over, now) if is_open else [{"line": line} for line in found.kept_lines],
        "can_cancel": is_open and not over,
        "in_round": any(line.round_id for line in found.kept_lines),
        "over": [told(closed, now) for closed in over.values()] if is_open else [],
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
    return _done(request, public_id, lambda buyer: ordering.cancel(buyer, found) and "cancelled")


@buyers_only
@require_POST
def change(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """Another number of pieces for one line of the order; `cancel` in its place takes the line out."""
    line = _line(request, _mine(request, public_id))
    if line is None:
        return goods.gone(request)
    if "cancel" in request.POST:
        return _done(request, public_id, lambda buyer: ordering.cancel_line(buyer, line) and "line_cancelled")
    pieces = pieces_in(request.POST.get("quantity", ""))
    if pieces is None:
        return going(request, "shop-order-page", public_id, said="bad_number")
    return _done(request, public_id, lambda buyer: _set(buyer, line, pieces))


def _set(buyer: Buyer, line: OrderLine, pieces: int) -> str:
    return NO_MORE.get(ordering.set_quantity(buyer, line, pieces).refused, "changed")


def _done(request: ShopRequest, public_id: str, deed: Callable[[Buyer], str | bool]) -> HttpResponse:
    """Do it and say what came of it on the order's page, or why only the shop can do it now."""
    try:
        said = deed(buyer_of(request)) or "cancelled_before"
    except ordering.Settled:
        said = "settled"
    except own.RoundOver:
        said = "round_over"
    return going(request, "shop-order-page", public_id, said=str(said))


def _lines(found: Order, over: dict[int, Round], now: datetime.datetime) -> list[dict[str, Any]]:
    """The lines of an open order, each with its round and whether its buyer can still change it."""
    lines = found.kept_lines
    known = Round.objects.in_bulk({line.round_id for line in lines if line.round_id})
    return [
        {
            "line": line,
            "round": told(known[line.round_id], now) if line.round_id in known else None,
            "can_change": line.round_id not in over,
            "alone": len(lines) == 1,
        }
        for line in lines
    ]


def _line(request: ShopRequest, found: Order | None) -> OrderLine | None:
    """The line of the order that the form names."""
    wanted = request.POST.get("line", "")
    return next((line for line in found.lines.all() if str(line.pk) == wanted), None) if found else None


def _mine(request: ShopRequest, public_id: str) -> Order | None:
    """The order under this id when it is the buyer's own; another's is not there (P38)."""
    mine = Order.objects.filter(customer_id=buyer_of(request).customer_id, public_id=public_id)
    return mine.select_related("merged_into").prefetch_related("lines").first()
