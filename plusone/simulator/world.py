"""Providers, official accounts, people, friendships and chats: who is there and who knows whom.

All state of the simulator is guarded by the one LOCK of this module.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from plusone.simulator import clock

Friendship = Literal["none", "friend", "blocked"]
ChatKind = Literal["user", "group", "room"]

LOCK = threading.RLock()


@dataclass
class Provider:
    id: str
    name: str


@dataclass
class Channel:
    """An official account with the settings that LINE keeps in its console."""

    id: str
    name: str
    secret: str
    access_token: str
    provider: str
    user_id: str = ""
    basic_id: str = ""
    webhook_url: str = ""
    webhook_active: bool = True
    redelivery: bool = False
    redelivery_delays: list[float] = field(default_factory=lambda: [5, 30, 120])
    allow_groups: bool = False
    verified: bool = False
    standby: bool = False
    mark_as_read: str = "auto"
    quota: int | None = None
    used: int = 0
    used_month: str = ""
    reply_seconds: float = 60
    rate: float | None = None
    accept_unknown_tokens: str | None = "storm-"
    foreign_ids: str = "silent"
    token_seconds: int = 900


@dataclass
class Person:
    id: str
    name: str
    language: str = "zh-Hant"
    color: str = "#8a94a6"
    avatar: str = ""
    consent: bool = True
    status: str = ""


@dataclass
class Chat:
    """A 1:1 chat of a person and an account, or a group or room; `seq` is its last change."""

    id: str
    kind: ChatKind
    name: str
    channel: str | None
    people: list[str]
    seq: int = 0
    last_spoken: int = 0


@dataclass
class World:
    """Everything that the snapshot keeps, besides messages and photos."""

    providers: dict[str, Provider] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    friends: dict[tuple[str, str], Friendship] = field(default_factory=dict)
    chats: dict[str, Chat] = field(default_factory=dict)
    user_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    by_user_id: dict[str, tuple[str, str]] = field(default_factory=dict)
    recent: dict[str, int] = field(default_factory=dict)
    seq: int = 0
    version: int = 0
    dirty: bool = False


WORLD = World()


def clear() -> None:
    """Empties the world; the sequence goes on, so that readers notice."""
    vars(WORLD).update(vars(World(seq=WORLD.seq + 1, version=WORLD.version + 1, dirty=True)))


def next_seq() -> int:
    """The next number of the one sequence of changes."""
    WORLD.seq += 1
    return WORLD.seq


def changed() -> None:
    """Notes that people, accounts or chats changed: readers fetch the world again, the snapshot is due."""
    WORLD.version += 1
    WORLD.dirty = True
    next_seq()


def touch(chat: Chat) -> int:
    """Gives `chat` the next sequence number, moves it to the end of the recent ones; returns the number."""
    chat.seq = next_seq()
    WORLD.recent.pop(chat.id, None)
    WORLD.recent[chat.id] = chat.seq
    WORLD.dirty = True
    return chat.seq


def add_provider(id_: str, name: str) -> Provider:
    """Creates or renames a provider; each person has a user ID under it."""
    WORLD.providers[id_] = provider = Provider(id_, name)
    for person in WORLD.people:
        _give_user_id(id_, person)
    changed()
    return provider


def add_person(person: Person) -> Person:
    """Creates or replaces a person, with a user ID under each provider."""
    WORLD.people[person.id] = person
    for provider in WORLD.providers:
        _give_user_id(provider, person.id)
    changed()
    return person


def _give_user_id(provider: str, person: str) -> None:
    user_id = "U" + _md5(f"{provider}:{person}")
    WORLD.user_ids[provider, person] = user_id
    WORLD.by_user_id[user_id] = (provider, person)


def add_channel(channel: Channel) -> Channel:
    """Creates or replaces an official account; fills its user ID and basic ID when empty."""
    if channel.provider not in WORLD.providers:
        add_provider(channel.provider, channel.provider)
    channel.user_id = channel.user_id or "U" + _md5(f"bot:{channel.id}")
    channel.basic_id = channel.basic_id or "@" + _md5(channel.id)[:8]
    WORLD.channels[channel.id] = channel
    changed()
    return channel


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def user_id(channel: Channel, person: str) -> str:
    """The person's user ID under the provider of `channel`."""
    return WORLD.user_ids[channel.provider, person]


def person_of(channel: Channel, user: str) -> Person | None:
    """Whose user ID this is under the provider of `channel`; None for an unknown or another provider's."""
    provider, person = WORLD.by_user_id.get(user, ("", ""))
    return WORLD.people.get(person) if provider == channel.provider else None


def friendship(channel: Channel, person: str) -> Friendship:
    """How the person stands to the account."""
    return WORLD.friends.get((channel.id, person), "none")


def user_chat(channel: Channel, person: str) -> Chat:
    """The 1:1 chat of a person and an account, made when missing."""
    chat_id = f"{channel.id}-{person}"
    if chat_id not in WORLD.chats:
        WORLD.chats[chat_id] = Chat(chat_id, "user", channel.name, channel.id, [person])
        changed()
    return WORLD.chats[chat_id]


def add_group(name: str, people: Iterable[str], kind: ChatKind = "group", id_: str = "") -> Chat:
    """A new group (or old-style room) without an account."""
    chat_id = id_ or ("C" if kind == "group" else "R") + secrets.token_hex(16)
    WORLD.chats[chat_id] = chat = Chat(chat_id, kind, name, None, list(dict.fromkeys(people)))
    changed()
    return chat


def line_chat(channel: Channel, line_id: str) -> Chat | None:
    """The chat LINE means by a userId, groupId or roomId of this account; None when it may not know of it."""
    if line_id.startswith("U"):
        person = person_of(channel, line_id)
        return user_chat(channel, person.id) if person else None
    chat = WORLD.chats.get(line_id)
    return chat if chat and chat.channel == channel.id else None


def reachable(channel: Channel, chat: Chat) -> bool:
    """Whether a push arrives: groups, friends, and strangers who wrote within seven days."""
    if chat.kind != "user":
        return True
    state = friendship(channel, chat.people[0])
    recently = clock.now() - chat.last_spoken < 7 * 24 * 3600 * 1000
    return state == "friend" or (state == "none" and recently)


def remove_person(person: str) -> None:
    """Removes a person, with their 1:1 chats, from everywhere."""
    for chat in list(WORLD.chats.values()):
        if person in chat.people:
            chat.people.remove(person)
            if chat.kind == "user":
                _forget_chat(chat)
    for pair in [pair for pair in WORLD.friends if pair[1] == person]:
        del WORLD.friends[pair]
    for provider in WORLD.providers:
        WORLD.by_user_id.pop(WORLD.user_ids.pop((provider, person), ""), None)
    del WORLD.people[person]
    changed()


def remove_channel(channel: Channel) -> None:
    """Removes an account with its 1:1 chats; groups stay, without it."""
    for chat in list(WORLD.chats.values()):
        if chat.channel == channel.id:
            chat.channel = None
            if chat.kind == "user":
                _forget_chat(chat)
    for pair in [pair for pair in WORLD.friends if pair[0] == channel.id]:
        del WORLD.friends[pair]
    del WORLD.channels[channel.id]
    changed()


def _forget_chat(chat: Chat) -> None:
    WORLD.chats.pop(chat.id, None)
    WORLD.recent.pop(chat.id, None)
