"""Customers with the figures of their orders, read only: counted anew from the orders each time, so the
figures can't drift. Cancelled orders don't count.

Newest first a page costs 1 to 7 ms. Ordered by a figure it is one statement over all orders, read from the
index order_customer alone (docs/decisions/0044).
"""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from plusone.base import scope

VIP = 10  # orders that make a VIP (JG12)
PAGE = 50
_BATCH = 2000
# What a list can be ordered by, largest or newest first. Ids are given in the order in which people join.
SORTS = {
    "joined": "c.id",
    "last": "coalesce(extract(epoch from f.last_at), 0)",
    "total": "coalesce(f.total, 0)",
    "orders": "coalesce(f.orders, 0)",
    "average": "coalesce(f.total / f.orders, 0)",
}
SHOWS = {
    "": "",
    "bought": "and f.orders > 0",
    "new": "and c.joined_at >= %(month)s",
    "vip": f"and f.orders >= {VIP}",
}
_LIKE_A_NUMBER = re.compile(r"[0-9A-Fa-f]{0,4}-?[0-9]{3,}(?:-[0-9]*)?|[0-9A-Fa-f]{4}-[0-9-]*")
_FIGURES = """
    select customer_id, count(*) as orders, sum(total)::bigint as total, max(placed_at) as last_at
      from plusone_order
     where tenant_id = (select %(tenant)s::bigint) and status <> 'cancelled' {more} group by customer_id
"""
# All customers' figures at once, or those of the few that are shown, one by one on an index.
_ALL_AT_ONCE = f"left join ({_FIGURES.format(more='')}) f on f.customer_id = c.id"
_ONE_BY_ONE = f"left join lateral ({_FIGURES.format(more='and customer_id = c.id')}) f on true"
_LIST = """
    select c.id, {key} as key, c.name, c.phone, c.email, c.note, c.joined_at,
           coalesce(f.orders, 0), coalesce(f.total, 0), f.last_at
      from plusone_customer c {figures}
     where c.tenant_id = (select %(tenant)s::bigint) {show} {search} {cursor}
     order by key {way}, c.id {way} limit %(limit)s
"""
_SEARCH = """
    and (c.name ilike %(words)s or c.id in (
      select customer_id from plusone_contact
       where tenant_id = (select %(tenant)s::bigint)
         and (display_name ilike %(words)s or line_user_id = %(exact)s)
      {by_number}))
"""
_BY_NUMBER = """
      union all
      select customer_id from plusone_order
       where tenant_id = (select %(tenant)s::bigint) and number like %(number)s
"""
_CONTACTS = """
    select distinct on (customer_id) customer_id, line_user_id, display_name, picture_url
      from plusone_contact
     where tenant_id = (select %s::bigint) and customer_id = any(%s) order by customer_id, id
"""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer, what LINE tells of them, and their orders' figures; money in currency units."""

    pk: int
    key: str
    name: str
    phone: str
    email: str
    note: str
    joined_at: datetime.datetime
    orders: int
    total: int
    last_at: datetime.datetime | None
    line_user_id: str = ""
    display_name: str = ""
    picture_url: str = ""

    @property
    def average(self) -> int | None:
        """The average order, rounded down to a whole unit; None without orders."""
        return self.total // self.orders if self.orders else None

    @property
    def is_vip(self) -> bool:
        """True from the tenth order on."""
        return self.orders >= VIP


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers: words of a name or an order's number, one of SHOWS, one of SORTS, after which row, or
    before which.

    `month` is when the shop's month began.
    """

    month: datetime.datetime
    words: str = ""
    show: str = ""
    sort: str = "joined"
    after: tuple[str, int] | None = None
    before: tuple[str, int] | None = None


def listed(wanted: Wanted, size: int = PAGE) -> list[Buyer]:
    """The next customers in the wanted order, or the last ones before a row; at most `size`, two
    statements.
    """
    values = _values(wanted) | {"limit": size}
    with connection.cursor() as cursor:
        cursor.execute(_statement(wanted), values)
        rows = cursor.fetchall()
    return _with_contacts(rows[::-1] if wanted.before else rows)


def all_listed(wanted: Wanted) -> Iterator[Buyer]:
    """All of them, some thousands at a time, for a file."""
    after = wanted.after
    while found := listed(Wanted(wanted.month, wanted.words, wanted.show, wanted.sort, after), _BATCH):
        yield from found
        after = found[-1].key, found[-1].pk


def one(pk: int) -> Buyer | None:
    """One customer with figures, or None; two statements on indexes."""
    statement = _LIST.format(
        figures=_ONE_BY_ONE, key="c.id", show="and c.id = %(pk)s", search="", cursor="", way="desc"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": scope.current(), "pk": pk, "limit": 1})
        rows = cursor.fetchall()
    return _with_contacts(rows)[0] if rows else None


def _statement(wanted: Wanted) -> str:
    key, newest_first = SORTS[wanted.sort], wanted.sort == "joined"
    by_number = _BY_NUMBER if _LIKE_A_NUMBER.fullmatch(wanted.words) else ""
    return _LIST.format(
        figures=_ONE_BY_ONE if newest_first and wanted.show != "vip" else _ALL_AT_ONCE,
        key=key,
        show=SHOWS[wanted.show],
        search=_SEARCH.format(by_number=by_number) if wanted.words else "",
        cursor=_beyond(wanted, key, newest_first) if wanted.before or wanted.after else "",
        way="asc" if wanted.before else "desc",
    )


def _beyond(wanted: Wanted, key: str, newest_first: bool) -> str:
    side = ">" if wanted.before else "<"
    if newest_first:
        return f"and c.id {side} %(cursor_id)s"
    return f"and ({key}, c.id) {side} (%(cursor_key)s::numeric, %(cursor_id)s)"


def _values(wanted: Wanted) -> dict[str, Any]:
    cursor_key, cursor_id = wanted.before or wanted.after or ("0", 0)
    return {
        "tenant": scope.current(),
        "month": wanted.month,
        "words": f"%{_escaped(wanted.words)}%",
        "exact": wanted.words,
        "number": f"%{wanted.words.upper()}%",
        "cursor_key": cursor_key,
        "cursor_id": cursor_id,
    }


def _escaped(words: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", words)


def _with_contacts(rows: Sequence[tuple[Any, ...]]) -> list[Buyer]:
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, [scope.current(), [row[0] for row in rows]])
        contacts = {row[0]: row[1:] for row in cursor.fetchall()}
    return [Buyer(row[0], str(row[1]), *row[2:], *contacts.get(row[0], ())) for row in rows]
