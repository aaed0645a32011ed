"""The month's paid messages: reserve before sending, commit what LINE accepted, give back what it refused."""

import datetime

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import scope
from plusone.chat.models import QuotaMonth


def month_of(now: datetime.datetime) -> datetime.date:
    """The month LINE counts in: by Japan's clock (its figures are of UTC+9;
    the boundary itself is not documented).
    """
    return (now + datetime.timedelta(hours=9)).date().replace(day=1)


def note_figures(month: datetime.date, *, cap: int | None, used: int) -> None:
    """Store LINE's own figures; what is reserved for messages under way stays reserved."""
    QuotaMonth.objects.update_or_create(month=month, defaults={"cap": cap, "used": used, "asked_at": Now()})


def is_known(month: datetime.date) -> bool:
    """True when LINE has been asked for this month's figures."""
    return QuotaMonth.objects.filter(month=month).exists()


def reserve(month: datetime.date, people: int, *, rank: int, floor: int) -> bool:
    """Reserve so many persons; False when they don't fit (rules.affordable says the same of values).

    One conditional update, so two senders can never promise the same last message.
    Ranks 2 and 3 leave the floor alone.
    """
    kept = floor if rank >= 2 else 0
    with connection.cursor() as cursor:
        cursor.execute(
            """update plusone_quotamonth set reserved = reserved + %s
                where tenant_id = %s and month = %s and (cap is null or used + reserved + %s <= cap - %s)""",
            [people, scope.current(), month, people, kept],
        )
        return bool(cursor.rowcount == 1)


def settle(month: datetime.date, people: int, *, accepted: bool) -> None:
    """Turn a reservation into use, or give it back."""
    used = people if accepted else 0
    QuotaMonth.objects.filter(month=month).update(reserved=F("reserved") - people, used=F("used") + used)


def note_exhausted(month: datetime.date) -> None:
    """LINE says the month is used up whatever our figures say: believe LINE until it is asked again."""
    QuotaMonth.objects.filter(month=month, cap__isnull=False).update(used=F("cap"))
