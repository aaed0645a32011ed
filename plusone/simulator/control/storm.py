"""For load and tests: tokens in bulk, raw webhooks, waiting, the clock."""

import threading
import time

from django.http import HttpRequest

from plusone.simulator import clock as clocks
from plusone.simulator import events, webhooks, wires
from plusone.simulator import tokens as drawer
from plusone.simulator.control.door import (
    control,
    find_channel,
    find_person,
    number,
    optional_text,
    text,
    unlocked,
)
from plusone.simulator.play import talk
from plusone.simulator.play.errors import BadField, Missing
from plusone.simulator.wire import Json, dumps
from plusone.simulator.world import LOCK, WORLD, Channel

MOST_TOKENS = 200_000
MOST_OFFSET = 10 * 366 * 24 * 3600


@control("POST")
def tokens(request: HttpRequest, body: Json) -> Json:
    """Reply tokens in bulk."""
    channel = find_channel(text(body, "channel"))
    chat = _chat(body)
    seconds = number(body, "seconds", 0, 86_400) if "seconds" in body else None
    event_ids = [events.ulid() for _ in range(int(number(body, "count", 1, MOST_TOKENS)))]
    minted = [drawer.mint(channel, chat, event, seconds) for event in event_ids]
    return {"tokens": minted, "event_ids": event_ids}


def _chat(body: Json) -> str | None:
    id_, person = optional_text(body, "chat"), optional_text(body, "person")
    if person and id_:
        return talk.chat_of(id_, find_person(person)).id
    if id_ and id_ not in WORLD.chats:
        raise Missing("chat", id_)
    return id_ or (f"{body['channel']}-{find_person(person)}" if person else None)


@unlocked("POST")
def webhook(request: HttpRequest, body: Json) -> Json:
    """Any webhook, as the caller wrote it."""
    with LOCK:
        channel = find_channel(text(body, "channel"))
    raw = _raw(body, channel)
    signature = optional_text(body, "signature") if "signature" in body else wires.sign(channel.secret, raw)
    if body.get("wait"):
        return _send(channel, raw, signature, body)
    threading.Thread(target=_send, args=(channel, raw, signature, body), daemon=True).start()
    return {"queued": True}


def _raw(body: Json, channel: Channel) -> bytes:
    if isinstance(body.get("body"), str):
        return str(body["body"]).encode("utf-8", "surrogatepass")
    if not isinstance(body.get("events"), list):
        raise BadField("events")
    return dumps({"destination": channel.user_id, "events": body["events"]})


def _send(channel: Channel, raw: bytes, signature: str | None, body: Json) -> Json:
    outcome = wires.post(channel.webhook_url, raw, signature)
    with LOCK:
        return webhooks.note(channel, channel.webhook_url, "raw", body.get("events") or [], outcome)


@unlocked("POST")
def flush(request: HttpRequest, body: Json) -> Json:
    """Waits until no webhook is queued."""
    end = time.monotonic() + number(body, "seconds", 0, 60, default=10)
    while webhooks.OFFICE.queued > 0 and time.monotonic() < end:
        time.sleep(0.01)
    return {"queued": webhooks.OFFICE.queued}


@control("GET", "POST")
def clock(request: HttpRequest, body: Json) -> Json:
    """Reads or moves the clock."""
    if "advance" in body:
        clocks.set_offset(clocks.offset() + number(body, "advance", -MOST_OFFSET, MOST_OFFSET))
    elif "offset" in body:
        clocks.set_offset(number(body, "offset", -MOST_OFFSET, MOST_OFFSET))
    return {"now": clocks.now(), "offset": clocks.offset()}
