"""On paper: what to fetch from the shelf over many orders, and a slip to lie in each parcel."""

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.base.views.chips import chips
from plusone.orders.models import OrderLine, OrderQuerySet, Status
from plusone.orders.views import picks
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

MOST_SLIPS = 500
SIZES = ("a4", "label")


@may("orders.see")
@require_POST
def choose(request: TenantRequest, slug: str) -> HttpResponse:
    """From the list's form to the sheet it asks for, whose address can be opened again."""
    picked = picks.read(request.POST)
    if not picked.any:
        notices.leave(request, gettext("Select at least one order first."), loss=True)
        return redirect(address(request, "console-orders"))
    name = "console-slips" if request.POST.get("sheet") == "slips" else "console-picking"
    return redirect(f"{address(request, name)}?{picked.query()}")


@may("orders.see")
@require_GET
def picking(request: TenantRequest, slug: str) -> HttpResponse:
    """The sum of pieces per product and option over the orders; cancelled ones don't count."""
    picked = picks.read(request.GET)
    orders = _to_pack(picked)
    sums = (
        OrderLine.objects.filter(order__in=orders.order_by().values("pk"), quantity__gt=0)
        .values("product_code", "name", "variant_label")
        .annotate(pieces=Sum("quantity"), orders=Count("order", distinct=True))
        .order_by("product_code", "name", "variant_label")
    )
    rows = list(sums)
    context = {
        "rows": rows,
        "pieces": sum(row["pieces"] for row in rows),
        "count": orders.count(),
        "slips_url": f"{address(request, 'console-slips')}?{picked.query()}",
    }
    return page(request, "orders/picking.html", context)


@may("orders.see")
@require_GET
def slips(request: TenantRequest, slug: str) -> HttpResponse:
    """A slip an order, on A4 or on labels of 100 mm, at most 500 at once; cancelled ones have none."""
    picked = picks.read(request.GET)
    size = request.GET.get("size", "")
    found = _to_pack(picked).listed().prefetch_related("customer__contacts")
    orders = list(found[: MOST_SLIPS + 1])
    context = {
        "orders": orders[:MOST_SLIPS][::-1],
        "more": len(orders) > MOST_SLIPS,
        "size": size if size in SIZES else "a4",
        "sizes": _sizes(picked.query(), size),
        "picking_url": f"{address(request, 'console-picking')}?{picked.query()}",
    }
    return page(request, "orders/slips.html", context)


def _to_pack(picked: picks.Picks) -> OrderQuerySet:
    return picked.orders().exclude(status=Status.CANCELLED)


def _sizes(query: str, chosen: str) -> list[dict[str, Any]]:
    named = {"a4": gettext("A4"), "label": gettext("Labels, 100 mm")}
    chosen = chosen if chosen in SIZES else "a4"
    return chips(named, chosen, lambda size: f"?{query}&size={size}")
