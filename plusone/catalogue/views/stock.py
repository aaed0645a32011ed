"""A product's stock history (庫存異動)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from plusone.base.views import lists
from plusone.catalogue.models import Product, StockMovement
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views import who
from plusone.tenants.views.pages import allowed, page

REASONS: dict[str, str | Promise] = {
    "initial": _("first stock"),
    "order": _("ordered"),
    "cancel": _("order cancelled"),
    "short": _("supplier delivered short"),
    "change": _("order changed"),
    "adjust": _("set by hand"),
    "counted": _("counted again"),
}


@may("products.see")
@require_GET
def history(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Every change of the product's stock, newest first: when, how many, why, by whom."""
    product = get_object_or_404(Product.objects.listed(), code=code)
    found = StockMovement.objects.filter(variant__product=product).select_related("variant").order_by("-id")
    shown = lists.cut(found, request.GET)
    names = who.names((row.actor_kind, row.actor) for row in shown.rows)
    context = {
        "product": product,
        "slice": shown,
        "moves": [_move(row, names) for row in shown.rows],
        "can_change": allowed(request, "products.change"),
    }
    return page(request, "catalogue/stock.html", context)


def _move(row: StockMovement, names: dict[who.Doer, str]) -> dict[str, Any]:
    kind, _colon, order_id = row.cause.partition(":")
    return {
        "at": row.at,
        "label": row.variant.label,
        "quantity": row.quantity,
        "reason": REASONS.get(row.reason, row.reason),
        "who": names[row.actor_kind, row.actor],
        "order_id": int(order_id) if kind == "order" and order_id.isdigit() else None,
    }
