"""The world and its messages on disk, so that a restart keeps the chats. Photos are files of their own."""

import json
import logging
import os
import tempfile
import threading
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from plusone.simulator import logins, menus, messages, world
from plusone.simulator.logins import REGISTRY, LiffApp, LoginChannel
from plusone.simulator.menus import Menu
from plusone.simulator.messages import FIELDS, Message
from plusone.simulator.wire import Json, dumps
from plusone.simulator.world import LOCK, WORLD, Channel, Chat, Person

NAME = "world.json"
# A chat's newest messages that are kept over a restart.
KEEP = 500
# Saving may take a twentieth of the time at most: a storm must not wait for the disk.
PAUSE = 1.0
SHARE = 20
_log = logging.getLogger(__name__)
T = TypeVar("T")


def load(data: Path) -> None:
    """Reads the snapshot if there is one; an unreadable one is put aside, never overwritten."""
    file = data / NAME
    if not file.exists():
        return
    try:
        saved = json.loads(file.read_bytes())
        _restore(saved)
    except (ValueError, KeyError, TypeError, AttributeError):
        _log.warning("snapshot not readable, kept as %s.broken", NAME)
        file.replace(file.with_suffix(".broken"))


def _restore(saved: Json) -> None:
    WORLD.seq, messages.SHELF.last_id = saved["seq"], saved["last_id"]
    for item in saved["providers"]:
        world.add_provider(item["id"], item["name"])
    for item in saved["people"]:
        world.add_person(_make(Person, item))
    for item in saved["channels"]:
        world.add_channel(_make(Channel, item))
    for item in saved.get("login_channels", []):
        logins.add_channel(_make(LoginChannel, item))
    for item in saved.get("liff_apps", []):
        logins.add_app(_make(LiffApp, item))
    for channel, person, state in saved["friends"]:
        WORLD.friends[channel, person] = state
    for item in saved["chats"]:
        WORLD.chats[item["id"]] = _make(Chat, item)
    _restore_menus(saved.get("menus", {}))
    for item in sorted(saved["messages"], key=lambda item: int(item["seq"])):
        _restore_message(_make(Message, item))


def _restore_menus(saved: Json) -> None:
    for item in saved.get("menus", []):
        menus.CABINET.menus[item["id"]] = _make(Menu, item)
    menus.CABINET.defaults.update(saved.get("defaults", {}))
    menus.CABINET.own.update({(channel, person): id_ for channel, person, id_ in saved.get("own", [])})
    menus.CABINET.aliases.update({(channel, alias): id_ for channel, alias, id_ in saved.get("aliases", [])})


def _make(kind: type[T], item: Json) -> T:
    """Fields that this version does not know are left out, missing ones get their defaults."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in item.items() if key in known})


def _restore_message(message: Message) -> None:
    messages.SHELF.by_id[message.id] = message
    messages.SHELF.changes.setdefault(message.chat, []).append((message.seq, message))


def save(data: Path) -> None:
    """Writes the snapshot; the old one stays until the new one is complete."""
    with LOCK:
        WORLD.dirty = False
        image = _image()
    _write(data / NAME, dumps(image))


def _image() -> Json:
    return {
        "seq": WORLD.seq,
        "last_id": messages.SHELF.last_id,
        "providers": [asdict(provider) for provider in WORLD.providers.values()],
        "people": [asdict(person) for person in WORLD.people.values()],
        "channels": [asdict(channel) for channel in WORLD.channels.values()],
        "login_channels": [asdict(channel) for channel in REGISTRY.channels.values()],
        "liff_apps": [asdict(app) for app in REGISTRY.apps.values()],
        "friends": [[channel, person, state] for (channel, person), state in WORLD.friends.items()],
        "chats": [asdict(chat) for chat in WORLD.chats.values()],
        "menus": _menus(),
        "messages": [_plain(m) for chat in WORLD.chats for m in messages.changed_since(chat, 0, KEEP)],
    }


def _menus() -> Json:
    return {
        "menus": [asdict(menu) for menu in menus.CABINET.menus.values()],
        "defaults": menus.CABINET.defaults,
        "own": [[*key, id_] for key, id_ in menus.CABINET.own.items()],
        "aliases": [[*key, id_] for key, id_ in menus.CABINET.aliases.items()],
    }


def _plain(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in FIELDS}


def _write(target: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        os.fsync(file.fileno())
    Path(temporary).replace(target)


def keep_saving(data: Path) -> None:
    """Saves in the background a moment after each change; ends the process when its parent is gone."""
    threading.Thread(target=_save_for_ever, args=(data, os.getppid()), daemon=True).start()


def _save_for_ever(data: Path, parent: int) -> None:
    pause = PAUSE
    while True:
        time.sleep(pause)
        if WORLD.dirty:
            began = time.monotonic()
            save(data)
            pause = max(PAUSE, SHARE * (time.monotonic() - began))
        if os.getppid() != parent:
            # The web server's main process was killed: its worker would keep the port for ever.
            os._exit(0)
