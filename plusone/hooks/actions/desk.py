"""The desk: what one batch of a lane has in hand while it answers event after event."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from plusone.base.audit import Actor
from plusone.chat.actions.say import Say
from plusone.chat.models import InboxEvent
from plusone.customers.actions import Person
from plusone.line import events
from plusone.orders.actions import read
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.orders.rules import facts

State = InboxEvent.State


@dataclass(frozen=True, slots=True)
class Came:
    """One kept event, as the lane read it. Times in UTC, `happened` by LINE's clock; `body` is its event."""

    id: int
    event_id: str
    type: str
    chat_kind: str
    chat_key: str
    user_id: str
    message_id: str
    happened: datetime.datetime
    received_at: datetime.datetime
    reply_token: str
    reply_deadline: datetime.datetime | None
    body: dict[str, Any]

    @property
    def is_group(self) -> bool:
        """True in groups and rooms."""
        return self.chat_kind != "user"

    @property
    def written_at(self) -> datetime.datetime:
        """When it was written by LINE's clock, never later than it came: what counts for a round's time."""
        return min(self.happened, self.received_at) if events.occurred_ms(self.body) else self.received_at


@dataclass
class Desk:
    """One batch: who is there, what is for sale, the asks not yet taken,
    the answers and fates to write at the end.
    """

    now: datetime.datetime
    counter: read.Counter
    people: dict[str, Person]
    commands: dict[str, int]
    resting: bool = False  # its plan is over: nothing is ordered, everybody is told so
    asks: list[tuple[Came, Ask]] = field(default_factory=list)
    says: list[Say] = field(default_factory=list)
    fates: dict[int, tuple[str, str]] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)
    edited: dict[str, datetime.datetime] = field(default_factory=dict)  # message to its last answered edit
    taken_back: set[str] = field(default_factory=set)  # messages to forget

    def person(self, came: Came) -> Person | None:
        """Who sent the event; None when LINE didn't say."""
        return self.people.get(came.user_id)

    def done(self, came: Came, state: str = State.DONE, reason: str = "") -> None:
        """Settle the event's fate."""
        self.fates[came.id] = (state, reason)

    def answer(self, came: Came, kind: str, told: dict[str, Any], *, free: bool = False) -> None:
        """Say something to the one who sent the event, by its reply token first, and settle it as done.

        A `free` answer goes by its reply token or not at all.
        """
        self.done(came)
        if came.is_group:
            # Quoting the buyer's own message tells the group whom the answer is for.
            told = {**told, "quote": events.quote_token(came.body)}
        self.says.append(
            Say(
                cause=f"event:{came.event_id}",
                purpose="answer",
                to_kind=came.chat_kind or "user",
                to_id=came.chat_key,
                user_id=came.user_id,
                kind=kind,
                facts=told,
                language=self.language(came),
                ways=("reply",) if free else self._ways(came),
                reply_token=came.reply_token,
                reply_deadline=came.reply_deadline,
            )
        )

    def language(self, came: Came) -> str:
        """The language to answer in: the person's own at LINE, else what they write, else the shop's."""
        person = self.person(came)
        if person and person.language:
            return person.language
        return "ja" if _has_kana(events.text(came.body)) else self.counter.tenant.language

    def _ways(self, came: Came) -> tuple[str, ...]:
        """Reply, then a paid push to the person alone (never to a group),
        then the next free reply in this chat.
        """
        person = self.person(came)
        reachable = not came.is_group or (person is not None and person.is_friend)
        push = ("push",) if self.counter.tenant.push_answers and reachable and came.user_id else ()
        return (*(("reply",) if came.reply_token else ()), *push, "ride")

    def settle_asks(self) -> None:
        """Take the orders collected so far in one go and answer each; later events see them done."""
        if not self.asks:
            return
        waiting, self.asks = self.asks, []
        outcomes = take([ask for _, ask in waiting])
        held = _held(outcomes)
        for (came, _), outcome in zip(waiting, outcomes, strict=True):
            self._answer_outcome(came, outcome, held)

    def _answer_outcome(self, came: Came, outcome: Outcome, held: dict[tuple[int, int], int]) -> None:
        if outcome.order_id is None:
            self.answer(came, "refused", facts.nothing_given(outcome.lines, self.counter.tenant.timezone))
            return
        customer = outcome.ask.customer_id
        told = facts.taken(
            outcome.lines,
            number=outcome.number,
            public_id=outcome.public_id,
            total=outcome.total,
            currency=self.counter.tenant.currency,
            reserve=outcome.ask.reserve,
            held={
                line.product_id: held.get((customer, line.product_id), line.given) for line in outcome.lines
            },
        )
        self.answer(came, "taken", told)

    def reload(self) -> None:
        """Read the goods again after they changed within the batch."""
        self.counter = read.counter()


def actor_of(person: Person) -> Actor:
    """The LINE contact as the one who acts."""
    return Actor("contact", str(person.contact_id))


def _held(outcomes: list[Outcome]) -> dict[tuple[int, int], int]:
    taken = [outcome for outcome in outcomes if outcome.order_id]
    products = [line.product_id for outcome in taken for line in outcome.lines]
    return read.holdings([outcome.ask.customer_id for outcome in taken], products) if taken else {}


def _has_kana(text: str) -> bool:
    return any("\u3041" <= letter <= "\u30fa" for letter in text)
