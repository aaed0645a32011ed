"""Which orders a form means: those picked in the list, or everything that fits its filter."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from plusone.orders.models import Order, OrderQuerySet, todo

_MAX_ID = 2**63 - 1
MOST = 1000  # picked one by one; the list shows fifty


@dataclass(frozen=True, slots=True)
class Picks:
    """`ids` of what was picked; empty with `everything`, when search and status say it."""

    ids: tuple[int, ...]
    everything: bool
    search: str
    status: str

    @property
    def any(self) -> bool:
        """True when something was picked at all."""
        return bool(self.ids) or self.everything

    def orders(self) -> OrderQuerySet:
        """The orders meant; none when nothing was picked."""
        if self.everything:
            return todo.fitting(self.search, self.status)
        return Order.objects.filter(pk__in=self.ids)

    def query(self) -> str:
        """The same as the query of an address."""
        if self.everything:
            return urlencode({"everything": 1, "q": self.search, "status": self.status})
        return urlencode({"pick": self.ids}, doseq=True)


def read(given: QueryDict) -> Picks:
    """What the form or address says."""
    everything = bool(given.get("everything"))
    ids = [_id(text) for text in given.getlist("pick")[:MOST]]
    kept = () if everything else tuple(dict.fromkeys(pk for pk in ids if pk))
    return Picks(kept, everything, searched(given), given.get("status", "")[:14])


def searched(given: QueryDict) -> str:
    """The words of the list's search."""
    return given.get("q", "").replace("\x00", "").strip()[:80]


def _id(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
    return number if number <= _MAX_ID else 0
