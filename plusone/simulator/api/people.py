"""Profiles, followers, and the small endpoints about one person's chat."""

import re

from django.http import HttpRequest, HttpResponse

from plusone.simulator import messages, world
from plusone.simulator.api.endpoint import answer, endpoint, json_object, raw_body
from plusone.simulator.api.errors import Refusal, invalid, not_found
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD, Channel, Person

_USER = re.compile(r"U[0-9a-f]{32}")


@endpoint("profile", "GET")
def profile(request: HttpRequest, channel: Channel, user: str) -> HttpResponse:
    """A friend's profile, or that of a stranger who wrote and has not blocked."""
    check_user(user)
    with LOCK:
        person = world.person_of(channel, user)
        if person is None or not person.consent or not _known(channel, person):
            raise not_found()
        return answer(profile_of(channel, person) | {"language": person.language})


def check_user(user: str) -> None:
    """Raises Refusal 400 for what is no user ID."""
    if not _USER.fullmatch(user):
        raise Refusal(400, "The value for the 'userId' parameter is invalid")


def _known(channel: Channel, person: Person) -> bool:
    state = world.friendship(channel, person.id)
    return state == "friend" or (state == "none" and world.user_chat(channel, person.id).last_spoken > 0)


def profile_of(channel: Channel, person: Person) -> Json:
    """The fields that each profile has."""
    fields = {"userId": world.user_id(channel, person.id), "displayName": person.name}
    return {**fields, **({"statusMessage": person.status} if person.status else {})}


@endpoint("profile", "GET")
def followers(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Friends' user IDs, for verified accounts only."""
    if not channel.verified:
        raise Refusal(403, "Access to this API is not available for your account")
    limit = _limit(request.GET.get("limit", "300"))
    with LOCK:
        friends = [p for (c, p), state in WORLD.friends.items() if c == channel.id and state == "friend"]
        users = [world.user_id(channel, person) for person in friends]
    return answer(page_of_ids("userIds", users, request.GET.get("start", ""), limit))


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise Refusal(400, "The value for the 'limit' parameter is invalid")
    return int(text)


def page_of_ids(key: str, ids: list[str], start: str, size: int) -> Json:
    """One page of ids and the token of the next. Raises Refusal 400 for a token that is not ours."""
    if start and not start.isdecimal():
        raise Refusal(400, "The value for the 'start' parameter is invalid")
    first = int(start or 0)
    more = {"next": str(first + size)} if first + size < len(ids) else {}
    return {key: ids[first : first + size], **more}


@endpoint("loading", "POST")
def loading(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The loading animation, in 1:1 chats only."""
    body = json_object(raw_body(request))
    if not isinstance(body.get("chatId"), str) or not _USER.fullmatch(body["chatId"]):
        raise invalid([{"message": "Invalid user ID", "property": "chatId"}])
    seconds = body.get("loadingSeconds", 20)
    if not isinstance(seconds, int) or seconds not in range(5, 61, 5):
        problem = {"message": "Must be a multiple of 5 between 5 and 60", "property": "loadingSeconds"}
        raise invalid([problem])
    return answer({}, 202)


@endpoint("read", "POST")
def mark_as_read(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Marks everything up to a message as read by the account."""
    token = json_object(raw_body(request)).get("markAsReadToken")
    with LOCK:
        message = messages.of_token("read", token) if isinstance(token, str) else None
        chat = WORLD.chats.get(message.chat) if message else None
        if message is None or chat is None or chat.channel != channel.id:
            raise Refusal(400, "Invalid mark as read token")
        _mark_until(message.chat, int(message.id))
    return answer({})


def _mark_until(chat_id: str, last: int) -> None:
    for message in messages.changed_since(chat_id, 0, messages.KEEP):
        if message.kind == "person" and int(message.id) <= last and not message.read:
            message.read = True
            messages.note_change(message, WORLD.chats[chat_id])
