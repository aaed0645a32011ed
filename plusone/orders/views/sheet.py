"""Orders as rows of a table: a row a line of an order, its total on the first."""

import datetime
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from plusone.base.tables import Cell
from plusone.orders.models import Order, OrderQuerySet
from plusone.orders.views import words

PIECE = 1000


def title() -> str:
    """What the sheet is called."""
    return gettext("Orders")


def header() -> list[str]:
    """The columns' names; the two that the seed document names have their technical ones beside them."""
    return [
        gettext("Order number"),
        gettext("Placed"),
        gettext("Status"),
        gettext("Customer"),
        gettext("LINE user ID"),
        gettext("Product code"),
        gettext("Product"),
        gettext("Option"),
        gettext("Quantity"),
        gettext("Unit price"),
        gettext("Subtotal"),
        gettext("Order total"),
        gettext("Currency"),
        f"{gettext('Tracking number')} tracking_number",
        f"{gettext('Memo')} memo",
        gettext("Source"),
        gettext("Merged into"),
    ]


def piece(orders: OrderQuerySet, before: int | None) -> list[Order]:
    """The next thousand orders, newest first, below this id. Three queries."""
    found = orders.listed().select_related("contact")
    return list((found.filter(pk__lt=before) if before else found)[:PIECE])


def rows(order: Order, zone: str) -> Iterator[list[Cell]]:
    """The order's rows; one that was merged away, or has nothing left, has one without a product."""
    lines = order.kept_lines
    placed = order.placed_at.astimezone(ZoneInfo(zone)).replace(microsecond=0, tzinfo=None)
    if not lines:
        yield _row(order, placed, ["", "", "", None, None, None], order.total)
    for place, line in enumerate(lines):
        of_line: list[Cell] = [
            line.product_code,
            line.name,
            line.variant_label,
            line.quantity,
            line.unit_price,
            line.quantity * line.unit_price,
        ]
        yield _row(order, placed, of_line, None if place else order.total)


def _row(order: Order, placed: datetime.datetime, of_line: list[Cell], total: int | None) -> list[Cell]:
    return [
        order.number,
        placed,
        words.status(order.status),
        order.customer.name,
        order.contact.line_user_id if order.contact else "",
        *of_line,
        total,
        order.currency,
        order.tracking_number,
        order.memo,
        words.source(order.source),
        order.merged_into.number if order.merged_into else "",
    ]
