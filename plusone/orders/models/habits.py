"""What one customer buys and how often, read only. Cancelled orders don't count; months are the shop's."""

import datetime
from dataclasses import dataclass

from django.db import connection

from plusone.base import scope

MONTHS = 12
_FAVOURITES = """
    select l.product_code, (array_agg(l.name order by l.id desc))[1], sum(l.quantity)::bigint,
           count(distinct l.order_id), sum(l.quantity::bigint * l.unit_price)::bigint
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id = l.order_id
     where l.tenant_id = (select %s::bigint) and l.customer_id = %s and o.status <> 'cancelled'
       and l.quantity > 0
     group by l.product_id, l.product_code order by 3 desc, 1 limit %s
"""
_MONTHLY = """
    select date_trunc('month', placed_at at time zone %s)::date, count(*)
      from plusone_order
     where tenant_id = (select %s::bigint) and customer_id = %s and status <> 'cancelled' group by 1
"""
_DAYS = """
    select distinct (placed_at at time zone %s)::date
      from plusone_order
     where tenant_id = (select %s::bigint) and customer_id = %s and status <> 'cancelled' order by 1
"""


@dataclass(frozen=True, slots=True)
class Favourite:
    """A product as this customer buys it: pieces, in how many orders, worth in currency units."""

    code: str
    name: str
    pieces: int
    orders: int
    worth: int


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often: orders a month (first day of the month, count) over the last twelve, oldest first;
    days between buying days on average, None with fewer than two; days since the last, None without any.
    """

    months: list[tuple[datetime.date, int]]
    every_days: int | None
    since_days: int | None


def favourites(customer_id: int, limit: int = 5) -> list[Favourite]:
    """What the customer bought most, by pieces."""
    with connection.cursor() as cursor:
        cursor.execute(_FAVOURITES, [scope.current(), customer_id, limit])
        return [Favourite(*row) for row in cursor.fetchall()]


def rhythm(customer_id: int, today: datetime.date, zone: str) -> Rhythm:
    """How often the customer buys, as of `today` in the shop's zone."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHLY, [zone, scope.current(), customer_id])
        counts = dict(cursor.fetchall())
        cursor.execute(_DAYS, [zone, scope.current(), customer_id])
        days = [row[0] for row in cursor.fetchall()]
    gaps = len(days) - 1
    return Rhythm(
        months=[(month, counts.get(month, 0)) for month in _last_months(today)],
        every_days=round((days[-1] - days[0]).days / gaps) if gaps > 0 else None,
        since_days=(today - days[-1]).days if days else None,
    )


def _last_months(today: datetime.date) -> list[datetime.date]:
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - datetime.timedelta(days=1)).replace(day=1))
    return months[::-1]
