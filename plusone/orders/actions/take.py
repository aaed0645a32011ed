"""Take orders: any number of buyers' asks in a handful of statements, first come first served.

The lane calls this with what arrived together, LIFF, console and API with one ask: the same code, the same
locks in the same order (variants by id, then the day's counter). Stock can't be oversold: the rows are locked
before anything is decided, and the database refuses a balance below zero besides.
"""

import datetime
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from plusone.base import events, numbers, scope
from plusone.base.audit import Actor
from plusone.base.ids import new_public_id
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import Wish, allot
from plusone.orders.actions import notices, rounds
from plusone.orders.models import Status
from plusone.orders.rules.facts import TakenLine
from plusone.orders.rules.rounds import NO_SEAT, Seat, Span, seat
from plusone.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Ask:
    """What one buyer wants by one message or form: becomes one order or none.

    `cause` is unique in the tenant. `at` is when it was written (None: now), which is what counts for a
    round's time; `late` may come after it: what the team enters, and what a waiting list gives.
    `source_word` is what the shop calls the place where it put a shared link.
    """

    cause: str
    customer_id: int
    contact_id: int | None
    wishes: tuple[Wish, ...]
    source: str
    chat_key: str
    actor: Actor
    reserve: bool = False
    at: datetime.datetime | None = None
    late: bool = False
    source_word: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an ask; `order_id` is None when nothing could be given."""

    ask: Ask
    lines: tuple[TakenLine, ...]
    order_id: int | None = None
    number: str = ""
    public_id: str = ""
    total: int = 0


def take(asks: Sequence[Ask]) -> list[Outcome]:
    """Take the asks in order: orders, lines, history, stock movements, `order.taken`, notices to managers;
    one outcome each.

    A wish gets all, what is left (JG08), or is refused as `sold_out`, `not_public`, `round_closed` or
    `round_planned`; its order carries the price of this moment, its line the round it belongs to. Numbers
    are XXXX-YYYYMMDD-NNNN by the tenant's clock (JG09). Raises nothing for a buyer's sake.
    """
    held = catalogue.lock({wish.variant_id for ask in asks for wish in ask.wishes})
    outcomes = _decide(asks, held)
    outcomes = _number(outcomes)
    taken = [outcome for outcome in outcomes if outcome.number]
    if taken:
        ids = _insert_orders(taken)
        outcomes = [_with_id(outcome, ids) for outcome in outcomes]
        _insert_lines([outcome for outcome in outcomes if outcome.order_id])
        events.record("order.taken", orders=sorted(ids.values()))
    notices.tell_of_shortages([line for outcome in outcomes for line in outcome.lines], held)
    return outcomes


def _decide(asks: Sequence[Ask], held: dict[int, catalogue.LockedVariant]) -> list[Outcome]:
    seated = _seat(asks, held)
    left = {v.id: v.left for v in held.values()}
    given = iter(allot([wish for _, wish, place in seated if not place.refused], left))
    lines: dict[str, list[TakenLine]] = {ask.cause: [] for ask in asks}
    for ask, wish, place in seated:
        got = 0 if place.refused else next(given)
        lines[ask.cause].append(_line(wish, held[wish.variant_id], got, place))
    return [Outcome(ask, tuple(lines[ask.cause])) for ask in asks]


def _seat(asks: Sequence[Ask], held: dict[int, catalogue.LockedVariant]) -> list[tuple[Ask, Wish, Seat]]:
    """Each wish with the round it belongs to, or why it can't be had whatever the stock."""
    of_product = rounds.spans([variant.product_id for variant in held.values()])
    now = numbers.database_now() if of_product else None
    return [
        (ask, wish, _place(ask, held[wish.variant_id], of_product, now))
        for ask in asks
        for wish in ask.wishes
        if wish.variant_id in held
    ]


def _place(
    ask: Ask,
    variant: catalogue.LockedVariant,
    of_product: dict[int, list[Span]],
    now: datetime.datetime | None,
) -> Seat:
    if not variant.is_public:
        return Seat(refused="not_public")
    at = ask.at or now
    if at is None or variant.product_id not in of_product:
        return NO_SEAT
    late = ask.late or ask.source == "console"
    return seat(of_product[variant.product_id], ask.chat_key, at, late=late)


def _line(wish: Wish, variant: catalogue.LockedVariant, given: int, place: Seat) -> TakenLine:
    refused = place.refused or ("sold_out" if given == 0 else "")
    return TakenLine(
        variant.id,
        variant.product_id,
        variant.code,
        variant.name,
        variant.label,
        wish.quantity,
        given,
        variant.price or 0,
        refused,
        place,
    )


def _number(outcomes: list[Outcome]) -> list[Outcome]:
    """Give the next numbers of the day to the outcomes that have something."""
    full = [outcome for outcome in outcomes if _has_something(outcome)]
    if not full:
        return outcomes
    tenant = Tenant.objects.get(pk=scope.current())
    day = numbers.local_day(numbers.database_now(), tenant.timezone)
    given_out = itertools.count(numbers.take("order", day, len(full)))
    start = f"{tenant.key[:4]}-{day:%Y%m%d}-"
    return [
        _numbered(outcome, f"{start}{next(given_out):04d}") if _has_something(outcome) else outcome
        for outcome in outcomes
    ]


def _has_something(outcome: Outcome) -> bool:
    return any(line.given for line in outcome.lines)


def _numbered(outcome: Outcome, number: str) -> Outcome:
    total = sum(line.given * line.unit_price for line in outcome.lines)
    return Outcome(outcome.ask, outcome.lines, None, number, new_public_id(), total)


_ORDERS = """
    insert into plusone_order (tenant_id, number, public_id, customer_id, contact_id, status, source,
                               source_word, chat_key, cause, currency, total)
    select %s, o.number, o.public_id, o.customer_id, o.contact_id, o.status, o.source, o.source_word,
           o.chat_key, o.cause, (select currency from plusone_tenant where id = %s), o.total
      from json_to_recordset(%s::json)
        as o(number text, public_id text, customer_id bigint, contact_id bigint, status text, source text,
             source_word text, chat_key text, cause text, total bigint)
    returning number, id
"""
_LINES = """
    insert into plusone_orderline (tenant_id, order_id, customer_id, variant_id, product_id, product_code,
                                   name, variant_label, asked, quantity, unit_price, round_id)
    select %s, l.* from json_to_recordset(%s::json)
      as l(order_id bigint, customer_id bigint, variant_id bigint, product_id bigint, code text, name text,
           label text, asked int, given int, unit_price int, round_id bigint)
"""
_HISTORY = """
    insert into plusone_orderchange (tenant_id, order_id, actor_kind, actor, what, before, after)
    select %s, h.order_id, h.kind, h.actor, 'placed', '', h.status
      from json_to_recordset(%s::json) as h(order_id bigint, kind text, actor text, status text)
"""


def _insert_orders(taken: list[Outcome]) -> dict[str, int]:
    rows = [
        {
            "number": outcome.number,
            "public_id": outcome.public_id,
            "customer_id": outcome.ask.customer_id,
            "contact_id": outcome.ask.contact_id,
            "status": _status(outcome),
            "source": outcome.ask.source,
            "source_word": outcome.ask.source_word,
            "chat_key": outcome.ask.chat_key,
            "cause": outcome.ask.cause,
            "total": outcome.total,
        }
        for outcome in taken
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, [scope.current(), scope.current(), json.dumps(rows)])
        return dict(cursor.fetchall())


def _insert_lines(taken: list[Outcome]) -> None:
    given = [(outcome, line) for outcome in taken for line in outcome.lines if line.given]
    lines = [_line_row(outcome, line) for outcome, line in given]
    history = [
        {"order_id": o.order_id, "kind": o.ask.actor.kind, "actor": o.ask.actor.id, "status": _status(o)}
        for o in taken
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [scope.current(), json.dumps(lines)])
        cursor.execute(_HISTORY, [scope.current(), json.dumps(history)])
    catalogue.move(
        [
            catalogue.Move(line.variant_id, -line.given, "order", f"order:{o.order_id}", o.ask.actor)
            for o, line in given
        ]
    )


def _line_row(outcome: Outcome, line: TakenLine) -> dict[str, object]:
    return {
        "order_id": outcome.order_id,
        "customer_id": outcome.ask.customer_id,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "code": line.code,
        "name": line.name,
        "label": line.label,
        "asked": line.asked,
        "given": line.given,
        "unit_price": line.unit_price,
        "round_id": line.seat.span.id if line.seat.span else None,
    }


def _with_id(outcome: Outcome, ids: dict[str, int]) -> Outcome:
    if not outcome.number:
        return outcome
    return Outcome(
        outcome.ask, outcome.lines, ids[outcome.number], outcome.number, outcome.public_id, outcome.total
    )


def _status(outcome: Outcome) -> str:
    return Status.NOT_PURCHASED if outcome.ask.reserve else Status.PURCHASED
