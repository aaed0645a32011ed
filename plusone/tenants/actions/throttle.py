"""Counts within windows of time: exact, by the database's clock, the same for all processes."""

import datetime

from django.db import connection
from django.db.models.functions import Now

from plusone.tenants.models.signing import SignInTry

# Longer than any window.
KEPT = datetime.timedelta(hours=1)
_COUNT = """
    insert into plusone_signintry as t (key, tries, began_at) values (%(key)s, 1, now())
    on conflict (key) do update set
        tries = case when t.began_at > now() - make_interval(mins => %(minutes)s) then t.tries + 1 else 1 end,
        began_at = case when t.began_at > now() - make_interval(mins => %(minutes)s) then t.began_at
                        else now() end
    returning tries, ceil(extract(epoch from began_at + make_interval(mins => %(minutes)s) - now()))::int
"""
_READ = """
    select tries, ceil(extract(epoch from began_at + make_interval(mins => %(minutes)s) - now()))::int
      from plusone_signintry where key = %(key)s and began_at > now() - make_interval(mins => %(minutes)s)
"""


def count(key: str, minutes: int) -> tuple[int, int]:
    """Add one to the key's window of this many minutes; how many it has now, and seconds until it ends.

    One statement, so that a thousand at once count a thousand. The window ends to the microsecond.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "minutes": minutes})
        tries, seconds = cursor.fetchone()
    return tries, max(1, seconds)


def read(key: str, minutes: int) -> tuple[int, int]:
    """What `count` would add to: how many the window has, and seconds until it ends; (0, 0) outside one."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"key": key, "minutes": minutes})
        tries, seconds = cursor.fetchone() or (0, 0)
    return tries, seconds


def forget() -> None:
    """Drop windows that are long over."""
    SignInTry.objects.filter(began_at__lt=Now() - KEPT).delete()
