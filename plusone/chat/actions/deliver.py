"""Deliver: claim messages under a lease, record what became of them. The calls to LINE are made between the
two.

A claim raises the row's epoch and is committed before any call; a result is written only where the epoch is
still the claim's, so a worker that was frozen and replaced can't overwrite what its successor did (P13).
"""

import datetime
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from plusone.base import scope
from plusone.chat.actions import quota
from plusone.chat.models import OutboxMessage
from plusone.chat.rules import LEASE_SECONDS, RIDERS

State = OutboxMessage.State


@dataclass(slots=True)
class Claimed:
    """A message this worker may send now, with the seconds left by the database's clock."""

    tenant_id: int
    id: int
    epoch: int
    attempts: int
    to_kind: str
    to_id: str
    user_id: str
    kind: str
    facts: dict[str, Any]
    language: str
    payload: list[dict[str, Any]] | None
    ways: tuple[str, ...]
    reply_token: str
    reply_left: float
    life_left: float
    retry_key: uuid.UUID
    rank: int
    reply_tried: bool
    pushing_for: float
    reserved: int
    count: int
    people: int
    has_riders: bool
    month: datetime.date | None = None


@dataclass(slots=True)
class Result:
    """What became of a claimed message: its next state, and the call that was made, if any."""

    message: Claimed
    state: str
    reason: str = ""
    way: str = ""
    wait: float = 0.0
    request_id: str = ""
    message_ids: tuple[str, ...] = ()
    reply_tried: bool = False
    token_dead: bool = False
    tie: str = ""
    calls: list["Call"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Call:
    """One call to LINE, as it is logged: the five things LINE asks to keep, and how it was read."""

    way: str
    endpoint: str
    status: int
    request_id: str
    outcome: str
    milliseconds: int


_COLUMNS = """m.tenant_id, m.id, m.epoch, m.attempts, m.to_kind, m.to_id, m.user_id, m.kind, m.facts,
    m.language, m.payload, m.ways, m.reply_token,
    coalesce(extract(epoch from m.reply_deadline - now()), 0)::float8,
    extract(epoch from m.expires_at - now())::float8, m.retry_key, m.rank, m.reply_tried,
    coalesce(extract(epoch from now() - m.first_push_at), 0)::float8, m.reserved, m.count, m.people"""
# The oldest open message a person first, so that what one person reads keeps its order; skip what others are
# claiming. A lease that ran out may have spoken: a reply among those counts as tried.
# Only the first few due are looked at: asking of all of a backlog of 10,000 whether their person has an
# older one took 86 ms a claim.
LOOK_AHEAD = 8
_CLAIM = f"""
    with due as materialized (
      select o.tenant_id, o.id, o.rank, o.to_id, o.user_id from plusone_outboxmessage o
       where o.state in ('ready', 'retry', 'leased') and o.not_before <= now()
         and (o.state <> 'leased' or o.lease_until < now() and o.lease_owner not like 'with:%%')
         and o.tenant_id <> all (array(select c.tenant_id from plusone_channel c where c.paused_until >
         now()))
       order by o.rank, o.id limit %s),
    open as (
      select o.tenant_id, o.id, o.state = 'leased' as ran_out
        from due d join plusone_outboxmessage o on o.tenant_id = d.tenant_id and o.id = d.id
       where o.state in ('ready', 'retry', 'leased')
         and not exists (select 1 from plusone_outboxmessage p
                          where p.tenant_id = d.tenant_id and p.to_id = d.to_id and p.user_id = d.user_id
                            and p.id < d.id and p.state in ('ready', 'retry', 'leased')
                            and p.lease_owner not like 'with:%%')
       order by d.rank, d.id limit %s for update of o skip locked)
    update plusone_outboxmessage m
       set state = 'leased', lease_owner = %s, lease_until = now() + %s * interval '1 second',
           epoch = m.epoch + 1, attempts = m.attempts + 1,
           reply_tried = m.reply_tried or (open.ran_out and m.reply_token <> '')
      from open where m.tenant_id = open.tenant_id and m.id = open.id
    returning {_COLUMNS},
      exists (select 1 from plusone_outboxmessage r
               where r.tenant_id = m.tenant_id and r.to_id = m.to_id and r.state in ('parked', 'leased')
                 and (r.state = 'parked' or r.lease_owner = 'with:' || m.id))
"""  # noqa: S608 - our own list of columns
# What rode in a call without a clear answer stays tied to its host: it goes along again when the host's
# token is asked again,
# never with another host, since it may have been said. Ties of a host that has come to its end are void.
_CLAIM_RIDERS = f"""
    with waiting as (
      select o.id from plusone_outboxmessage o
       where o.tenant_id = (select %(tenant)s::bigint) and o.to_id = %(chat)s
         and o.state in ('parked', 'leased') and 'ride' = any(o.ways)
         and (o.lease_owner = %(tie)s
              or not %(tied_only)s and o.expires_at > now() and (o.state = 'parked' and o.lease_owner = ''
                 or o.lease_owner like 'with:%%' and not exists (
                   select 1 from plusone_outboxmessage h
                    where h.tenant_id = o.tenant_id and 'with:' || h.id = o.lease_owner
                      and h.to_id = o.to_id and h.state in ('ready', 'leased', 'retry'))))
       order by o.rank, o.id limit %(most)s for update of o skip locked)
    update plusone_outboxmessage m
       set state = 'leased', lease_owner = %(tie)s, lease_until = now() + %(seconds)s * interval '1 second',
           epoch = m.epoch + 1, attempts = m.attempts + 1
      from waiting where m.tenant_id = (select %(tenant)s::bigint) and m.id = waiting.id
    returning {_COLUMNS}, false
"""  # noqa: S608 - our own list of columns
_RECORD = """
    update plusone_outboxmessage m
       set state = r.state, reason = r.reason, way = r.way, not_before = now() + r.wait * interval '1 second',
           request_id = r.request_id, message_ids = string_to_array(r.message_ids, ','),
           reply_tried = m.reply_tried or r.reply_tried,
           reply_token = case when r.token_dead then '' else m.reply_token end,
           lease_owner = r.tie, lease_until = null, reserved = case when r.settled then 0 else m.reserved end,
           final_at = case when r.state in ('ready', 'retry', 'parked') then null else now() end
      from json_to_recordset(%s::json)
        as r(tenant_id bigint, id bigint, epoch int, state text, reason text, way text, wait float8,
             request_id text, message_ids text, reply_tried bool, token_dead bool, tie text, settled bool)
     where m.tenant_id = r.tenant_id and m.id = r.id and m.epoch = r.epoch and m.state = 'leased'
    returning m.tenant_id, m.id
"""
_LOG = """
    insert into plusone_attempt (tenant_id, message_id, epoch, way, endpoint, status, request_id, outcome,
                                 milliseconds)
    select * from json_to_recordset(%s::json)
      as c(tenant_id bigint, message_id bigint, epoch int, way text, endpoint text, status int,
           request_id text, outcome text, milliseconds int)
"""


def claim(owner: str, limit: int) -> list[Claimed]:
    """Lease up to `limit` messages that are due, over all tenants, for LEASE_SECONDS; committed on return."""
    with scope.everywhere(), connection.cursor() as cursor:
        # In a sale's first minutes there are no statistics, and the planner would sort the whole backlog.
        cursor.execute("set local enable_bitmapscan = off; set local enable_seqscan = off")
        cursor.execute(_CLAIM, [limit * LOOK_AHEAD, limit, owner, LEASE_SECONDS])
        return [_claimed(row) for row in cursor.fetchall()]


def claim_riders(host: Claimed) -> list[Claimed]:
    """Lease what waits for a free reply in the host's chat: at most four, because one reply call takes
    five messages.

    A host whose reply was tried before gets only those that were in that call: they share its fate.
    """
    wanted: dict[str, str | int | bool] = {
        "tenant": host.tenant_id,
        "chat": host.to_id,
        "tie": tie(host),
        "tied_only": host.reply_tried,
        "most": RIDERS,
        "seconds": LEASE_SECONDS,
    }
    with scope.tenant(host.tenant_id), connection.cursor() as cursor:
        cursor.execute(_CLAIM_RIDERS, wanted)
        return [_claimed(row) for row in cursor.fetchall()]


def tie(host: Claimed) -> str:
    """What stands in a rider's lease while it goes with this host."""
    return f"with:{host.id}"


def freeze(message: Claimed, payload: list[dict[str, Any]]) -> None:
    """Keep the drawn payload before the first push: a retry under the same key must send the same bytes."""
    OutboxMessage.objects.filter(pk=message.id, epoch=message.epoch).update(payload=payload)
    message.payload = payload


def reserve(message: Claimed, month: datetime.date, floor: int) -> bool:
    """Reserve quota for all whom the push reaches, once a message;
    False when the month has none left for its rank, or the lease was lost.
    """
    if message.reserved:
        return True
    mine = OutboxMessage.objects.filter(pk=message.id, epoch=message.epoch)
    if not mine.update(reserved=message.people, first_push_at=Now()):
        return False
    if not quota.reserve(month, message.people, rank=message.rank, floor=floor):
        mine.update(reserved=0)
        return False
    message.reserved, message.month = message.people, month
    return True


def record(results: Sequence[Result]) -> int:
    """Write the results, settle what was reserved for them, log the calls; returns how many still held
    their lease.

    A result whose lease was lost changes nothing; its calls are logged all the same.
    """
    if not results:
        return 0
    calls = [(result.message, call) for result in results for call in result.calls]
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute(_RECORD, [json.dumps([_result_row(result) for result in results])])
        # With the tenant: an imported shop has its ids from elsewhere, so two shops may have the same.
        written = {(row[0], row[1]) for row in cursor.fetchall()}
        if calls:
            cursor.execute(_LOG, [json.dumps([_call_row(*call) for call in calls])])
        quota.settle(
            [
                _settlement(r)
                for r in results
                if (r.message.tenant_id, r.message.id) in written and _settles(r)
            ]
        )
    return len(written)


def _settles(result: Result) -> bool:
    return bool(result.message.reserved) and result.state not in (State.READY, State.RETRY)


def _settlement(result: Result) -> quota.Settlement:
    """Used also when LINE never said clearly: rather one too many in our own count than one over the
    merchant's ceiling.
    """
    message = result.message
    assert message.month is not None
    used = result.state in (State.ACCEPTED, State.UNCONFIRMED)
    return quota.Settlement(message.tenant_id, message.month, message.reserved, message.reserved * used)


def _result_row(result: Result) -> dict[str, Any]:
    return {
        "tenant_id": result.message.tenant_id,
        "id": result.message.id,
        "epoch": result.message.epoch,
        "state": result.state,
        "reason": result.reason,
        "way": result.way,
        "wait": result.wait,
        "request_id": result.request_id,
        "message_ids": ",".join(result.message_ids),
        "reply_tried": result.reply_tried,
        "token_dead": result.token_dead,
        "tie": result.tie,
        "settled": _settles(result),
    }


def _call_row(message: Claimed, call: Call) -> dict[str, Any]:
    return {**asdict(call), "tenant_id": message.tenant_id, "message_id": message.id, "epoch": message.epoch}


def _claimed(row: tuple[Any, ...]) -> Claimed:
    values = list(row)
    values[8] = json.loads(values[8])
    values[10] = json.loads(values[10]) if values[10] else None
    values[11] = tuple(values[11])
    return Claimed(*values)
