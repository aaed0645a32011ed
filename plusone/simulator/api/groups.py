"""Groups and rooms: summary, members, leaving."""

from django.http import HttpRequest, HttpResponse

from plusone.simulator import world
from plusone.simulator.api.endpoint import answer, endpoint
from plusone.simulator.api.errors import Refusal, not_found
from plusone.simulator.api.people import check_user, page_of_ids, profile_of
from plusone.simulator.play import company
from plusone.simulator.world import LOCK, WORLD, Channel, Chat

PAGE = 100


@endpoint("group", "GET")
def summary(request: HttpRequest, channel: Channel, kind: str, group: str) -> HttpResponse:
    """The group's name; rooms have none."""
    with LOCK:
        chat = _group(channel, kind, group)
        if kind == "room":
            raise not_found()
        return answer({"groupId": chat.id, "groupName": chat.name})


@endpoint("group", "GET")
def member_count(request: HttpRequest, channel: Channel, kind: str, group: str) -> HttpResponse:
    """How many people are in it; the account does not count."""
    with LOCK:
        return answer({"count": len(_group(channel, kind, group).people)})


@endpoint("group", "GET")
def member_ids(request: HttpRequest, channel: Channel, kind: str, group: str) -> HttpResponse:
    """Members' user IDs, for verified accounts only."""
    if not channel.verified:
        raise Refusal(403, "Access to this API is not available for your account")
    with LOCK:
        consenting = [p for p in _group(channel, kind, group).people if WORLD.people[p].consent]
        users = [world.user_id(channel, person) for person in consenting]
    return answer(page_of_ids("memberIds", users, request.GET.get("start", ""), PAGE))


@endpoint("profile", "GET")
def member(request: HttpRequest, channel: Channel, kind: str, group: str, user: str) -> HttpResponse:
    """A member's profile, friend or not."""
    check_user(user)
    with LOCK:
        chat = _group(channel, kind, group)
        person = world.person_of(channel, user)
        if person is None or person.id not in chat.people or not person.consent:
            raise not_found()
        return answer(profile_of(channel, person))


@endpoint("group", "POST")
def leave(request: HttpRequest, channel: Channel, kind: str, group: str) -> HttpResponse:
    """The account leaves."""
    with LOCK:
        company.remove_account(_group(channel, kind, group))
    return answer({})


def _group(channel: Channel, kind: str, group: str) -> Chat:
    chat = WORLD.chats.get(group)
    if chat is None or chat.kind != kind or chat.channel != channel.id:
        raise not_found()
    return chat
