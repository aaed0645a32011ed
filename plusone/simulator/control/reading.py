"""What is there and what happened."""

from dataclasses import asdict

from django.http import HttpRequest

from plusone.simulator import (
    clock,
    faults,
    journal,
    menus,
    messages,
    photos,
    quota,
    stickers,
    tokens,
    webhooks,
)
from plusone.simulator.control.door import control, query_number
from plusone.simulator.logins import REGISTRY
from plusone.simulator.play import talk
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Channel, Chat

POLLED_LOGS = 50
POLLED_MESSAGES = 200


@control("GET")
def world(request: HttpRequest, body: Json) -> Json:
    """Providers, accounts (without secrets), people, chats, photos to send, stickers."""
    return {
        "version": WORLD.version,
        "seq": WORLD.seq,
        "now": clock.now(),
        "clock_offset": clock.offset(),
        "providers": [asdict(provider) for provider in WORLD.providers.values()],
        "channels": [show_channel(channel) for channel in WORLD.channels.values()],
        "login_channels": [_without_secret(asdict(channel)) for channel in REGISTRY.channels.values()],
        "liff_apps": [asdict(app) for app in REGISTRY.apps.values()],
        "people": [asdict(person) for person in WORLD.people.values()],
        "chats": [show_chat(chat) for chat in WORLD.chats.values()],
        "menus": _menus_in_use(),
        "camera_roll": photos.ALBUM.roll,
        "stickers": stickers.STICKERS,
    }


def _menus_in_use() -> dict[str, Json]:
    """The rich menus that anybody sees, by id, with the path of their picture."""
    seen = filter(None, map(menus.shown, WORLD.chats.values()))
    return {menu.id: {**menu.body, "id": menu.id, "image": photos.address(menu.image)} for menu in seen}


def _without_secret(shown: Json) -> Json:
    return {key: value for key, value in shown.items() if key != "secret"}


def show_channel(channel: Channel, *, secrets: bool = False) -> Json:
    """An account with its settings; secret and token only on request."""
    shown = asdict(channel) | {"used": quota.used(channel)}
    shown.pop("used_month")
    if not secrets:
        shown.pop("secret")
        shown.pop("access_token")
    return shown


def show_chat(chat: Chat) -> Json:
    """A chat as the control API gives it."""
    known = chat.kind == "user"
    state = WORLD.friends.get((str(chat.channel), chat.people[0]), "none") if known else None
    return {
        "id": chat.id,
        "kind": chat.kind,
        "name": chat.name,
        "channel": chat.channel,
        "people": chat.people,
        "friendship": state,
        "menu": getattr(menus.shown(chat), "id", None),
        "seq": chat.seq,
    }


@control("GET")
def poll(request: HttpRequest, body: Json) -> Json:
    """Everything new since `after`, for a page that asks again and again."""
    after = query_number(request, "after", 0, 2**62)
    chat = request.GET.get("chat", "")
    changed = messages.changed_since(chat, after, POLLED_MESSAGES)
    return {
        "seq": WORLD.seq,
        "world": WORLD.version,
        "now": clock.now(),
        "messages": messages.show_all(changed),
        "chats": _chats_after(after),
        "requests": journal.newest(journal.JOURNAL.requests, after, POLLED_LOGS),
        "accepted": [journal.show(record) for record in journal.newest_accepted(after, POLLED_LOGS)],
        "deliveries": journal.newest(journal.JOURNAL.deliveries, after, POLLED_LOGS),
        "quota": {c.id: {"limit": c.quota, "used": quota.used(c)} for c in WORLD.channels.values()},
        "faults_on": sorted(faults.ON),
    }


def _chats_after(after: int) -> dict[str, int]:
    fresh = {}
    for chat, seq in reversed(WORLD.recent.items()):
        if seq <= after:
            break
        fresh[chat] = seq
    return fresh


@control("GET")
def message(request: HttpRequest, body: Json, message: str) -> Json:
    """One message."""
    return messages.show(talk.find(message))


@control("GET")
def accepted(request: HttpRequest, body: Json) -> Json:
    """What LINE accepted, oldest first."""
    after = query_number(request, "after", 0, 2**62)
    limit = query_number(request, "limit", 1000, 20_000)
    wanted = {key: request.GET[key] for key in ("channel", "chat", "endpoint") if request.GET.get(key)}
    found: list[journal.Accepted] = []
    for record in journal.accepted_after(after):
        if all(getattr(record, key) == value for key, value in wanted.items()):
            found.append(record)
        if len(found) > limit:
            break
    shown = found[:limit]
    seq = shown[-1].seq if shown else after
    return {"seq": seq, "more": len(found) > limit, "accepted": [journal.show(record) for record in shown]}


@control("GET")
def requests(request: HttpRequest, body: Json) -> Json:
    """The newest calls to LINE's API."""
    return {"seq": WORLD.seq, "requests": _log(request, list(journal.JOURNAL.requests))}


@control("GET")
def deliveries(request: HttpRequest, body: Json) -> Json:
    """The newest webhooks sent."""
    return {"seq": WORLD.seq, "deliveries": _log(request, list(journal.JOURNAL.deliveries))}


def _log(request: HttpRequest, log: list[Json]) -> list[Json]:
    channel = request.GET.get("channel")
    wanted = [entry for entry in log if not channel or entry["channel"] == channel]
    return journal.newest(
        wanted, query_number(request, "after", 0, 2**62), query_number(request, "limit", 200, 5000)
    )


@control("GET")
def stats(request: HttpRequest, body: Json) -> Json:
    """Counters."""
    counts = journal.JOURNAL.counts
    return {
        **{kind: dict(counts.get(kind, {})) for kind in ("accepted", "refused", "deliveries")},
        "tokens": {"live": len(tokens.DRAWER.live), "used": tokens.DRAWER.used},
        "queued": webhooks.OFFICE.queued,
        "messages": len(messages.SHELF.by_id),
    }
