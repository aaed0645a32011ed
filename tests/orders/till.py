"""A shop's orders as plain Python: what every figure of the product must agree with."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

OPEN = ("not_purchased", "purchased")


@dataclass
class Line:
    """A line: `home` is the order it was taken in, `order` the one it lies in now."""

    pk: int
    home: int
    order: int
    variant: int
    product: str
    pieces: int
    price: int


@dataclass
class Slip:
    """An order; `into` is the one it was merged into, `before` the status it had then."""

    pk: int
    number: str
    customer: int
    source: str
    status: str
    into: int | None = None
    before: str = ""


@dataclass
class Till:
    """Orders and lines by id, pieces left by variant (None: unlimited)."""

    left: dict[int, int | None]
    slips: dict[int, Slip] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)

    def kept(self, order: int) -> list[Line]:
        """The order's lines that have pieces, in order."""
        return [one for one in self.lines.values() if one.order == order and one.pieces]

    def total(self, order: int) -> int:
        """What the order is worth."""
        return sum(one.pieces * one.price for one in self.kept(order))

    def live(self) -> list[Slip]:
        """The orders that count."""
        return [one for one in self.slips.values() if one.status != "cancelled"]

    def of(self, customer: int) -> list[Slip]:
        """A customer's orders that count."""
        return [one for one in self.live() if one.customer == customer]

    def buyers(self) -> list[int]:
        """Who has ordered anything."""
        return sorted({one.customer for one in self.slips.values()})

    def live_lines(self) -> list[Line]:
        """The lines that count."""
        return [line for one in self.live() for line in self.kept(one.pk)]

    def open(self) -> list[Slip]:
        """The orders that can still be changed, oldest first."""
        return [one for one in self.slips.values() if one.status in OPEN]

    def give(self, variant: int, wanted: int) -> int:
        """Take so many pieces from the shelf, or what is left (back onto it when negative); how many."""
        left = self.left[variant]
        given = wanted if left is None else min(wanted, left)
        self.left[variant] = None if left is None else left - given
        return given

    def missing(self, order: int) -> bool:
        """Whether a cancelled order can't come back."""
        wanted: dict[int, int] = defaultdict(int)
        for line in self.kept(order):
            wanted[line.variant] += line.pieces
        return any(left is not None and left < wanted[pk] for pk, left in self.left.items())

    def set_status(self, order: int, status: str) -> str:
        """What becomes of it: changed, same, merged, missing."""
        slip = self.slips[order]
        if slip.status == status:
            return "same"
        if slip.into is not None:
            return "merged"
        if slip.status == "cancelled" and self.missing(order):
            return "missing"
        sign = {"cancelled": -1}.get(status, 1 if slip.status == "cancelled" else 0)
        for line in self.kept(order):
            self.give(line.variant, sign * line.pieces)
        slip.status = status
        return "changed"

    def set_pieces(self, line: int, wanted: int) -> int:
        """How many the line has then."""
        held = self.lines[line]
        held.pieces += self.give(held.variant, wanted - held.pieces)
        return held.pieces

    def cancel(self, line: int) -> None:
        """The line, and with the last one the order."""
        held = self.lines[line]
        if len(self.kept(held.order)) == 1:
            self.set_status(held.order, "cancelled")
        else:
            self.set_pieces(line, 0)

    def merge(self, into: int, others: Iterable[int]) -> None:
        """Everything of the others lies in one; those that lay in them do, too."""
        for other in others:
            slip = self.slips[other]
            slip.before, slip.status, slip.into = slip.status, "cancelled", into
            for one in self.slips.values():
                one.into = into if one.into == other else one.into
            for line in self.lines.values():
                line.order = into if line.order == other else line.order

    def take_apart(self, order: int) -> None:
        """The order has its lines again; an order that has none left is cancelled."""
        slip = self.slips[order]
        into, slip.into = self.slips[slip.into or 0], None
        slip.status = slip.before
        for line in self.lines.values():
            line.order = order if line.home == order else line.order
        for one in (slip, into):
            one.status = one.status if self.kept(one.pk) else "cancelled"
