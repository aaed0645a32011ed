"""What the storm left behind: rows in the database and messages at LINE, read once everything is quiet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from plusone.proving import control
from plusone.proving.cast import Shop
from plusone.proving.ground import Ground
from plusone.proving.killer import look_into

_ANSWERS = """
    select tenant_id, substr(cause, 7) as event_id, kind, state, reason, way, retry_key::text,
    message_ids, facts
      from plusone_outboxmessage where cause like 'event:%'
"""
_ORDERS = (
    "select tenant_id, substr(cause, 7), number, public_id from plusone_order where cause like 'event:%'"
)
_SOLD = """
    select l.variant_id, sum(l.quantity), count(*) filter (where l.quantity < l.asked)
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id = l.order_id
     where o.status <> 'cancelled' group by 1
"""
_NOTICES = """
    select window_key, retry_key::text, state, way, message_ids from plusone_outboxmessage where
    window_key <> ''
"""
_QUOTA = "select tenant_id, sum(used) from plusone_quotamonth group by 1"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer row of the outbox, and how often LINE accepted it."""

    tenant_id: int
    event_id: str
    kind: str
    state: str
    reason: str
    way: str
    told: int


@dataclass
class Evidence:
    """Rows by what they are looked up with; `accepted` is what LINE took, by tenant."""

    states: dict[str, str] = field(default_factory=dict)
    redelivered: set[str] = field(default_factory=set)
    seen: int = 0
    orders: dict[str, str] = field(default_factory=dict)
    order_count: int = 0
    answers: list[Answer] = field(default_factory=list)
    sold: dict[int, int] = field(default_factory=dict)
    partial: int = 0
    noticed: set[int] = field(default_factory=set)
    notices: int = 0
    notices_told: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    used: dict[int, int] = field(default_factory=dict)
    accepted: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def gather(ground: Ground, shops: Sequence[Shop]) -> Evidence:
    """Read all of these shops, and what LINE accepted from them."""
    found = Evidence()
    for shop in shops:
        found.accepted[shop.tenant_id] = control.accepted(ground.line, shop.channel_id)
        with look_into(ground, shop.tenant_id) as connection:
            _read(connection, found, found.accepted[shop.tenant_id])
    return found


def _read(connection: psycopg.Connection, found: Evidence, accepted: list[dict[str, Any]]) -> None:
    for event_id, state, redelivered, seen in connection.execute(
        "select event_id, state, redelivered, seen_count from plusone_inboxevent"
    ):
        found.states[event_id] = state
        found.redelivered |= {event_id} if redelivered else set()
        found.seen += seen
    orders = connection.execute(_ORDERS).fetchall()
    found.orders |= {row[1]: row[2] for row in orders}
    found.order_count += len(orders)
    for variant_id, pieces, cut in connection.execute(_SOLD):
        found.sold[variant_id] = int(pieces)
        found.partial += cut
    told = _told(accepted)
    found.answers += _answers(connection, told, {row[1]: row[3] for row in orders})
    _read_notices(connection, found, told)
    found.outcomes.update(
        dict(connection.execute("select outcome, count(*) from plusone_attempt group by 1").fetchall())
    )
    found.used |= {row[0]: int(row[1]) for row in connection.execute(_QUOTA)}


def _answers(connection: psycopg.Connection, told: Counter[str], public_ids: dict[str, str]) -> list[Answer]:
    answers = []
    for row in connection.execute(_ANSWERS):
        tenant_id, event_id, kind, state, reason, way, retry_key, message_ids, _facts = row
        # An order's answer carries its undo button, so it is known at LINE whatever our own rows say of it.
        marks = (
            [f"undo={public_ids[event_id]}"]
            if kind == "taken" and event_id in public_ids
            else [f"storm-{event_id}", retry_key, *(f"id:{one}" for one in message_ids if way == "ride")]
        )
        times = sum(told[mark] for mark in marks)
        answers.append(Answer(tenant_id, event_id, kind, state, reason, way, times))
    return answers


def _told(records: Sequence[dict[str, Any]]) -> Counter[str]:
    """How often LINE accepted each thing: by undo button, by reply token, by retry key, by id of a
    message that rode along.
    """
    told: Counter[str] = Counter()
    for record in records:
        told[record["reply_token"] or ""] += 1
        told[record["retry_key"] or ""] += 1
        told.update(f"id:{message_id}" for message_id in record["message_ids"][1:])
        for message in record["messages"]:
            told.update(_buttons(message))
    return told


def _buttons(message: dict[str, Any]) -> list[str]:
    items = message.get("quickReply", {}).get("items", [])
    return [item["action"]["data"] for item in items if item["action"].get("data", "").startswith("undo=")]


def _read_notices(connection: psycopg.Connection, found: Evidence, told: Counter[str]) -> None:
    for window_key, retry_key, _state, way, message_ids in connection.execute(_NOTICES):
        found.notices += 1
        found.noticed.add(int(window_key.split(":")[1]))
        marks = [f"id:{one}" for one in message_ids] if way == "ride" else [retry_key]
        found.notices_told[window_key] += sum(told[mark] for mark in marks)
