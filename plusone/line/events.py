"""Reading webhooks. Tolerant: what LINE adds tomorrow passes through, what is missing reads as empty."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

Event = dict[str, Any]
Json = Mapping[str, Any]
Reason = Literal["not_utf8", "not_json", "not_an_object", "events_not_a_list", "too_deep"]

# LINE nests six deep. What a few hundred deep can be read here may not be read again by the worker, whose
# stack is higher.
DEEPEST = 50

_CHAT_FIELDS = {"group": "groupId", "room": "roomId"}

# PostgreSQL takes neither NUL nor half a surrogate pair; JSON can write both, but only as escapes.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class BadBody(Exception):
    """The body is no webhook. Carries the reason, never the body."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Webhook:
    """`destination` is the account's own user id; `skipped` counts events that were no objects."""

    destination: str
    events: list[Event]
    skipped: int = 0


@dataclass(frozen=True)
class Source:
    """Where an event comes from. `kind` is user, group, room, or what else LINE says; "" if nothing.

    `chat_id` is where an answer goes: the group, the room, or the user. `user_id` may be "" in groups.
    """

    kind: str
    chat_id: str
    user_id: str


def parse(body: bytes) -> Webhook:
    """The events of a webhook body, each as LINE wrote it. Check the signature first, over the same bytes.

    Characters that a database cannot keep become U+FFFD (one unit for one unit: LINE's indexes stay right).
    Raises BadBody for anything but an object with a list of events.
    """
    value = _json(body)
    if not isinstance(value, dict):
        raise BadBody("not_an_object")
    listed = value.get("events")
    if not isinstance(listed, list):
        raise BadBody("events_not_a_list")
    if _deeper_than(DEEPEST, value):
        raise BadBody("too_deep")
    events = [entry for entry in listed if isinstance(entry, dict)]
    return Webhook(_words(value, "destination"), events, skipped=len(listed) - len(events))


def _json(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
        return _storable(value) if b"\\u" in body else value
    except UnicodeDecodeError:
        raise BadBody("not_utf8") from None
    except (ValueError, RecursionError):
        raise BadBody("not_json") from None


def _deeper_than(levels: int, value: dict[str, Any] | list[Any]) -> bool:
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(levels - 1, v) for v in inside if isinstance(v, dict | list))


def _refuse(number: str) -> NoReturn:
    raise ValueError(number)


def _finite(number: str) -> float:
    """1e999 is JSON, but infinite in Python, and then no JSON again."""
    value = float(number)
    return value if math.isfinite(value) else _refuse(number)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(entry) for name, entry in value.items()}
    return value


def kind(event: Json) -> str:
    """message, postback, follow, unsend, ..."""
    return _words(event, "type")


def event_id(event: Json) -> str:
    """LINE's id of the event, the same in every delivery of it; "" when missing."""
    return _words(event, "webhookEventId")


def occurred_ms(event: Json) -> int:
    """When it happened, in milliseconds since 1970 by LINE's clock; a redelivery keeps it. 0 when missing."""
    return _number(event, "timestamp")


def is_redelivery(event: Json) -> bool:
    """Whether LINE says that it delivers this event again."""
    return _object(event, "deliveryContext").get("isRedelivery") is True


def may_answer(event: Json) -> bool:
    """Whether the account may send: another module has the chat while the mode is standby."""
    return _words(event, "mode") != "standby"


def reply_token(event: Json) -> str:
    """Good for one reply within a minute; "" for events that cannot be answered."""
    return _words(event, "replyToken")


def source(event: Json) -> Source:
    """Who and where; all empty for events without a source."""
    said = _object(event, "source")
    kind = _words(said, "type")
    chat_id = _words(said, _CHAT_FIELDS.get(kind, "userId"))
    return Source(kind, chat_id, _words(said, "userId"))


def message(event: Json) -> Json:
    """The message object of a message or messageEdited event; empty otherwise."""
    return _object(event, "message")


def message_id(event: Json) -> str:
    """The id of the message that was written, edited or taken back."""
    return _words(message(event), "id") or _words(_object(event, "unsend"), "messageId")


def message_kind(event: Json) -> str:
    """text, image, sticker, ...; "" when the event has no message."""
    return _words(message(event), "type")


def text(event: Json) -> str:
    """The text as the person wrote it, mentions and emoji placeholders included; "" when there is none."""
    return _words(message(event), "text") if message_kind(event) == "text" else ""


def quoted_message_id(event: Json) -> str:
    """The message that this one replies to; LINE tells nothing else of it."""
    return _words(message(event), "quotedMessageId")


def quote_token(event: Json) -> str:
    """With it, we can quote this message in the same chat."""
    return _words(message(event), "quoteToken")


def postback_data(event: Json) -> str:
    """What the tapped button carries."""
    return _words(_object(event, "postback"), "data")


def mentions_us(event: Json) -> bool:
    """Whether somebody wrote @ and our name."""
    return any(mentionee.get("isSelf") is True for mentionee in _mentionees(message(event)))


def text_without_mentions(message: Json) -> str:
    """The text of a message object with a space for each mention: "@Shop+1" is "+1"."""
    return _without(_words(message, "text"), _mentionees(message))


def readable_text(message: Json) -> str:
    """The same without LINE's own emojis too ("(brown)" in the text): what the grammar should read."""
    return _without(_words(message, "text"), [*_mentionees(message), *_objects(message.get("emojis"))])


def _without(text: str, spans: list[Json]) -> str:
    """LINE counts `index` and `length` in UTF-16 code units, Python in characters: cut where both agree."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    pieces, end = [], 0
    for start, stop in sorted(_span(span) for span in spans):
        pieces.append(encoded[end : max(start, end)])
        end = max(end, stop)
    pieces.append(encoded[end:])
    space = " ".encode("utf-16-le")
    return space.join(pieces).decode("utf-16-le", "replace").strip()


def _span(span: Json) -> tuple[int, int]:
    start, length = _number(span, "index"), _number(span, "length")
    return (2 * start, 2 * (start + length)) if start >= 0 and length > 0 else (0, 0)


def _mentionees(message: Json) -> list[Json]:
    return _objects(_object(message, "mention").get("mentionees"))


def _objects(value: object) -> list[Json]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _object(json_object: Json, name: str) -> Json:
    value = json_object.get(name)
    return value if isinstance(value, dict) else {}


def _words(json_object: Json, name: str) -> str:
    value = json_object.get(name)
    return value if isinstance(value, str) else ""


def _number(json_object: Json, name: str) -> int:
    value = json_object.get(name)
    return value if isinstance(value, int) and abs(value) < 2**53 and value is not True else 0
