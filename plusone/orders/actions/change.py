"""Change orders: status, what is paid, tracking number, memo. Every change leaves a line of history.

Lock order: the shop's turn, the order, then its variants by id.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import events
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.models import Order, OrderChange, Status
from plusone.orders.rules.paid import paid_after


@dataclass
class NotEnough(Exception):
    """A cancelled order can't come back: these lines (code, name, missing pieces) are no longer in stock."""

    missing: tuple[tuple[str, str, int], ...]


@dataclass
class Merged(Exception):
    """The order was merged into another, whose number this is: its status can't be changed any more."""

    into: str


@dataclass
class MemoChanged(Exception):
    """Somebody else has written in the memo since it was shown: this stands there now."""

    now: str


class UnknownStatus(ValueError):
    """Not one of the six."""


class TooLong(ValueError):
    """A tracking number over 60 characters."""


def hold(order_id: int) -> Order:
    """Take the shop's turn, lock the order and read it as it is now; raises Order.DoesNotExist."""
    catalogue.take_turn()
    return Order.objects.select_for_update().get(pk=order_id)


def set_status(actor: Actor, order: Order, status: str) -> bool:
    """Give the order another of the six states; False when it already has it.

    To cancelled: its pieces go back to stock. From cancelled: they are taken again,
    or NotEnough and nothing changes. To paid: what it costs now is paid. Raises UnknownStatus, and Merged
    for one that lies in another now.
    """
    if status not in Status.values:
        raise UnknownStatus(status)
    held = hold(order.pk)
    if held.status == status:
        return False
    if held.merged_into is not None:
        raise Merged(held.merged_into.number)
    with transaction.atomic():
        change = note(actor, held, "status", held.status, status)
        if status == Status.CANCELLED:
            _give_back(actor, held, change)
        elif held.status == Status.CANCELLED:
            _take_again(actor, held, change)
    paid = paid_after(status, held.status, total=held.total, paid=held.paid_total)
    Order.objects.filter(pk=held.pk).update(
        status=status, paid_total=paid, updated_at=Now(), version=F("version") + 1
    )
    events.record("order.changed", order=held.pk, status=status)
    return True


def set_paid(actor: Actor, order: Order, paid: int) -> bool:
    """Note that so much is paid of an order that was marked as paid: the rest came, or was given back.

    False when nothing was marked as paid, or just this. History and `order.changed`.
    """
    held = hold(order.pk)
    return held.paid_total is not None and _set(actor, held, "paid_total", "paid", paid)


def set_tracking(actor: Actor, order: Order, tracking_number: str) -> bool:
    """Store the tracking number; False when unchanged. Raises TooLong."""
    if len(tracking_number) > 60:
        raise TooLong
    return _set(actor, hold(order.pk), "tracking_number", "tracking", tracking_number.strip())


def set_memo(actor: Actor, order: Order, memo: str, *, seen: str | None = None) -> bool:
    """Store the internal memo, which buyers never see; False when unchanged.

    `seen` is the memo that was shown to its writer: when another stands there by now, MemoChanged.
    """
    held = hold(order.pk)
    if seen is not None and _plain(held.memo) not in (_plain(seen), _plain(memo)):
        raise MemoChanged(held.memo)
    return _set(actor, held, "memo", "memo", memo.strip())


def _set(actor: Actor, held: Order, column: str, what: str, value: str | int) -> bool:
    before = getattr(held, column)
    if before == value:
        return False
    Order.objects.filter(pk=held.pk).update(**{column: value}, updated_at=Now(), version=F("version") + 1)
    note(actor, held, what, str(before)[:200], str(value)[:200])
    events.record("order.changed", order=held.pk)
    return True


def _plain(memo: str) -> str:
    return memo.replace("\r\n", "\n").strip()


def note(actor: Actor, order: Order, what: str, before: str, after: str) -> OrderChange:
    """Append one line to the order's history: what changed, from what to what."""
    return OrderChange.objects.create(
        order=order, actor_kind=actor.kind, actor=actor.id, what=what, before=before, after=after
    )


def _give_back(actor: Actor, order: Order, change: OrderChange) -> None:
    pieces = _pieces(order)
    catalogue.lock(pieces)
    catalogue.move(
        [
            catalogue.Move(variant_id, count, "cancel", f"change:{change.pk}", actor)
            for variant_id, count in pieces.items()
        ]
    )


def _take_again(actor: Actor, order: Order, change: OrderChange) -> None:
    pieces = _pieces(order)
    held = catalogue.lock(pieces)
    missing = tuple(
        (held[variant_id].code, held[variant_id].name, count - left)
        for variant_id, count in pieces.items()
        if (left := held[variant_id].left) is not None and left < count
    )
    if missing:
        raise NotEnough(missing)
    catalogue.move(
        [
            catalogue.Move(variant_id, -count, "order", f"change:{change.pk}", actor)
            for variant_id, count in pieces.items()
        ]
    )


def _pieces(order: Order) -> dict[int, int]:
    """Variant to pieces: a merged order may have a variant in several lines, and a cause moves it once."""
    pieces: dict[int, int] = defaultdict(int)
    for line in order.kept_lines:
        pieces[line.variant_id] += line.quantity
    return pieces
