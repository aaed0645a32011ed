"""What LINE saw: everything it accepted, the calls to its API and the webhooks it sent."""

import hashlib
import json
from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from plusone.simulator import clock, world
from plusone.simulator.wire import Json

# Calls and webhooks beyond these are forgotten; what was accepted never is.
REMEMBERED = 5_000


@dataclass(slots=True)
class Accepted:
    """One accepted sending; `raw` is the request's body as it came (parsed only when somebody asks)."""

    channel: str
    endpoint: str
    raw: bytes
    request_id: str
    to: str | list[str] | None = None
    chat: str | None = None
    message_ids: list[str] = field(default_factory=list)
    retry_key: str | None = None
    reply_token: str | None = None
    event_id: str | None = None
    billed: int = 0
    seq: int = 0
    time: int = 0


@dataclass
class Journal:
    accepted: list[Accepted] = field(default_factory=list)
    requests: deque[Json] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    deliveries: deque[Json] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    counts: dict[str, Counter[str]] = field(default_factory=dict)


JOURNAL = Journal()


def clear() -> None:
    """Forgets everything."""
    vars(JOURNAL).update(vars(Journal()))


def note_accepted(record: Accepted) -> None:
    """Keeps what LINE accepted, with its place in the sequence and its time."""
    record.seq, record.time = world.next_seq(), clock.now()
    JOURNAL.accepted.append(record)
    count("accepted", record.endpoint)


def note_request(entry: Json) -> None:
    """Keeps a call to LINE's API; `entry` as docs/simulator.md tells, without `seq` and `time`."""
    entry.update(seq=world.next_seq(), time=clock.now())
    JOURNAL.requests.append(entry)
    if entry["status"] >= 400:
        count("refused", str(entry["status"]))


def note_delivery(entry: Json) -> Json:
    """Keeps a sent webhook and returns the entry with `seq` and `time`."""
    entry.update(seq=world.next_seq(), time=clock.now())
    JOURNAL.deliveries.append(entry)
    count("deliveries", entry["reason"])
    return entry


def count(kind: str, name: str) -> None:
    """Adds one to a counter of the statistics."""
    JOURNAL.counts.setdefault(kind, Counter())[name] += 1


def newest(log: Sequence[Json] | deque[Json], after: int, limit: int) -> list[Json]:
    """The newest `limit` entries after `after`, oldest first."""
    fresh = list(takewhile(lambda entry: entry["seq"] > after, reversed(log)))
    return fresh[:limit][::-1]


def accepted_after(after: int) -> Iterable[Accepted]:
    """What was accepted after `after`, oldest first."""
    start = bisect_right(JOURNAL.accepted, after, key=lambda record: record.seq)
    return JOURNAL.accepted[start:]


def newest_accepted(after: int, limit: int) -> list[Accepted]:
    """The newest `limit` accepted sendings after `after`, oldest first."""
    start = bisect_right(JOURNAL.accepted, after, key=lambda record: record.seq)
    return JOURNAL.accepted[max(start, len(JOURNAL.accepted) - limit) :]


def show(record: Accepted) -> Json:
    """An accepted sending as the control API gives it."""
    return {
        "seq": record.seq,
        "time": record.time,
        "channel": record.channel,
        "endpoint": record.endpoint,
        "to": record.to,
        "chat": record.chat,
        "messages": json.loads(record.raw)["messages"],
        "message_ids": record.message_ids,
        "request_id": record.request_id,
        "retry_key": record.retry_key,
        "reply_token": record.reply_token,
        "event_id": record.event_id,
        "billed": record.billed,
        "body_hash": hashlib.sha256(record.raw).hexdigest(),
    }
