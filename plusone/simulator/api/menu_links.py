"""Rich menus of single people, and the aliases that tabs name."""

from django.http import HttpRequest, HttpResponse

from plusone.simulator import menus, world
from plusone.simulator.api.endpoint import answer, endpoint, json_object, raw_body
from plusone.simulator.api.errors import Refusal, invalid
from plusone.simulator.api.menus import usable
from plusone.simulator.api.people import check_user
from plusone.simulator.menus import CABINET, Menu
from plusone.simulator.validate.menus import ALIAS
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, Channel

MOST_USERS = 500


def of_user(request: HttpRequest, user: str) -> HttpResponse:
    """GET tells a person's own menu, DELETE takes it away."""
    return _unlink(request, user) if request.method == "DELETE" else _own(request, user)


@endpoint("richmenu_user", "GET")
def _own(request: HttpRequest, channel: Channel, user: str) -> HttpResponse:
    check_user(user)
    with LOCK:
        person = world.person_of(channel, user)
        id_ = CABINET.own.get((channel.id, person.id)) if person else None
    if id_ is None:
        raise Refusal(404, "the user has no richmenu")
    return answer({"richMenuId": id_})


@endpoint("richmenu_user", "DELETE")
def _unlink(request: HttpRequest, channel: Channel, user: str) -> HttpResponse:
    check_user(user)
    with LOCK:
        menus.link(channel, _people(channel, [user]), None)
    return answer({})


@endpoint("richmenu_user", "POST")
def link(request: HttpRequest, channel: Channel, user: str, menu: str) -> HttpResponse:
    """A person's own menu; 200 also for somebody who is no friend, who then gets none."""
    check_user(user)
    with LOCK:
        menus.link(channel, _people(channel, [user]), usable(channel, menu))
    return answer({})


@endpoint("richmenu_bulk", "POST")
def bulk_link(request: HttpRequest, channel: Channel) -> HttpResponse:
    """The same for up to 500 people; LINE does it in a moment, here it is done at once."""
    body = json_object(raw_body(request))
    users = _users(body)
    with LOCK:
        menus.link(channel, _people(channel, users), usable(channel, _text(body, "richMenuId")))
    return answer({}, 202)


@endpoint("richmenu_bulk", "POST")
def bulk_unlink(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Takes up to 500 people's own menus away."""
    users = _users(json_object(raw_body(request)))
    with LOCK:
        menus.link(channel, _people(channel, users), None)
    return answer({}, 202)


def _users(body: Json) -> list[str]:
    users = body.get("userIds")
    if not isinstance(users, list) or not 1 <= len(users) <= MOST_USERS:
        raise invalid([{"message": f"Size must be between 1 and {MOST_USERS}", "property": "userIds"}])
    for user in users:
        check_user(str(user))
    return users


def _people(channel: Channel, users: list[str]) -> list[str]:
    found = (world.person_of(channel, user) for user in users)
    return [person.id for person in found if person]


def _text(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid([{"message": "May not be empty", "property": name}])
    return value


@endpoint("richmenu_alias", "POST")
def make_alias(request: HttpRequest, channel: Channel) -> HttpResponse:
    """A new name for a menu that tabs can switch to."""
    body = json_object(raw_body(request))
    alias, menu = _text(body, "richMenuAliasId"), _text(body, "richMenuId")
    if not ALIAS.fullmatch(alias):
        raise invalid([{"message": "Must match [a-z0-9_-]{1,32}", "property": "richMenuAliasId"}])
    with LOCK:
        if (channel.id, alias) in CABINET.aliases:
            raise Refusal(400, "conflict richmenu alias id")
        if len(_aliases(channel)) >= menus.MOST_ALIASES:
            raise Refusal(400, "The number of rich menu aliases exceeds the limit")
        _point(channel, alias, menu)
    return answer({})


def _point(channel: Channel, alias: str, menu: str) -> None:
    found: Menu | None = menus.find(channel, menu)
    if found is None:
        raise Refusal(400, "richmenu not found")
    CABINET.aliases[channel.id, alias] = found.id
    world.changed()


def alias(request: HttpRequest, alias: str) -> HttpResponse:
    """GET reads an alias, POST points it to another menu, DELETE removes it."""
    does = {"POST": _change_alias, "DELETE": _delete_alias}.get(request.method or "", _get_alias)
    return does(request, alias)


@endpoint("richmenu_alias", "GET")
def _get_alias(request: HttpRequest, channel: Channel, alias: str) -> HttpResponse:
    with LOCK:
        return answer({"richMenuAliasId": alias, "richMenuId": _known(channel, alias)})


@endpoint("richmenu_alias_update", "POST")
def _change_alias(request: HttpRequest, channel: Channel, alias: str) -> HttpResponse:
    menu = _text(json_object(raw_body(request)), "richMenuId")
    with LOCK:
        _known(channel, alias)
        _point(channel, alias, menu)
    return answer({})


@endpoint("richmenu_alias_delete", "DELETE")
def _delete_alias(request: HttpRequest, channel: Channel, alias: str) -> HttpResponse:
    with LOCK:
        _known(channel, alias)
        del CABINET.aliases[channel.id, alias]
        world.changed()
    return answer({})


def _known(channel: Channel, alias: str) -> str:
    found = CABINET.aliases.get((channel.id, alias))
    if found is None:
        raise Refusal(404, "richmenu alias not found")
    return found


@endpoint("richmenu_alias", "GET")
def aliases(request: HttpRequest, channel: Channel) -> HttpResponse:
    """All aliases of the account."""
    with LOCK:
        found = _aliases(channel)
    return answer(
        {"aliases": [{"richMenuAliasId": alias, "richMenuId": id_} for alias, id_ in found.items()]}
    )


def _aliases(channel: Channel) -> dict[str, str]:
    return {alias: id_ for (owner, alias), id_ in CABINET.aliases.items() if owner == channel.id}
