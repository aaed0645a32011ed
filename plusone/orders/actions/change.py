"""Change orders: status, quantity, tracking number, memo. Every change leaves a line of history.

Lock order: the shop's turn, the order, then its variants by id.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Now

from plusone.base import events
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import notices
from plusone.orders.models import Order, OrderChange, OrderLine, Status
from plusone.orders.rules.facts import TakenLine


@dataclass
class NotEnough(Exception):
    """A cancelled order can't come back: these lines (code, name, missing pieces) are no longer in stock."""

    missing: tuple[tuple[str, str, int], ...]


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
    or NotEnough and nothing changes. Raises UnknownStatus.
    """
    if status not in Status.values:
        raise UnknownStatus(status)
    held = hold(order.pk)
    if held.status == status:
        return False
    with transaction.atomic():
        change = note(actor, held, "status", held.status, status)
        if status == Status.CANCELLED:
            _give_back(actor, held, change)
        elif held.status == Status.CANCELLED:
            _take_again(actor, held, change)
    Order.objects.filter(pk=held.pk).update(status=status, updated_at=Now(), version=F("version") + 1)
    events.record("order.changed", order=held.pk, status=status)
    return True


def set_tracking(actor: Actor, order: Order, tracking_number: str) -> bool:
    """Store the tracking number; False when unchanged. Raises TooLong."""
    if len(tracking_number) > 60:
        raise TooLong
    return _set_text(actor, order, "tracking_number", "tracking", tracking_number.strip())


def set_memo(actor: Actor, order: Order, memo: str) -> bool:
    """Store the internal memo, which buyers never see; False when unchanged."""
    return _set_text(actor, order, "memo", "memo", memo.strip())


def set_quantity(actor: Actor, line: OrderLine, quantity: int) -> TakenLine:
    """Make the line this many pieces (1 to 99), or as many as there are; the difference moves in stock.

    Returns what was asked and what the line now has. The order's total follows;
    the price stays as the buyer saw it.
    """
    order = hold(line.order_id)
    line = OrderLine.objects.get(pk=line.pk)
    held = catalogue.lock([line.variant_id])
    variant = held[line.variant_id]
    wanted = quantity - line.quantity
    possible = wanted if variant.left is None or wanted <= variant.left else variant.left
    if possible:
        change = note(actor, order, "quantity", str(line.quantity), str(line.quantity + possible))
        catalogue.move([catalogue.Move(variant.id, -possible, "change", f"change:{change.pk}", actor)])
        OrderLine.objects.filter(pk=line.pk).update(quantity=line.quantity + possible, asked=quantity)
        _add_up(order)
    outcome = TakenLine(
        variant.id,
        line.product_id,
        line.product_code,
        line.name,
        line.variant_label,
        quantity,
        line.quantity + possible,
        line.unit_price,
        "" if possible == wanted else "sold_out",
    )
    if wanted > 0:
        notices.tell_of_shortages([_of_the_change(outcome, wanted, possible)], held)
    return outcome


def _of_the_change(outcome: TakenLine, wanted: int, possible: int) -> TakenLine:
    return TakenLine(
        outcome.variant_id,
        outcome.product_id,
        outcome.code,
        outcome.name,
        outcome.label,
        wanted,
        possible,
        outcome.unit_price,
        outcome.refused,
    )


def _add_up(order: Order) -> None:
    total = OrderLine.objects.filter(order=order).aggregate(sum=Sum(F("quantity") * F("unit_price")))["sum"]
    Order.objects.filter(pk=order.pk).update(total=total or 0, updated_at=Now(), version=F("version") + 1)
    events.record("order.changed", order=order.pk)


def _set_text(actor: Actor, order: Order, column: str, what: str, value: str) -> bool:
    held = hold(order.pk)
    before = getattr(held, column)
    if before == value:
        return False
    Order.objects.filter(pk=held.pk).update(**{column: value}, updated_at=Now(), version=F("version") + 1)
    note(actor, held, what, before[:200], value[:200])
    events.record("order.changed", order=held.pk)
    return True


def note(actor: Actor, order: Order, what: str, before: str, after: str) -> OrderChange:
    """Append one line to the order's history: what changed, from what to what."""
    return OrderChange.objects.create(
        order=order, actor_kind=actor.kind, actor=actor.id, what=what, before=before, after=after
    )


def _give_back(actor: Actor, order: Order, change: OrderChange) -> None:
    lines = list(order.lines.all())
    catalogue.lock({line.variant_id for line in lines})
    catalogue.move(
        [
            catalogue.Move(line.variant_id, line.quantity, "cancel", f"change:{change.pk}", actor)
            for line in lines
        ]
    )


def _take_again(actor: Actor, order: Order, change: OrderChange) -> None:
    lines = list(order.lines.all())
    held = catalogue.lock({line.variant_id for line in lines})
    missing = tuple(
        (line.product_code, line.name, line.quantity - left)
        for line in lines
        if (left := held[line.variant_id].left) is not None and left < line.quantity
    )
    if missing:
        raise NotEnough(missing)
    catalogue.move(
        [
            catalogue.Move(line.variant_id, -line.quantity, "order", f"change:{change.pk}", actor)
            for line in lines
        ]
    )
