"""When a round is open, and what a product's rounds mean for somebody who wants it. Values only."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

State = Literal["planned", "open", "closed", "finished"]
Refusal = Literal["", "not_public", "round_planned", "round_closed"]
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Span:
    """A round as ordering sees it; `chats` are the keys of its group chats."""

    id: int
    name: str
    opens_at: datetime.datetime
    closes_at: datetime.datetime
    exclusive: bool
    finished: bool
    chats: frozenset[str]

    def is_open(self, at: datetime.datetime) -> bool:
        """From the opening time up to, but not at, the closing time."""
        return not self.finished and self.opens_at <= at < self.closes_at


@dataclass(frozen=True, slots=True)
class Seat:
    """Which round an order line belongs to (None: none), or why there can be no order; `span` is about it."""

    span: Span | None = None
    refused: Refusal = ""


NO_SEAT = Seat()


def state(
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    finished_at: datetime.datetime | None,
    now: datetime.datetime,
) -> State:
    """planned before opening, open until closing, closed after, finished once the host says so."""
    if finished_at is not None:
        return "finished"
    if now < opens_at:
        return "planned"
    return "open" if now < closes_at else "closed"


def seat(spans: Iterable[Span], chat_key: str, at: datetime.datetime, *, late: bool = False) -> Seat:
    """Where a wish for a product with these rounds belongs at this moment.

    An open round of the chat first, then any open one, the newest of several. None open: a product that is
    sold in rounds only is refused, closed before planned; the team may be `late` and joins the newest that
    has begun.
    """
    known = sorted(spans, key=lambda span: (chat_key in span.chats, span.id), reverse=True)
    for span in known:
        if span.is_open(at):
            return Seat(span)
    begun = max((s for s in known if s.opens_at <= at), key=lambda s: (s.closes_at, s.id), default=None)
    if late:
        return Seat(begun)
    bound = [span for span in known if span.exclusive]
    if not bound:
        return NO_SEAT
    over = [span for span in bound if span.opens_at <= at]
    if over:
        return Seat(max(over, key=lambda s: (s.closes_at, s.id)), "round_closed")
    return Seat(min(bound, key=lambda s: (s.opens_at, s.id)), "round_planned")


def seat_for_more(spans: Iterable[Span], round_id: int | None, at: datetime.datetime) -> Seat:
    """Whether a line that belongs to this round (None: to none) may get more pieces at this moment.

    A line of a round lives by that round's time, also where its product is sold without it: the pieces would
    be counted in what was bought for a round that is over.
    """
    known = list(spans)
    own = [replace(span, exclusive=True) for span in known if span.id == round_id]
    return seat(own or known, "", at)


def shown(spans: Sequence[Span], chat_key: str, at: datetime.datetime) -> Literal["first", "as ever", "not"]:
    """How a product with these rounds counts when `+1` looks for the newest in a chat (empty: 1:1).

    First where one of its rounds is open in this chat. Not at all where it is sold only in rounds of other
    chats, not yet, or in rounds that are finished. A round that is closed, but not finished, keeps its
    place: a late `+1` is then told so instead of getting another product.
    """
    if any(span.is_open(at) and chat_key in span.chats for span in spans):
        return "first"
    bound = [span for span in spans if span.exclusive]
    if not bound:
        return "as ever"
    near = [s for s in bound if not s.finished and s.opens_at <= at and (not chat_key or chat_key in s.chats)]
    return "as ever" if near else "not"


def problems(
    *,
    name: str,
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    remind_at: datetime.datetime | None,
    products: int,
) -> dict[str, str]:
    """What is wrong with a round as somebody wants it, field to code; empty when it can be kept."""
    found = {}
    if not name.strip():
        found["name"] = "missing"
    if closes_at <= opens_at:
        found["closes_at"] = "before_opening"
    elif closes_at - opens_at > datetime.timedelta(days=LONGEST_DAYS):
        found["closes_at"] = "too_long"
    if remind_at is not None and not opens_at <= remind_at < closes_at:
        found["remind"] = "outside"
    if not products:
        found["products"] = "missing"
    return found
