"""When and how a message may leave: decides, touches nothing. Times are seconds unless said otherwise."""

import datetime
import random
from dataclasses import dataclass
from typing import Literal

REPLY_SECONDS = 50  # LINE's minute less the time to get there
REDELIVERED_MINUTES = 19  # LINE takes a redelivered token until 20 minutes after the event
# LINE's signature covers no time, so age is the guard against replay: older events are kept and not acted on,
# their ids ten times as long (P27).
STALE_DAYS = 3
LEASE_SECONDS = 15
CALL_WITHIN_SECONDS = (
    4  # a claim older than this is given back: the worker may have been frozen meanwhile (P13)
)
KEY_HOURS = 20  # LINE keeps a retry key for 24 hours; ours stop before
TRIES_BEFORE_QUARANTINE = 5
WAIT_FOR_QUOTE_SECONDS = 6
RIDERS = 4  # a reply call takes five messages: its own and four that waited


def reply_deadline(received: datetime.datetime, happened: datetime.datetime) -> datetime.datetime:
    """Until when the reply token is used: a minute's safe part from receipt, within 20 of the event."""
    return min(
        received + datetime.timedelta(seconds=REPLY_SECONDS),
        happened + datetime.timedelta(minutes=REDELIVERED_MINUTES),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a message when it is its turn; times left are seconds by the database's clock."""

    ways: tuple[str, ...]
    has_token: bool
    reply_left: float
    life_left: float
    reply_tried: bool
    rather_twice: bool
    rank: int


Choice = Literal["reply", "push", "park", "unconfirmed", "expire"]


def choose(standing: Standing) -> Choice:
    """The way to take now.

    Reply first. A reply whose fate is unknown is asked again with the same token, which can never speak
    twice; when its time is over it stays unconfirmed, unless the shop would rather say it twice. Then push,
    then wait for the next free reply.
    """
    if standing.life_left <= 0:
        return "unconfirmed" if standing.reply_tried else "expire"
    if "reply" in standing.ways and standing.has_token and standing.reply_left > 0:
        return "reply"
    if standing.reply_tried and not (standing.rather_twice and standing.rank == 0):
        return "unconfirmed"
    if "push" in standing.ways:
        return "push"
    return "park" if "ride" in standing.ways else "expire"


def wait_before(attempt: int, *, ceiling: float = 60.0) -> float:
    """Seconds to wait before the next attempt: exponential with full jitter."""
    return random.uniform(0.05, min(ceiling, 0.2 * 2**attempt))  # noqa: S311 - spreads load, guards nothing


def affordable(*, cap: int | None, used: int, reserved: int, floor: int, people: int, rank: int) -> bool:
    """True when so many people can be pushed to.

    Notices and campaigns may not touch the floor kept for answers.
    """
    if cap is None:
        return True
    kept = floor if rank >= 2 else 0
    return used + reserved + people <= cap - kept
