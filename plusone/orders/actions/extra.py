"""Put one more item into an order that stands, as the team does when a buyer calls."""

from dataclasses import dataclass

from django.db import transaction

from plusone.base import numbers
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change, lines, rounds
from plusone.orders.models import Order, OrderLine
from plusone.orders.rules.facts import TakenLine
from plusone.orders.rules.rounds import seat
from plusone.orders.rules.terms import MOST


@dataclass
class NotAdded(Exception):
    """Nothing was added: sold_out, not_public, or changed (somebody changed the order meanwhile)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """The line that holds the pieces now, how many it had before, and what came of the wish."""

    line: OrderLine
    before: int
    outcome: TakenLine

    @property
    def given(self) -> int:
        """How many pieces came into the order."""
        return self.outcome.given - self.before


def add(actor: Actor, order: Order, variant_id: int, pieces: int, *, seen: int) -> Added:
    """Put so many pieces (1 to 99) of the variant into the order at today's price, or as many as there are.

    `seen` is the order's version that the form showed, so that two taps add once. The pieces join a line of
    the same variant, price and round while it stays within 99, else they are a line of their own. Stock,
    total and history follow as with a change of pieces. Raises NotAdded, lines.Settled.
    """
    with transaction.atomic():
        held = change.hold(order.pk)
        if held.is_settled:
            raise lines.Settled(held.status)
        if held.version != seen:
            raise NotAdded("changed")
        line = _line(held, variant_id, pieces)
        outcome = lines.set_quantity(actor, line, line.quantity + pieces)
        if outcome.given == line.quantity:
            raise NotAdded(outcome.refused)
    return Added(line, line.quantity, outcome)


def _line(order: Order, variant_id: int, pieces: int) -> OrderLine:
    variant = catalogue.lock([variant_id]).get(variant_id)
    if variant is None or not variant.is_public:
        raise NotAdded("not_public")
    round_id = _round_of(order, variant)
    for line in order.kept_lines:
        alike = (line.variant_id, line.unit_price, line.round_id) == (variant.id, variant.price, round_id)
        if alike and line.quantity + pieces <= MOST:
            return line
    return OrderLine.objects.create(
        order=order,
        customer_id=order.customer_id,
        product_id=variant.product_id,
        variant_id=variant.id,
        product_code=variant.code,
        round_id=round_id,
        name=variant.name,
        variant_label=variant.label,
        asked=pieces,
        quantity=0,
        unit_price=variant.price or 0,
    )


def _round_of(order: Order, variant: catalogue.LockedVariant) -> int | None:
    """The round it counts in: the team may also add after one has closed."""
    spans = rounds.spans([variant.product_id]).get(variant.product_id, [])
    place = seat(spans, order.chat_key, numbers.database_now(), late=True)
    return place.span.id if place.span else None
