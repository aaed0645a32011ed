"""Orders: list, read, change status, tracking number and memo."""

from typing import Any

from ninja import Query, Router
from pydantic import Field

from plusone.api.middleware import ApiRequest, actor
from plusone.api.paging import Paging, page
from plusone.api.refusals import Refusal
from plusone.api.shapes import AGAIN, OrderChange, OrderOut, Orders, Search, refusals
from plusone.customers.models import Customer
from plusone.orders.actions import change
from plusone.orders.models import Order, OrderLine, Status

router = Router(tags=["orders"])


class Filter(Paging):
    """Which orders."""

    status: Status | None = Field(None, description="Only those in this state.")
    search: Search = Field("", description="Part of the order number or of the customer's name.")


@router.get("", response={200: Orders, **refusals(422)}, operation_id="list_orders")
def list_orders(request: ApiRequest, wanted: Query[Filter]) -> Any:
    """The shop's orders, newest first."""
    rows = Order.objects.listed().prefetch_related("customer__contacts").searched(wanted.search)
    if wanted.status is not None:
        rows = rows.filter(status=wanted.status)
    found, following = page(rows, wanted)
    return {"items": [_shown(order) for order in found], "next": following}


@router.get("/{slug:number}", response={200: OrderOut, **refusals(404)}, operation_id="read_order")
def read_order(request: ApiRequest, number: str) -> Any:
    """One order by its number."""
    return _shown(_found(number))


@router.patch(
    "/{slug:number}",
    response={200: OrderOut, **refusals(402, 404, 409, 413, 415, 422)},
    operation_id="change_order",
    openapi_extra=AGAIN,
)
def change_order(request: ApiRequest, number: str, order: OrderChange) -> Any:
    """Change an order's status, tracking number or memo; its history tells that a program did it.

    Cancelling gives the pieces back to stock. Taking back a cancellation needs them in stock again, else 409.
    """
    held, by = _found(number), actor(request)
    if "status" in order.model_fields_set:
        change.set_status(by, held, order.status)
    if "tracking_number" in order.model_fields_set:
        change.set_tracking(by, held, order.tracking_number)
    if "memo" in order.model_fields_set:
        change.set_memo(by, held, order.memo)
    return _shown(_found(number))


def _found(number: str) -> Order:
    found = Order.objects.select_related("customer").filter(number=number).first()
    if found is None:
        raise Refusal(404, "", "not_found")
    return found


def _shown(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "status": order.status,
        "customer": _shown_buyer(order.customer),
        "source": order.source,
        "placed_at": order.placed_at,
        "lines": [_shown_line(line) for line in order.kept_lines],
        "total": order.total,
        "currency": order.currency,
        "tracking_number": order.tracking_number,
        "memo": order.memo,
    }


def _shown_buyer(customer: Customer) -> dict[str, Any]:
    contact = min(customer.contacts.all(), key=lambda contact: contact.pk, default=None)
    return {
        "id": customer.pk,
        "display_name": customer.name,
        "line_user_id": contact.line_user_id if contact else None,
    }


def _shown_line(line: OrderLine) -> dict[str, Any]:
    return {
        "product_code": line.product_code,
        "variant": line.variant_label,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
    }
