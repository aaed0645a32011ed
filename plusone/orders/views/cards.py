"""A buyer shows their member card: who it is, and what is still to be handed out to them."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from plusone.customers.models import Customer
from plusone.orders.models import Handout, Order, Status, figures
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import allowed, page

MOST = 50


@may("orders.see")
@require_GET
def card(request: TenantRequest, slug: str) -> HttpResponse:
    """The customer of the card in `?card=`, scanned or typed, with the orders they have not collected."""
    told = request.GET.get("card", "")
    found = Customer.objects.with_card(told).first() if told else None
    context = {
        "told": told[:40],
        "customer": found,
        "rows": _rows(found) if found else [],
        "here": request.get_full_path(),
        "can_change": allowed(request, "orders.change"),
        "can_see_customer": allowed(request, "customers.see"),
    }
    return page(request, "orders/card.html", context)


def _rows(found: Customer) -> list[dict[str, Any]]:
    """Newest first. Three queries."""
    collected = Handout.objects.filter(collected_at__isnull=False).values("order_id")
    orders = Order.objects.filter(customer=found).exclude(status=Status.CANCELLED).exclude(pk__in=collected)
    return [
        {"order": order, "paid": order.status in figures.SETTLED}
        for order in orders.exclude(status=Status.SHIPPED).listed()[:MOST]
    ]
