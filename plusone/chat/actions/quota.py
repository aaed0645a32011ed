"""The month's paid messages: reserve before sending, commit what LINE accepted, give back what it refused."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import scope
from plusone.chat.models import QuotaMonth


@dataclass(frozen=True, slots=True)
class Settlement:
    """So many persons, reserved in this month, whose message was accepted or was not."""

    tenant_id: int
    month: datetime.date
    people: int
    used: int


_SETTLE = """
    update plusone_quotamonth q set reserved = q.reserved - s.people, used = q.used + s.used
      from (select tenant_id, month, sum(people) as people, sum(used) as used
              from json_to_recordset(%s::json) as r(tenant_id bigint, month date, people int, used int)
             group by tenant_id, month) s
     where q.tenant_id = s.tenant_id and q.month = s.month
"""


def month_of(now: datetime.datetime) -> datetime.date:
    """The month LINE counts in: by Japan's clock (its figures are of UTC+9;
    the boundary itself is not documented).
    """
    return (now + datetime.timedelta(hours=9)).date().replace(day=1)


def note_figures(month: datetime.date, *, cap: int | None, used: int) -> None:
    """Store LINE's own figures; what is reserved for messages under way stays reserved."""
    QuotaMonth.objects.update_or_create(month=month, defaults={"cap": cap, "used": used, "asked_at": Now()})


def note_first_figures(month: datetime.date, *, cap: int | None, used: int) -> None:
    """Store LINE's own figures unless another sender did so meanwhile:
    it may have sent since, and LINE has counted that already.
    """
    QuotaMonth.objects.get_or_create(month=month, defaults={"cap": cap, "used": used})


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
                where tenant_id = (select %s::bigint) and month = %s
                  and (cap is null or used + reserved + %s <= cap - %s)""",
            [people, scope.current(), month, people, kept],
        )
        return bool(cursor.rowcount == 1)


def settle(settlements: Sequence[Settlement]) -> None:
    """Turn reservations into use, or give them back; in the caller's transaction, over all tenants.

    The caller's transaction also says in the message's row that nothing is reserved for it any more, so a
    crash
    between the two can't count a message twice.
    """
    if not settlements:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE, [json.dumps([asdict(one) | {"month": str(one.month)} for one in settlements])]
        )


def note_exhausted(month: datetime.date) -> None:
    """LINE says the month is used up whatever our figures say: believe LINE until it is asked again."""
    QuotaMonth.objects.filter(month=month, cap__isnull=False).update(used=F("cap"))
