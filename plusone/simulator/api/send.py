"""Reply, push, multicast, broadcast, and validation of messages."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plusone.simulator import faults, messages, quota, sending, tokens, world
from plusone.simulator.api.endpoint import answer, endpoint, json_object, raw_body
from plusone.simulator.api.errors import Refusal, invalid, invalid_property, monthly_limit
from plusone.simulator.journal import Accepted
from plusone.simulator.validate import problems_of
from plusone.simulator.validate.fields import Problems
from plusone.simulator.validate.text_v2 import check_mentions
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD, Channel, Chat

_RECIPIENT = re.compile(r"[UCR][0-9a-f]{32}")
_USER = re.compile(r"U[0-9a-f]{32}")
_UNIT = re.compile(r"[A-Za-z0-9_]{1,30}")
MOST_RECIPIENTS = 500


@endpoint("reply", "POST")
def reply(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Answers an event with its reply token; free, once, within a minute."""
    if "HTTP_X_LINE_RETRY_KEY" in request.META:
        raise Refusal(400, "The retry key cannot be used with this API")
    raw = raw_body(request)
    body = _checked(raw, "replyToken")
    with LOCK:
        _check_chat(channel, body["messages"], tokens.chat_of(body["replyToken"]))
        token = tokens.take(channel, body["replyToken"])
        if token is None:
            raise Refusal(400, "Invalid reply token")
        sent = sending.put(channel, WORLD.chats.get(token.chat or ""), body["messages"], "reply")
        record = _record(request, channel, "reply", raw)
        record.chat, record.event_id, record.reply_token = token.chat, token.event, body["replyToken"]
        record.message_ids = [message["id"] for message in sent]
        sending.note(channel, record)
    return answer({"sentMessages": sent})


def _record(request: HttpRequest, channel: Channel, name: str, raw: bytes) -> Accepted:
    return Accepted(channel.id, name, raw, request.META["line.request_id"])


@endpoint("push", "POST")
def push(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Sends to a person, group or room; billed by the person."""
    raw = raw_body(request)
    body = _checked(raw, "to")
    if not _RECIPIENT.fullmatch(body["to"]):
        raise invalid_property("to")
    with LOCK:
        return _once(request, channel, lambda key: _push(request, channel, raw, body, key))


def _push(
    request: HttpRequest, channel: Channel, raw: bytes, body: Json, key: str | None
) -> sending.SentMessages:
    chat = world.line_chat(channel, body["to"])
    if chat is None:
        raise Refusal(400, "Failed to send messages")
    billed = _affordable(channel, sending.persons(channel, chat), "push")
    _check_chat(channel, body["messages"], chat.id)
    sent = sending.put(channel, chat if billed else None, body["messages"], "push")
    record = _record(request, channel, "push", raw)
    record.to, record.chat, record.retry_key, record.billed = body["to"], chat.id, key, billed
    record.message_ids = [message["id"] for message in sent]
    sending.note(channel, record)
    return sent


@endpoint("multicast", "POST")
def multicast(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Sends to up to 500 people; those who cannot be reached are passed over."""
    raw = raw_body(request)
    body = _checked(raw, None)
    users = _recipients(body)
    _check_spread(body["messages"])
    with LOCK:
        chats = _friends_among(channel, users)
        record = _record(request, channel, "multicast", raw)
        record.to = users
        return _once(request, channel, lambda key: _spread(channel, record, body["messages"], chats, key))


@endpoint("broadcast", "POST")
def broadcast(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Sends to all friends."""
    raw = raw_body(request)
    body = _checked(raw, None)
    _check_spread(body["messages"])
    with LOCK:
        friends = [p for (c, p), state in WORLD.friends.items() if c == channel.id and state == "friend"]
        chats = [world.user_chat(channel, person) for person in friends]
        record = _record(request, channel, "broadcast", raw)
        return _once(request, channel, lambda key: _spread(channel, record, body["messages"], chats, key))


def _spread(
    channel: Channel, record: Accepted, bodies: list[Json], chats: list[Chat], key: str | None
) -> None:
    record.billed = _affordable(channel, len(chats), record.endpoint)
    record.retry_key = key
    for chat in chats:
        sending.put(channel, chat, bodies, record.endpoint)
    sending.note(channel, record)


@endpoint("validate", "POST")
def validate(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Only says whether the messages are right; nothing is sent."""
    _checked(raw_body(request), None)
    return answer({})


def _checked(raw: bytes, text_field: str | None) -> Json:
    body = json_object(raw)
    problems = problems_of(body)
    if text_field and not (isinstance(body.get(text_field), str) and body[text_field]):
        problems.append({"message": "May not be empty", "property": text_field})
    if not _good_units(body.get("customAggregationUnits")):
        problems.append({"message": "Invalid aggregation unit name", "property": "customAggregationUnits"})
    if problems:
        raise invalid(problems)
    return body


def _good_units(units: object) -> bool:
    if units is None:
        return True
    return isinstance(units, list) and len(units) <= 1 and all(_UNIT.fullmatch(str(unit)) for unit in units)


def _recipients(body: Json) -> list[str]:
    users = body.get("to")
    if not isinstance(users, list) or not 1 <= len(users) <= MOST_RECIPIENTS:
        raise invalid([{"message": f"Size must be between 1 and {MOST_RECIPIENTS}", "property": "to"}])
    for index, user in enumerate(users):
        if not isinstance(user, str) or not _USER.fullmatch(user):
            raise invalid_property(f"to[{index}]")
    return list(dict.fromkeys(users))


def _friends_among(channel: Channel, users: list[str]) -> list[Chat]:
    people = [world.person_of(channel, user) for user in users]
    if channel.foreign_ids == "refuse" and None in people:
        raise invalid_property(f"to[{people.index(None)}]")
    friends = [p for p in people if p and world.friendship(channel, p.id) == "friend"]
    return [world.user_chat(channel, person.id) for person in friends]


def _affordable(channel: Channel, persons: int, name: str) -> int:
    if not quota.fits(channel, persons) or faults.hit("quota_empty", channel.id, name):
        raise monthly_limit()
    return persons


def _check_chat(channel: Channel, bodies: list[Json], chat_id: str | None) -> None:
    """What LINE can only refuse when it knows the chat (None: a storm's reply token, without one)."""
    chat = WORLD.chats.get(chat_id or "")
    problems = Problems()
    for index, body in enumerate(bodies):
        at = f"messages[{index}]"
        quoted = messages.of_token("quote", body["quoteToken"]) if body.get("quoteToken") else None
        if body.get("quoteToken") and (quoted is None or (chat and quoted.chat != chat.id)):
            problems.add(f"{at}.quoteToken", "Invalid quote token")
        if chat is None:
            continue
        members = None if chat.kind == "user" else {world.user_id(channel, p) for p in chat.people}
        check_mentions(problems, at, body, members)
        if body.get("trackingId") and chat.kind != "user":
            problems.add(f"{at}.trackingId", "Cannot be used in group chats and multi-person chats")
    _refuse(problems)


def _check_spread(bodies: list[Json]) -> None:
    """Quotes and mentions belong to one chat; what goes to many can have neither."""
    problems = Problems()
    for index, body in enumerate(bodies):
        if body.get("quoteToken"):
            problems.add(f"messages[{index}].quoteToken", "Invalid quote token")
        check_mentions(problems, f"messages[{index}]", body, None)
    _refuse(problems)


def _refuse(problems: Problems) -> None:
    if problems.found:
        raise invalid(problems.found)


def _once(
    request: HttpRequest, channel: Channel, send: Callable[[str | None], sending.SentMessages | None]
) -> HttpResponse:
    """Sends unless the retry key was accepted before; the caller holds the lock."""
    key = request.META.get("HTTP_X_LINE_RETRY_KEY")
    if key is None:
        return _sent_answer(send(None))
    key = _checked_key(key)
    before = tokens.accepted_before(channel, key)
    if before:
        headers = {"x-line-accepted-request-id": before.request_id}
        extra: Json = {"sentMessages": before.sent} if before.sent is not None else {}
        raise Refusal(409, "The retry key is already accepted", headers=headers, extra=extra)
    sent = send(key)
    tokens.keep_retry_key(channel, key, request.META["line.request_id"], sent)
    return _sent_answer(sent)


def _sent_answer(sent: sending.SentMessages | None) -> HttpResponse:
    return answer({} if sent is None else {"sentMessages": sent})


def _checked_key(key: str) -> str:
    """The key in one spelling: a UUID is the same in capitals."""
    try:
        right = str(uuid.UUID(key))
    except ValueError:
        right = ""
    if right != key.lower():
        raise Refusal(400, "Invalid retry key")
    return right
