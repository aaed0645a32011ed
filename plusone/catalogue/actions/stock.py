"""The stock ledger: movements are appended, the balance follows in the same transaction."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum

from plusone.base import events, scope
from plusone.base.audit import Actor
from plusone.catalogue.models import StockMovement, Variant
from plusone.catalogue.rules import UNLIMITED


@dataclass(frozen=True, slots=True)
class LockedVariant:
    """A variant whose row this transaction holds; `left` is None when unlimited,
    `price` in currency units or None.
    """

    id: int
    product_id: int
    code: str
    name: str
    label: str
    price: int | None
    left: int | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One ledger entry: pieces in (+) or out (-) of a variant, why, and the one thing that caused it.

    `note` is what the person who moved them wrote, at most 120 characters.
    """

    variant_id: int
    quantity: int
    reason: str
    cause: str
    actor: Actor
    note: str = ""


@dataclass
class NotEnough(Exception):
    """There are only `left` pieces; nothing was moved."""

    left: int


class Uncounted(Exception):
    """The variant is unlimited: there is nothing to add to or take from."""


_TURN_SPACE = 7002
# The lock order everywhere is: the shop's turn, variants by id, then the day's counter. Lanes, LIFF and
# console take it alike.
_LOCK = """
    select v.id, v.product_id, p.code, p.name, v.options, coalesce(v.price, p.price),
           case when v.unlimited then null else v.stock end,
           p.is_public and v.is_active and p.removed_at is null and coalesce(v.price, p.price) is not null
      from plusone_variant v join plusone_product p on p.tenant_id = v.tenant_id and p.id = v.product_id
     where v.tenant_id = (select %s::bigint) and v.id = any(%s) order by v.id for update of v
"""
_MOVE = """
    insert into plusone_stockmovement
           (tenant_id, variant_id, quantity, reason, cause, actor_kind, actor, note)
    select %s, m.* from json_to_recordset(%s::json)
      as m(variant_id bigint, quantity int, reason text, cause text, actor_kind text, actor text, note text)
"""
_BALANCE = """
    update plusone_variant v set stock = v.stock + d.quantity
      from unnest(%s::bigint[], %s::int[]) as d(id, quantity)
     where v.tenant_id = (select %s::bigint) and v.id = d.id and not v.unlimited and d.quantity <> 0
"""


def take_turn() -> None:
    """Wait for the shop's turn to move goods; it is ours until the transaction ends.

    One lock before all others instead of an order among them: a lane's batch takes orders, cancellations
    and edits as
    people wrote them, so its rows come in no order (of 100 forms beside such a lane, 6 had ended in a
    deadlock).
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN_SPACE, scope.current() % 2**31])


def lock(variant_ids: Iterable[int]) -> dict[int, LockedVariant]:
    """Take the shop's turn, lock these variants in order of id and read them; those that don't exist are
    left out.
    """
    take_turn()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [scope.current(), sorted(set(variant_ids))])
        rows = cursor.fetchall()
    return {
        row[0]: LockedVariant(
            row[0], row[1], row[2], row[3], " ".join(json.loads(row[4])), row[5], row[6], row[7]
        )
        for row in rows
    }


def move(moves: Sequence[Move]) -> None:
    """Append the movements and add them to the balances, in two statements whatever their number.

    Records `stock.came` for variants of which there are more now. The database refuses a balance below zero
    and a second movement of the same cause.
    Unlimited variants keep the ledger but no balance.
    """
    if not moves:
        return
    totals: dict[int, int] = defaultdict(int)
    for one in moves:
        totals[one.variant_id] += one.quantity
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [scope.current(), json.dumps([_row(one) for one in moves])])
        cursor.execute(_BALANCE, [list(totals), list(totals.values()), scope.current()])
    risen = sorted(variant_id for variant_id, quantity in totals.items() if quantity > 0)
    if risen:
        events.record("stock.came", variants=risen)


def tell_of_sale(product_ids: Iterable[int]) -> None:
    """Record `stock.came` for the options of products that have come on sale: what lay in stock meanwhile
    came for nobody, and who waits for it can be served now.
    """
    rows = Variant.objects.filter(product_id__in=list(product_ids), is_active=True)
    found = sorted(rows.exclude(unlimited=False, stock=0).values_list("pk", flat=True))
    if found:
        events.record("stock.came", variants=found)


def _row(move: Move) -> dict[str, object]:
    return {
        "variant_id": move.variant_id,
        "quantity": move.quantity,
        "reason": move.reason,
        "cause": move.cause,
        "actor_kind": move.actor.kind,
        "actor": move.actor.id,
        "note": move.note,
    }


def adjust(actor: Actor, variant_id: int, delta: int, cause: str) -> None:
    """Change a counted variant's stock by a delta; raises IntegrityError when it would fall below zero."""
    lock([variant_id])
    move([Move(variant_id, delta, "adjust", cause, actor)])


def move_by_hand(actor: Actor, variant_id: int, delta: int, reason: str, cause: str, note: str = "") -> None:
    """Add pieces to a counted variant, or take some away, for one of the reasons people have.

    Sent twice under the same cause it is done once. Raises NotEnough, Uncounted; KeyError for a variant that
    does not exist.
    """
    held = lock([variant_id])[variant_id]
    if _was_done(variant_id, reason, cause):
        return
    if held.left is None:
        raise Uncounted
    if held.left + delta < 0:
        raise NotEnough(held.left)
    move([Move(variant_id, delta, reason, cause, actor, note)])


def count_in(actor: Actor, variant_id: int, counted: int, cause: str, note: str = "") -> None:
    """Set the stock to what a person counted on the shelf; a count that agrees is written down as well.

    Sent twice under the same cause it is done once. A variant that was unlimited is counted from now on.
    """
    held = lock([variant_id])[variant_id]
    if _was_done(variant_id, "counted", cause):
        return
    if held.left is None:
        set_stock(actor, variant_id, counted, cause)
    else:
        move([Move(variant_id, counted - held.left, "counted", cause, actor, note)])


def _was_done(variant_id: int, reason: str, cause: str) -> bool:
    return StockMovement.objects.filter(variant_id=variant_id, reason=reason, cause=cause).exists()


def set_stock(actor: Actor, variant_id: int, stock: int, cause: str) -> None:
    """Make the stock this many pieces, or unlimited with -1, by one movement of the difference.

    The difference is taken under the row's lock, so sales made meanwhile are not wiped out by a stale form.
    """
    held = lock([variant_id])[variant_id]
    if stock == UNLIMITED:
        Variant.objects.filter(pk=variant_id).update(unlimited=True, stock=0)
        if held.left is not None:
            events.record("stock.came", variants=[variant_id])
        return
    if held.left is None:
        balance = (
            StockMovement.objects.filter(variant_id=variant_id).aggregate(sum=Sum("quantity"))["sum"] or 0
        )
        _bring_back_into_count(actor, variant_id, balance, stock, cause)
    elif stock != held.left:
        move([Move(variant_id, stock - held.left, "adjust", cause, actor)])


def _bring_back_into_count(actor: Actor, variant_id: int, ledger: int, stock: int, cause: str) -> None:
    move([Move(variant_id, stock - ledger, "counted", cause, actor)])
    Variant.objects.filter(pk=variant_id).update(unlimited=False, stock=stock)
