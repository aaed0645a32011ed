"""Customers: list, read."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Q, Sum
from ninja import Query, Router
from pydantic import Field

from plusone.api.middleware import ApiRequest
from plusone.api.paging import Paging, page
from plusone.api.refusals import Refusal
from plusone.api.shapes import CustomerOut, Customers, Search, refusals
from plusone.customers.models import Customer
from plusone.orders.models import Order

router = Router(tags=["customers"])

Figures = dict[int, dict[str, Any]]


class Filter(Paging):
    """Which customers."""

    search: Search = Field("", description="Part of the name, or of the number of one of their orders.")


@router.get("", response={200: Customers, **refusals(422)}, operation_id="list_customers")
def list_customers(request: ApiRequest, wanted: Query[Filter]) -> Any:
    """The shop's customers, newest first."""
    rows = Customer.objects.prefetch_related("contacts")
    if wanted.search:
        ordered = Order.objects.filter(number__contains=wanted.search.upper()).values("customer_id")
        rows = rows.filter(Q(name__icontains=wanted.search) | Q(pk__in=ordered))
    found, following = page(rows, wanted)
    return {"items": _shown(found), "next": following}


@router.get("/{int:id}", response={200: CustomerOut, **refusals(404)}, operation_id="read_customer")
def read_customer(request: ApiRequest, id: int) -> Any:
    """One customer."""
    found = Customer.objects.filter(pk=id).first()
    if found is None:
        raise Refusal(404, "", "not_found")
    return _shown([found])[0]


def _shown(customers: Sequence[Customer]) -> list[dict[str, Any]]:
    figures = _figures(customers)
    return [_shown_one(customer, figures.get(customer.pk, {})) for customer in customers]


def _figures(customers: Sequence[Customer]) -> Figures:
    """Orders, worth and last date of these customers, in one query."""
    rows = Order.objects.counted().filter(customer__in=customers).order_by().values("customer_id")
    told = rows.annotate(count=Count("id"), worth=Sum("total"), last=Max("placed_at"))
    return {row["customer_id"]: dict(row) for row in told}


def _shown_one(customer: Customer, figures: dict[str, Any]) -> dict[str, Any]:
    contact = min(customer.contacts.all(), key=lambda contact: contact.pk, default=None)
    return {
        "id": customer.pk,
        "line_user_id": contact.line_user_id if contact else None,
        "display_name": customer.name or (contact.display_name if contact else ""),
        "joined_at": customer.joined_at,
        "order_count": figures.get("count", 0),
        "order_total": figures.get("worth") or 0,
        "last_order_at": figures.get("last"),
    }
