"""Numbers of the day: gapless, unique, by the tenant's own clock and the database's time."""

import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from plusone.base import scope


def database_now() -> datetime.datetime:
    """The transaction's time by the database, in UTC; our own machines' clocks may be off."""
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]


def local_day(now: datetime.datetime, zone: str) -> datetime.date:
    """The calendar day of a moment in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def take(kind: str, day: datetime.date, count: int = 1) -> int:
    """Take `count` numbers in a row and return the first.

    Rolled back with the caller, so there are no gaps.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into plusone_counter (tenant_id, kind, day, value) values (%s, %s, %s, %s)
               on conflict (tenant_id, kind, day) do update set value = plusone_counter.value + excluded.value
               returning value""",
            [scope.current(), kind, day, count],
        )
        (last,) = cursor.fetchone()
    return int(last) - count + 1
