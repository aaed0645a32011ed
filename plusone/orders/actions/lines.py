"""Change what is in an order: the pieces of a line, or the line itself. The difference moves in stock."""

import datetime
from dataclasses import dataclass, replace

from django.db.models import F, Sum
from django.db.models.functions import Now

from plusone.base import events
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change, notices, rounds
from plusone.orders.models import Order, OrderLine, Status
from plusone.orders.rules.facts import TakenLine
from plusone.orders.rules.rounds import NO_SEAT, Seat, seat_for_more

_NAME = 150  # a name's part in a line of history


@dataclass
class Settled(Exception):
    """The order is cancelled or shipped: its quantities stay."""

    status: str


def set_quantity(
    actor: Actor, line: OrderLine, quantity: int, *, asked_at: datetime.datetime | None = None
) -> TakenLine:
    """Make the line this many pieces (0 to 99), or as many as there are; the difference moves in stock.

    `asked_at` is when a buyer asked for it: more pieces are an order, so what was off sale or out of its
    round's time then stays as it is. None is the team, which may. Returns what was asked, what the line now
    has and why it is not all. The order's total follows; the price stays as the buyer saw it. Raises Settled.
    """
    line, order = _hold(line)
    held = catalogue.lock([line.variant_id])
    variant = held[line.variant_id]
    wanted = quantity - line.quantity
    place = _place_for_more(line, variant, asked_at) if asked_at and wanted > 0 else NO_SEAT
    there = 0 if place.refused else variant.left
    possible = wanted if there is None or wanted <= there else there
    if possible:
        _move(actor, order, line, quantity, possible)
    refused = "" if possible == wanted else place.refused or "sold_out"
    outcome = _outcome(line, asked=quantity, given=line.quantity + possible, refused=refused, place=place)
    if wanted > 0:
        notices.tell_of_shortages([replace(outcome, asked=wanted, given=possible)], held)
    return outcome


def cancel(actor: Actor, line: OrderLine) -> bool:
    """Cancel one line: its pieces go back to stock, the rest of the order stays. With the last line the whole
    order is cancelled. False when it was cancelled before. Raises Settled.
    """
    line, order = _hold(line)
    kept = order.kept_lines
    if line.pk not in {one.pk for one in kept}:
        return False
    if len(kept) == 1:
        return change.set_status(actor, order, Status.CANCELLED)
    set_quantity(actor, line, 0)
    return True


def add_up(order: Order) -> None:
    """Make the order's total the sum of its lines, and tell that it changed."""
    total = OrderLine.objects.filter(order=order).aggregate(sum=Sum(F("quantity") * F("unit_price")))["sum"]
    Order.objects.filter(pk=order.pk).update(total=total or 0, updated_at=Now(), version=F("version") + 1)
    events.record("order.changed", order=order.pk)


def _hold(line: OrderLine) -> tuple[OrderLine, Order]:
    """Line and order as they are now: orders may be merged until we have the shop's turn."""
    catalogue.take_turn()
    line = OrderLine.objects.get(pk=line.pk)
    order = change.hold(line.order_id)
    if order.is_settled:
        raise Settled(order.status)
    return line, order


def _move(actor: Actor, order: Order, line: OrderLine, asked: int, pieces: int) -> None:
    now = line.quantity + pieces
    name = f"{line.name} {line.variant_label}".strip()[:_NAME]
    what = "line" if not now else "quantity" if line.quantity else "added"
    before = f"{name} ×{line.quantity}" if line.quantity else name
    noted = change.note(actor, order, what, before, f"×{now}" if now else "")
    catalogue.move([catalogue.Move(line.variant_id, -pieces, "change", f"change:{noted.pk}", actor)])
    OrderLine.objects.filter(pk=line.pk).update(quantity=now, asked=asked or line.asked)
    add_up(order)


def _place_for_more(line: OrderLine, variant: catalogue.LockedVariant, at: datetime.datetime) -> Seat:
    if not variant.is_public:
        return Seat(refused="not_public")
    return seat_for_more(rounds.spans([line.product_id]).get(line.product_id, ()), line.round_id, at)


def _outcome(line: OrderLine, *, asked: int, given: int, refused: str, place: Seat) -> TakenLine:
    return TakenLine(
        line.variant_id,
        line.product_id,
        line.product_code,
        line.name,
        line.variant_label,
        asked,
        given,
        line.unit_price,
        refused,
        place,
    )
