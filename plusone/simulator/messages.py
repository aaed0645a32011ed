"""The messages of each chat, their numbers and their tokens."""

import base64
import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field, fields
from typing import Literal

from plusone.simulator import clock, world
from plusone.simulator.wire import Json

From = Literal["person", "account", "system"]

# A chat forgets its oldest messages beyond this; a storm must not fill the memory.
KEEP = 5_000
# Not a secret: it only makes tokens that were not minted here recognisable, also after a restart.
_KEY = b"plusone simulator"


@dataclass(slots=True)
class Message:
    """One bubble or system line; `body` is LINE's message object, `media` the photo's name."""

    id: str
    chat: str
    kind: From
    sender: str | None
    type: str
    body: Json
    time: int
    seq: int = 0
    unsent: bool = False
    edited: int = 0
    read: bool = False
    via: str | None = None
    quoted: str | None = None
    media: str | None = None


FIELDS = tuple(f.name for f in fields(Message))


@dataclass
class Shelf:
    """All messages by id, and each chat's changes in order of their sequence numbers."""

    by_id: dict[str, Message] = field(default_factory=dict)
    changes: dict[str, list[tuple[int, Message]]] = field(default_factory=dict)
    last_id: int = 0


SHELF = Shelf()


def clear() -> None:
    """Forgets all messages; message ids are never used again."""
    SHELF.by_id.clear()
    SHELF.changes.clear()


def new_id() -> str:
    """The next message id, a decimal string of 18 digits that grows, over restarts too."""
    SHELF.last_id = max(SHELF.last_id + 1, clock.now() * 100_000)
    return str(SHELF.last_id)


def add(message: Message, chat: world.Chat) -> Message:
    """Puts a message into its chat."""
    SHELF.by_id[message.id] = message
    note_change(message, chat)
    return message


def note_change(message: Message, chat: world.Chat) -> None:
    """Gives a new or changed message the next sequence number, so that readers see it."""
    message.seq = world.touch(chat)
    changes = SHELF.changes.setdefault(chat.id, [])
    changes.append((message.seq, message))
    if len(changes) > KEEP:
        _forget_oldest(changes)


def _forget_oldest(changes: list[tuple[int, Message]]) -> None:
    for seq, message in changes[: KEEP // 2]:
        if message.seq == seq:
            SHELF.by_id.pop(message.id, None)
    del changes[: KEEP // 2]


def changed_since(chat_id: str, after: int, limit: int) -> list[Message]:
    """The newest `limit` messages of a chat that changed after `after`, each once, oldest change first."""
    changes = SHELF.changes.get(chat_id, [])
    start = bisect_right(changes, after, key=lambda change: change[0])
    return [message for seq, message in changes[start:] if message.seq == seq][-limit:]


def system(chat: world.Chat, what: str, **who: str) -> Message:
    """A system line such as 'joined'."""
    body = {"what": what, **who}
    return add(Message(new_id(), chat.id, "system", None, "system", body, clock.now()), chat)


def show(message: Message) -> Json:
    """A message as the control API gives it."""
    return {
        "id": message.id,
        "seq": message.seq,
        "chat": message.chat,
        "time": message.time,
        "from": {"kind": message.kind, "id": message.sender},
        "type": message.type,
        "body": {} if message.unsent else message.body,
        "unsent": message.unsent,
        "edited": message.edited > 0,
        "read": message.read,
        "via": message.via,
        "quoted": _quoted(message),
    }


def show_all(some: list[Message]) -> list[Json]:
    """Messages as the control API gives them, in the order in which they were sent."""
    return [show(message) for message in sorted(some, key=lambda message: int(message.id))]


def _quoted(message: Message) -> Json | None:
    if not message.quoted:
        return None
    original = SHELF.by_id.get(message.quoted)
    if original is None or original.unsent:
        return {"id": message.quoted, "type": "gone", "text": None, "from": None}
    text = original.body.get("text") or original.body.get("altText")
    source = {"kind": original.kind, "id": original.sender}
    return {"id": original.id, "type": original.type, "text": text, "from": source, "body": original.body}


def token(purpose: str, message_id: str, edition: int = 0) -> str:
    """A quote token or mark-as-read token of a message; it never expires."""
    payload = int(message_id).to_bytes(8, "big") + bytes([edition % 256])
    return base64.urlsafe_b64encode(payload + _mac(purpose, payload)).decode()


def of_token(purpose: str, text: str) -> Message | None:
    """The message that a quote token or mark-as-read token stands for."""
    try:
        raw = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        return None
    if raw[9:] != _mac(purpose, raw[:9]):
        return None
    return SHELF.by_id.get(str(int.from_bytes(raw[:8], "big")))


def _mac(purpose: str, payload: bytes) -> bytes:
    return hashlib.blake2b(payload, key=_KEY, person=purpose.encode(), digest_size=12).digest()
