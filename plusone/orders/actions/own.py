"""What buyers may still change of their own orders: while these are open, and until their rounds close."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from plusone.orders.models import Order, OrderLine, Round

FROM_WAITING = "waiting:"


@dataclass
class RoundOver(Exception):
    """The round of one of the lines has closed: the shop buys by what was ordered until then."""

    name: str
    closes_at: datetime.datetime


def check(order: Order, lines: Iterable[OrderLine], at: datetime.datetime) -> None:
    """Raise RoundOver when at this moment a buyer can't change these lines of the order any more.

    What came from the waiting list may be given back: it may come after the round has closed. One query;
    changes nothing.
    """
    over = closed(order, lines, at)
    if over:
        first = min(over.values(), key=lambda found: (found.closes_at, found.pk))
        raise RoundOver(first.name, first.closes_at)


def closed(order: Order, lines: Iterable[OrderLine], at: datetime.datetime) -> dict[int, Round]:
    """The rounds of these lines that are over for their buyer at this moment, by id."""
    if order.cause.startswith(FROM_WAITING):
        return {}
    ids = {line.round_id for line in lines if line.round_id}
    return {found.pk: found for found in Round.objects.over(at).filter(pk__in=ids)} if ids else {}
