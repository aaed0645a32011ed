"""A lane: one tenant's right to turn new events into effects, one worker at a time, a batch a transaction.

The right is a transaction-level advisory lock, so it ends with the transaction whatever happens to the
worker; a worker that freezes loses its connection to `idle_in_transaction_session_timeout`, and what it does
on waking is refused (P13).
"""

import datetime
import json
from collections.abc import Mapping, Sequence

from django.db import InterfaceError, OperationalError, connection

from plusone.base import logs, numbers, scope
from plusone.chat.actions import groups, say
from plusone.chat.models import InboxEvent
from plusone.chat.rules import TRIES_BEFORE_QUARANTINE
from plusone.customers import actions as customers
from plusone.hooks.actions import answers
from plusone.hooks.actions.desk import Came, Desk
from plusone.orders.actions import read
from plusone.tenants.models.plan import shop_is_lapsed

BATCH = 500
LOCK_SPACE = 7001
_OPEN = """
    select id, event_id, type, chat_kind, chat_key, user_id, message_id, line_at, received_at, reply_token,
           reply_deadline, body
      from plusone_inboxevent
     where tenant_id = (select %s::bigint) and state in ('new', 'waiting')
       and (next_try_at is null or next_try_at <= now())
     order by line_at, id limit %s
"""
_CAME_BEFORE = """
    select message_id, type, max(line_at) from plusone_inboxevent
     where tenant_id = (select %s::bigint) and message_id = any(%s) and message_id <> ''
       and type in ('messageEdited', 'unsend') and state in ('done', 'ignored') group by 1, 2
"""
_REPLAY = """
    with given as (
      update plusone_inboxevent set state = 'new', attempts = 0, next_try_at = null, final_at = null
       where tenant_id = (select %s::bigint) and event_id = any(%s) and state = 'quarantined' returning id)
    select pg_notify('plusone_inbox', %s) from given
"""
_FATES = """
    update plusone_inboxevent e set state = f.state, error = f.reason, final_at = now(), reply_token = ''
      from json_to_recordset(%s::json) as f(id bigint, state text, reason text)
     where e.tenant_id = (select %s::bigint) and e.id = f.id
"""


def work(tenant_id: int, limit: int = BATCH) -> int:
    """Answer up to `limit` open events of the tenant; returns how many were looked at,
    0 when another worker has the lane.

    One bad event can't hold up the others: a batch that fails is done again one by one, and the culprit is
    set aside with growing pauses until it is quarantined at the fifth try (P10). Raises only when the
    database itself fails.
    """
    try:
        return _work(tenant_id, limit)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logs.logger().warning("lane.batch_failed", tenant=tenant_id, exc_info=True)
    done = 0
    while done < min(limit, BATCH) and _work_alone(tenant_id):
        done += 1
    return done


def tenants_with_work() -> list[int]:
    """The tenants that have open events: what the sweep works through when a bell was lost."""
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute(
            """select tenant_id from plusone_inboxevent
                where state in ('new', 'waiting') and (next_try_at is null or next_try_at <= now())
                group by tenant_id order by min(line_at)"""
        )
        return [row[0] for row in cursor.fetchall()]


def replay(tenant_id: int, event_ids: Sequence[str]) -> int:
    """Give quarantined events of the tenant back to its lane, once what they met is mended; returns how many
    there were.
    """
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        cursor.execute(_REPLAY, [tenant_id, list(event_ids), str(tenant_id)])
        return int(cursor.rowcount)


def _work(tenant_id: int, limit: int) -> int:
    with scope.tenant(tenant_id):
        if not _take_lane(tenant_id):
            return 0
        events = _open_events(limit)
        if events:
            _answer(events)
        return len(events)


def _work_alone(tenant_id: int) -> int:
    """Do the oldest open event by itself; on failure put it behind with a pause."""
    event: Came | None = None
    try:
        with scope.tenant(tenant_id):
            if not _take_lane(tenant_id):
                return 0
            events = _open_events(1)
            if not events:
                return 0
            event = events[0]
            _answer(events)
            return 1
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if event is None:
            raise
        _set_aside(tenant_id, event, error)
        return 1


def _take_lane(tenant_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK_SPACE, tenant_id % 2**31])
        (mine,) = cursor.fetchone()
    return bool(mine)


def _open_events(limit: int) -> list[Came]:
    with connection.cursor() as cursor:
        # In a sale's first minutes there are no statistics, and the planner would sort the whole backlog
        # each time.
        cursor.execute("set local enable_bitmapscan = off; set local enable_seqscan = off")
        cursor.execute(_OPEN, [scope.current(), limit])
        return [Came(*[*row[:11], json.loads(row[11])]) for row in cursor.fetchall()]


def _answer(events: Sequence[Came]) -> None:
    user_ids = [event.user_id for event in events if event.user_id]
    now = numbers.database_now()
    desk = Desk(
        now=now,
        counter=read.counter(),
        people=customers.meet(user_ids) if user_ids else {},
        commands=_recent_commands(user_ids),
        resting=shop_is_lapsed(now),
    )
    groups.meet((event.chat_key, event.chat_kind) for event in events if event.is_group and event.chat_key)
    _note_what_came_before(desk, [event.message_id for event in events if event.message_id])
    for event in events:
        answers.answer(desk, event)
    desk.settle_asks()
    answers.forget_taken_back(desk)
    say.say(desk.says)
    _write_fates(desk, {event.id: event.event_id for event in events})


def _note_what_came_before(desk: Desk, message_ids: list[str]) -> None:
    """LINE's deliveries come in any order: an edit may be answered, and a message taken back, before it
    comes itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CAME_BEFORE, [scope.current(), message_ids])
        for message_id, type_, happened in cursor.fetchall():
            if type_ == "unsend":
                desk.taken_back.add(message_id)
            else:
                desk.edited[message_id] = happened


def _recent_commands(user_ids: list[str]) -> dict[str, int]:
    """How many commands of each of these people were acted on in the last minute (P39)."""
    if not user_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select user_id, count(*) from plusone_inboxevent
                where tenant_id = (select %s::bigint) and user_id = any(%s) and state = 'done'
                  and received_at > now() - interval '1 minute' group by user_id""",
            [scope.current(), sorted(set(user_ids))],
        )
        return dict(cursor.fetchall())


def _write_fates(desk: Desk, event_ids: Mapping[int, str]) -> None:
    """Close the events in the order in which the door writes copies of them (chat/actions/keep.py)."""
    fates = [
        {"id": pk, "state": state, "reason": reason}
        for pk, (state, reason) in sorted(desk.fates.items(), key=lambda fate: event_ids.get(fate[0], ""))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FATES, [json.dumps(fates), scope.current()])
    if desk.waits:
        later = desk.now + datetime.timedelta(seconds=1)
        InboxEvent.objects.filter(pk__in=desk.waits).update(state=InboxEvent.State.WAITING, next_try_at=later)


def _set_aside(tenant_id: int, event: Came, error: Exception) -> None:
    with scope.tenant(tenant_id):
        held = InboxEvent.objects.select_for_update().get(pk=event.id)
        held.attempts += 1
        held.error = type(error).__name__
        held.next_try_at = numbers.database_now() + datetime.timedelta(seconds=0.1 * 2**held.attempts)
        if held.attempts >= TRIES_BEFORE_QUARANTINE:
            held.state, held.final_at = InboxEvent.State.QUARANTINED, numbers.database_now()
            logs.logger().error(
                "event.quarantined", tenant=tenant_id, event_id=held.event_id, error=held.error
            )
        held.save(update_fields=["attempts", "error", "next_try_at", "state", "final_at"])
