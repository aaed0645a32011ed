"""Sums over the orders of a stretch of time, counted anew each time. Cancelled orders don't count; a
half-open stretch of moments, so that midnight belongs to one day only.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models import Sum as Total
from django.db.models.functions import Coalesce

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.orders.models.orders import Order, OrderLine, OrderQuerySet

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a moment on, until before another; perhaps of one source, one product, or repeat buyers only."""

    began: datetime.datetime
    ended: datetime.datetime
    source: str = ""
    product: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """Orders of one step and source, worth so much in currency units."""

    step: datetime.date
    source: str
    orders: int
    worth: int


@dataclass(frozen=True, slots=True)
class Sold:
    """A product in a stretch: pieces, in how many orders, worth in currency units."""

    code: str
    name: str
    pieces: int
    orders: int
    worth: int


# A step's source is in one statement with the step, and both pages' sums are folded from its rows.
_STEPS = """
    select date_trunc(%s, placed_at at time zone %s)::date, source, count(*), sum(total)::bigint
      from plusone_order
     where tenant_id = (select %s::bigint) and placed_at >= %s and placed_at < %s
       and status <> 'cancelled' group by 1, 2
"""
# What sold most by worth, from indexes alone; then how often and under which name, of those few only.
_BEST = """
    select l.product_id, sum(l.quantity)::bigint, sum(l.quantity::bigint * l.unit_price)::bigint
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id = l.order_id
     where l.tenant_id = (select %s::bigint) and l.quantity > 0
       and o.placed_at >= %s and o.placed_at < %s and o.status <> 'cancelled'
     group by l.product_id order by 3 desc, 1 limit %s
"""
_OF_THE_BEST = """
    select l.product_id, max(l.product_code), (array_agg(l.name order by l.id desc))[1],
           count(distinct l.order_id)
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id = l.order_id
     where l.tenant_id = (select %s::bigint) and l.product_id = any(%s) and l.quantity > 0
       and o.placed_at >= %s and o.placed_at < %s and o.status <> 'cancelled'
     group by l.product_id
"""


def orders_in(stretch: Stretch) -> OrderQuerySet:
    """The orders behind a figure.

    Repeat buyers' are those beside which there is another of the same customer: a page looks so at its fifty,
    where a list of all such customers is made from every order first.
    """
    found = _all_in(stretch)
    if not stretch.repeat:
        return found
    others = found.order_by().filter(customer_id=OuterRef("customer_id")).exclude(pk=OuterRef("pk"))
    return found.filter(Exists(others))


def _all_in(stretch: Stretch) -> OrderQuerySet:
    found = Order.objects.counted().filter(placed_at__gte=stretch.began, placed_at__lt=stretch.ended)
    if stretch.source:
        found = found.filter(source=stretch.source)
    if stretch.product:
        # Asked for aside: a code is one product, but a planner that has not seen the shop yet guesses many.
        known = Product.objects.filter(code=stretch.product).values_list("pk", flat=True).first()
        lines = OrderLine.objects.filter(product_id=known or 0, quantity__gt=0)
        found = found.filter(pk__in=lines.values("order_id"))
    return found


def figures(stretch: Stretch) -> tuple[int, int]:
    """How many orders, worth how much."""
    found = _all_in(stretch).order_by()
    if stretch.repeat:
        each = found.values("customer_id").annotate(times=Count("*"), sum=Total("total")).filter(times__gt=1)
        told = each.aggregate(count=Coalesce(Total("times"), 0), worth=Coalesce(Total("sum"), 0))
    else:
        told = found.aggregate(count=Count("*"), worth=Coalesce(Total("total"), 0))
    return int(told["count"]), int(told["worth"])


def by_step_and_source(stretch: Stretch, unit: str, zone: str) -> list[Sum]:
    """Each day, week or month that has orders, by the zone's clock, with each source. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [unit, zone, scope.current(), stretch.began, stretch.ended])
        return [Sum(*row) for row in cursor.fetchall()]


def by_step(sums: Sequence[Sum]) -> dict[datetime.date, tuple[int, int]]:
    """The first day of each step to (orders, worth)."""
    return _folded((one.step, one) for one in sums)


def by_source(sums: Sequence[Sum]) -> list[tuple[str, int, int]]:
    """Source, orders, worth; the most orders first."""
    found = _folded((one.source, one) for one in sums)
    return sorted(((source, *sum_) for source, sum_ in found.items()), key=lambda row: (-row[1], row[0]))


def best(stretch: Stretch, limit: int = 5) -> list[Sold]:
    """What sold most, by worth. Two statements."""
    tenant, began, ended = scope.current(), stretch.began, stretch.ended
    with connection.cursor() as cursor:
        cursor.execute(_BEST, [tenant, began, ended, limit])
        rows = cursor.fetchall()
        cursor.execute(_OF_THE_BEST, [tenant, [row[0] for row in rows], began, ended])
        told = {pk: (code, name, orders) for pk, code, name, orders in cursor.fetchall()}
    return [Sold(*told[pk][:2], pieces, told[pk][2], worth) for pk, pieces, worth in rows]


def buyers(stretch: Stretch) -> tuple[int, int]:
    """How many people ordered, and how many of them more than once in this time. One statement."""
    times = orders_in(stretch).order_by().values("customer_id").annotate(times=Count("*"))
    told = times.aggregate(people=Count("*"), repeat=Count("times", filter=Q(times__gt=1)))
    return told["people"], told["repeat"]


def _folded(sums: Iterable[tuple[Key, Sum]]) -> dict[Key, tuple[int, int]]:
    found: dict[Key, tuple[int, int]] = {}
    for key, one in sums:
        orders, worth = found.get(key, (0, 0))
        found[key] = orders + one.orders, worth + one.worth
    return found
