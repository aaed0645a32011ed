"""Sums over the orders of a stretch of time, counted anew each time. Cancelled orders don't count; a
half-open stretch of moments, so that midnight belongs to one day only.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from plusone.base import scope
from plusone.orders.models.orders import Order, OrderLine, OrderQuerySet


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a moment on, until before another; perhaps of one source, one product, or repeat buyers only."""

    began: datetime.datetime
    ended: datetime.datetime
    source: str = ""
    product: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Sold:
    """A product in a stretch: pieces, in how many orders, worth in currency units."""

    code: str
    name: str
    pieces: int
    orders: int
    worth: int


_STEPS = """
    select date_trunc(%s, placed_at at time zone %s)::date, count(*), sum(total)::bigint from plusone_order
     where tenant_id = %s and placed_at >= %s and placed_at < %s and status <> 'cancelled' group by 1
"""


def orders_in(stretch: Stretch) -> OrderQuerySet:
    """The orders behind a figure."""
    found = Order.objects.counted().filter(placed_at__gte=stretch.began, placed_at__lt=stretch.ended)
    if stretch.source:
        found = found.filter(source=stretch.source)
    if stretch.product:
        lines = OrderLine.objects.filter(product_code=stretch.product, quantity__gt=0)
        found = found.filter(pk__in=lines.values("order_id"))
    if stretch.repeat:
        found = found.filter(customer_id__in=_repeat(found))
    return found


def figures(stretch: Stretch) -> tuple[int, int]:
    """How many orders, worth how much."""
    told = orders_in(stretch).order_by().aggregate(count=Count("pk"), worth=Coalesce(Sum("total"), 0))
    return int(told["count"]), int(told["worth"])


def by_step(stretch: Stretch, unit: str, zone: str) -> dict[datetime.date, tuple[int, int]]:
    """First day of each day, week or month that has orders, by the zone's clock, to (orders, worth)."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [unit, zone, scope.current(), stretch.began, stretch.ended])
        return {day: (count, worth) for day, count, worth in cursor.fetchall()}


def by_source(stretch: Stretch) -> list[tuple[str, int, int]]:
    """Source, orders, worth; the most orders first."""
    rows = orders_in(stretch).order_by().values("source").annotate(count=Count("pk"), worth=Sum("total"))
    return [(row["source"], row["count"], row["worth"]) for row in rows.order_by("-count", "source")]


def best(stretch: Stretch, limit: int = 5) -> list[Sold]:
    """What sold most, by worth."""
    lines = OrderLine.objects.filter(quantity__gt=0, order__in=orders_in(stretch).order_by())
    rows = lines.values("product_code").annotate(
        pieces=Sum("quantity"),
        orders=Count("order_id", distinct=True),
        worth=Sum(F("quantity") * F("unit_price")),
    )
    found = list(rows.order_by("-worth", "product_code")[:limit])
    names = dict(
        OrderLine.objects.filter(product_code__in=[row["product_code"] for row in found])
        .order_by("product_code", "-pk")
        .distinct("product_code")
        .values_list("product_code", "name")
    )
    return [
        Sold(row["product_code"], names[row["product_code"]], row["pieces"], row["orders"], row["worth"])
        for row in found
    ]


def buyers(stretch: Stretch) -> tuple[int, int]:
    """How many people ordered, and how many of them more than once in this time."""
    found = orders_in(stretch).order_by()
    return found.aggregate(count=Count("customer_id", distinct=True))["count"], _repeat(found).count()


def _repeat(found: QuerySet[Order]) -> QuerySet[Order, Any]:
    rows = found.order_by().values("customer_id").annotate(times=Count("pk")).filter(times__gt=1)
    return rows.values("customer_id")
