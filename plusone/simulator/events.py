"""Webhook events in LINE's format."""

import secrets

from plusone.simulator import clock, faults, tokens, world
from plusone.simulator.wire import Json
from plusone.simulator.world import Channel, Chat

_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# These carry no reply token, as LINE's reference lists them.
WITHOUT_REPLY = frozenset({"unsend", "unfollow", "leave", "memberLeft"})


def ulid() -> str:
    """A ULID: 48 bits of time, 80 of chance."""
    number = (clock.now() << 80) | secrets.randbits(80)
    return "".join(_BASE32[(number >> shift) & 31] for shift in range(125, -1, -5))


def build(channel: Channel, chat: Chat, type_: str, person: str | None, **content: object) -> Json:
    """A new event of `type_` in `chat`; with a reply token unless the type or standby mode has none."""
    standby = channel.standby or faults.hit("standby", channel.id) is not None
    event: Json = {
        "type": type_,
        **content,
        "webhookEventId": ulid(),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": clock.now(),
        "source": source(channel, chat, person),
        "mode": "standby" if standby else "active",
    }
    if type_ not in WITHOUT_REPLY and not standby:
        event["replyToken"] = tokens.mint(channel, chat.id, event["webhookEventId"])
    return event


def source(channel: Channel, chat: Chat, person: str | None) -> Json:
    """Where an event comes from; in groups the user ID may be missing."""
    if chat.kind == "user":
        return {"type": "user", "userId": world.user_id(channel, chat.people[0])}
    place: Json = {"type": chat.kind, f"{chat.kind}Id": chat.id}
    if person and _tells_user_id(channel, person):
        place["userId"] = world.user_id(channel, person)
    return place


def _tells_user_id(channel: Channel, person: str) -> bool:
    consents = world.WORLD.people[person].consent
    return consents and faults.hit("no_user_id", channel.id) is None


def unknown() -> Json:
    """An event of a type that no client knows."""
    return {
        "type": "somethingNew",
        "somethingNew": {"value": 1},
        "webhookEventId": ulid(),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": clock.now(),
        "mode": "active",
    }
