"""People, friends and groups."""

import re
from dataclasses import fields, replace

from django.http import HttpRequest, HttpResponse

from plusone.simulator import world
from plusone.simulator.control.door import (
    control,
    find_channel,
    find_group,
    find_person,
    guarded,
    names,
    text,
)
from plusone.simulator.control.reading import show_chat
from plusone.simulator.play import company as play
from plusone.simulator.play.errors import BadField, NotNow
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD, Chat, Friendship, Person

_ID = re.compile(r"[a-z0-9-]{1,40}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
LANGUAGES = ("zh-Hant", "ja", "en")
STATES: dict[str, Friendship] = {"friend": "friend", "blocked": "blocked", "none": "none"}


@control("POST")
def people(request: HttpRequest, body: Json) -> Json:
    """A new person."""
    id_ = text(body, "id")
    if not _ID.fullmatch(id_):
        raise BadField("id")
    if id_ in WORLD.people:
        raise NotNow("exists")
    blank = Person(id_, text(body, "name"))
    return vars(world.add_person(_changed(blank, {k: v for k, v in body.items() if k != "id"})))


def person(request: HttpRequest, person: str) -> HttpResponse:
    """PATCH changes a person, DELETE removes one from all chats."""
    if request.method == "DELETE":
        return guarded(request, ("DELETE",), lambda body: _remove(person))
    return guarded(request, ("PATCH",), lambda body: _change(person, body))


def _change(person: str, body: Json) -> Json:
    with LOCK:
        return vars(world.add_person(_changed(WORLD.people[find_person(person)], body)))


def _changed(person: Person, body: Json) -> Person:
    allowed = {field.name for field in fields(Person)} - {"id"}
    for name, value in body.items():
        if name not in allowed or not _right(name, value):
            raise BadField(name)
    return replace(person, **body)


def _right(name: str, value: object) -> bool:
    if name == "consent":
        return isinstance(value, bool)
    if name == "language":
        return value in LANGUAGES
    if name == "color":
        return isinstance(value, str) and bool(_COLOUR.fullmatch(value))
    return isinstance(value, str) and len(value) <= 100 and (name != "name" or value != "")


def _remove(person: str) -> Json:
    with LOCK:
        world.remove_person(find_person(person))
        return {}


@control("PUT")
def friend(request: HttpRequest, body: Json, channel: str, person: str) -> Json:
    """Adds, blocks or forgets an account."""
    state = text(body, "state")
    if state not in STATES:
        raise BadField("state")
    account = find_channel(channel)
    events = play.befriend(account, find_person(person), STATES[state])
    return {"chat": show_chat(world.user_chat(account, person)), "event_ids": events}


@control("POST")
def groups(request: HttpRequest, body: Json) -> Json:
    """A new group or room."""
    kind = body.get("kind", "group")
    if kind not in ("group", "room"):
        raise BadField("kind")
    members = [find_person(id_) for id_ in names(body, "people")]
    account = find_channel(text(body, "channel")) if body.get("channel") else None
    if account and not account.allow_groups:
        raise NotNow("groups_not_allowed")
    chat = world.add_group(text(body, "name"), members, kind)
    events = play.invite(chat, account) if account else []
    return {**show_chat(chat), "event_ids": events}


@control("POST")
def members(request: HttpRequest, body: Json, chat: str) -> Json:
    """A person joins."""
    return _with_events(find_group(chat), play.join(find_group(chat), text(body, "person")))


@control("DELETE")
def member(request: HttpRequest, body: Json, chat: str, person: str) -> Json:
    """A person leaves."""
    return _with_events(find_group(chat), play.leave(find_group(chat), person))


def _with_events(chat: Chat, events: list[str]) -> Json:
    return {"chat": show_chat(chat), "event_ids": events}


@control("PUT", "DELETE")
def account(request: HttpRequest, body: Json, chat: str) -> Json:
    """Invites an account into the group or removes it."""
    group = find_group(chat)
    if request.method == "DELETE":
        return _with_events(group, play.remove_account(group))
    return _with_events(group, play.invite(group, find_channel(text(body, "channel"))))
