"""Sending events: which of them, when, together with which others, and again if they failed.

An account's events of one chat go through one queue, so they keep their order unless a fault shuffles them.
"""

import heapq
import itertools
import logging
import queue
import random
import threading
import time
from dataclasses import dataclass, field

from plusone.simulator import clock, events, faults, journal, messages, tokens, wires
from plusone.simulator.wire import Json, dumps
from plusone.simulator.world import LOCK, WORLD, Channel, Chat

SENDERS = 8
# A shuffle needs variety, not secrecy.
_CHANCE = random.Random()  # noqa: S311
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Post:
    """One webhook to send: its events and how often they were sent before."""

    channel: str
    events: list[Json]
    kind: str = "first"
    attempt: int = 0
    lane: int = 0
    drop: bool = False


@dataclass
class Office:
    """Queues of the senders, posts that wait (machine's clock or simulator's) and half-full batches."""

    lanes: list["queue.SimpleQueue[Post]"] = field(
        default_factory=lambda: [queue.SimpleQueue() for _ in range(SENDERS)]
    )
    waiting: list[tuple[float, int, Post]] = field(default_factory=list)
    redelivery: list[tuple[int, int, Post]] = field(default_factory=list)
    batches: dict[str, Post] = field(default_factory=dict)
    queued: int = 0
    number: "itertools.count[int]" = field(default_factory=itertools.count)
    started: bool = False


OFFICE = Office()


def start() -> None:
    """Starts the senders and the clerk that wakes waiting posts; once in a process."""
    if OFFICE.started:
        return
    OFFICE.started = True
    for lane in OFFICE.lanes:
        threading.Thread(target=_send_for_ever, args=(lane,), daemon=True).start()
    threading.Thread(target=_wake_for_ever, daemon=True).start()


def clear() -> None:
    """Forgets posts that wait; those under way still go."""
    OFFICE.queued -= sum(post.kind != "batch" for _, _, post in OFFICE.waiting) + len(OFFICE.batches)
    OFFICE.waiting.clear()
    OFFICE.redelivery.clear()
    OFFICE.batches.clear()


def tell(chat: Chat, type_: str, person: str | None, **content: object) -> list[str]:
    """Makes the event for the account in `chat` and queues it; returns its id, nothing without account."""
    channel = WORLD.channels.get(chat.channel or "")
    if channel is None:
        return []
    event = events.build(channel, chat, type_, person, **content)
    _queue(channel, chat.id, event)
    return [event["webhookEventId"]]


def _queue(channel: Channel, chat: str, event: Json) -> None:
    if not (channel.webhook_active and channel.webhook_url):
        return
    _dispatch(channel, chat, event, "first")
    if faults.hit("duplicates", channel.id):
        _dispatch(channel, chat, event, "duplicate")
    if faults.hit("unknown", channel.id):
        _dispatch(channel, chat, events.unknown(), "first")


def _dispatch(channel: Channel, chat: str, event: Json, kind: str) -> None:
    post = Post(channel.id, [event], kind, lane=hash((channel.id, chat)) % SENDERS)
    post.drop = faults.hit("drop", channel.id) is not None
    batch = faults.hit("batch", channel.id)
    if batch:
        _add_to_batch(channel, post, batch)
        return
    OFFICE.queued += 1
    delay = _delay(channel)
    if delay:
        _wait(post, delay)
    else:
        OFFICE.lanes[post.lane].put(post)


def _delay(channel: Channel) -> float:
    late = faults.hit("late", channel.id)
    shuffle = faults.hit("shuffle", channel.id)
    seconds = late.delay_ms / 1000 if late else 0.0
    return seconds + (_CHANCE.random() * shuffle.window_ms / 1000 if shuffle else 0.0)


def _wait(post: Post, seconds: float) -> None:
    heapq.heappush(OFFICE.waiting, (time.monotonic() + seconds, next(OFFICE.number), post))


def _add_to_batch(channel: Channel, post: Post, fault: faults.Fault) -> None:
    batch = OFFICE.batches.get(channel.id)
    if batch is None:
        OFFICE.batches[channel.id] = batch = Post(channel.id, [], "batch", lane=post.lane)
        OFFICE.queued += 1
        _wait(batch, fault.wait_ms / 1000)
    batch.events += post.events
    batch.drop = batch.drop or post.drop
    if len(batch.events) >= fault.size:
        _close_batch(batch)


def _close_batch(batch: Post) -> None:
    del OFFICE.batches[batch.channel]
    OFFICE.lanes[batch.lane].put(batch)


def _wake_for_ever() -> None:
    while True:
        time.sleep(0.02)
        with LOCK:
            _wake()


def _wake() -> None:
    while OFFICE.waiting and OFFICE.waiting[0][0] <= time.monotonic():
        post = heapq.heappop(OFFICE.waiting)[2]
        if post.kind != "batch":
            OFFICE.lanes[post.lane].put(post)
        elif OFFICE.batches.get(post.channel) is post:
            _close_batch(post)
    while OFFICE.redelivery and OFFICE.redelivery[0][0] <= clock.now():
        post = heapq.heappop(OFFICE.redelivery)[2]
        OFFICE.queued += 1
        OFFICE.lanes[post.lane].put(post)


def _send_for_ever(lane: "queue.SimpleQueue[Post]") -> None:
    while True:
        post = lane.get()
        try:
            deliver(post)
        except Exception:
            # A sender must outlive whatever one webhook brings.
            _log.exception("webhook of %s not sent", post.channel)
        with LOCK:
            OFFICE.queued -= 1


def deliver(post: Post) -> None:
    """Sends a post, notes what came of it and arranges the redelivery of one that failed."""
    with LOCK:
        channel = WORLD.channels.get(post.channel)
        if channel is None:
            return
        body = _body(channel, post.events)
        url = channel.webhook_url
    outcome = wires.Outcome(0, "dropped", 0.0)
    if not post.drop:
        outcome = wires.post(url, body, wires.sign(channel.secret, body))
    with LOCK:
        note(channel, url, post.kind, post.events, outcome)
        _settle(channel, post, outcome)


def _body(channel: Channel, batch: list[Json]) -> bytes:
    for event in batch:
        tokens.delivered(event.get("replyToken", ""), channel)
    return dumps({"destination": channel.user_id, "events": batch})


def note(channel: Channel, url: str, kind: str, sent: list[Json], outcome: wires.Outcome) -> Json:
    """Writes a webhook into the journal and returns the entry."""
    return journal.note_delivery(
        {
            "channel": channel.id,
            "url": url,
            "status": outcome.status,
            "reason": outcome.reason,
            "ms": outcome.ms,
            "events": [_brief(event) for event in sent if isinstance(event, dict)],
            "kind": kind,
        }
    )


def _brief(event: Json) -> Json:
    context = event.get("deliveryContext")
    redelivery = isinstance(context, dict) and bool(context.get("isRedelivery"))
    return {"id": event.get("webhookEventId"), "type": event.get("type"), "redelivery": redelivery}


def _settle(channel: Channel, post: Post, outcome: wires.Outcome) -> None:
    if outcome.reason == "ok":
        _mark_read(channel, post.events)
    elif channel.redelivery and post.attempt < len(channel.redelivery_delays):
        _send_again_later(channel, post)


def _mark_read(channel: Channel, sent: list[Json]) -> None:
    if channel.mark_as_read != "auto":
        return
    for event in sent:
        message = messages.SHELF.by_id.get(str(event.get("message", {}).get("id")))
        chat = WORLD.chats.get(message.chat) if message else None
        if message and chat and not message.read:
            message.read = True
            messages.note_change(message, chat)


def _send_again_later(channel: Channel, post: Post) -> None:
    again = [{**event, "deliveryContext": {"isRedelivery": True}} for event in post.events]
    due = clock.now() + int(channel.redelivery_delays[post.attempt] * 1000)
    later = Post(post.channel, again, "redelivery", post.attempt + 1, post.lane)
    heapq.heappush(OFFICE.redelivery, (due, next(OFFICE.number), later))
