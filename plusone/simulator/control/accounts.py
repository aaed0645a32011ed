"""Providers, official accounts, the demo cast, and starting afresh."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from plusone.simulator import cast, fresh, menus, world
from plusone.simulator.api.liffapps import is_endpoint
from plusone.simulator.control.door import control, find_channel, guarded, names, optional_text, text
from plusone.simulator.control.reading import show_channel
from plusone.simulator.play.errors import BadField, NotNow
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD, Channel


@control("POST")
def providers(request: HttpRequest, body: Json) -> Json:
    """A new provider, or another name for one."""
    return vars(world.add_provider(text(body, "id"), text(body, "name")))


@control("POST")
def channels(request: HttpRequest, body: Json) -> Json:
    """A new account."""
    id_ = text(body, "id")
    if not id_.isdecimal():
        raise BadField("id")
    if id_ in WORLD.channels:
        raise NotNow("exists")
    given = {key: value for key, value in body.items() if key not in ("id", "provider")}
    blank = Channel(
        id_, text(body, "name"), text(body, "secret"), text(body, "access_token"), _provider(body)
    )
    return show_channel(world.add_channel(_changed(blank, given)), secrets=True)


def _provider(body: Json) -> str:
    return text(body, "provider", "demo")


def channel(request: HttpRequest, channel: str) -> HttpResponse:
    """GET shows an account with secret and token, PATCH changes settings, DELETE removes it."""
    if request.method == "PATCH":
        return guarded(request, ("PATCH",), lambda body: _change(channel, body))
    if request.method == "DELETE":
        return guarded(request, ("DELETE",), lambda body: _remove(channel))
    return guarded(request, ("GET",), lambda body: show_channel(find_channel(channel), secrets=True))


def _change(channel: str, body: Json) -> Json:
    with LOCK:
        changed = _changed(find_channel(channel), body)
        vars(WORLD.channels[channel]).update(vars(changed))
        world.changed()
        return show_channel(WORLD.channels[channel], secrets=True)


def _remove(channel: str) -> Json:
    with LOCK:
        world.remove_channel(find_channel(channel))
        menus.forget(channel)
        return {}


def _changed(channel: Channel, body: Json) -> Channel:
    for name, value in body.items():
        if name not in _SETTINGS or not _SETTINGS[name](value):
            raise BadField(name)
    return replace(channel, **body)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_address(value: object) -> bool:
    return isinstance(value, str) and (value == "" or value.startswith(("http://", "https://")))


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_amount(value)


def _or_none(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


_SETTINGS: dict[str, Callable[[object], bool]] = {
    "name": _is_text,
    "secret": _is_text,
    "access_token": _is_text,
    "basic_id": _is_text,
    "webhook_url": _is_address,
    "webhook_active": _is_flag,
    "redelivery": _is_flag,
    "redelivery_delays": lambda value: isinstance(value, list) and all(map(_is_amount, value)),
    "allow_groups": _is_flag,
    "verified": _is_flag,
    "standby": _is_flag,
    "mark_as_read": lambda value: value in ("auto", "manual"),
    "quota": _or_none(_is_count),
    "used": _is_count,
    "reply_seconds": _is_amount,
    "rate": _or_none(_is_amount),
    "accept_unknown_tokens": _or_none(_is_text),
    "foreign_ids": lambda value: value in ("silent", "refuse"),
    "token_seconds": _is_count,
}


@control("GET")
def user_ids(request: HttpRequest, body: Json, channel: str) -> Json:
    """Each person's user ID under the account's provider."""
    account = find_channel(channel)
    return {person: world.user_id(account, person) for person in WORLD.people}


@control("POST")
def seed(request: HttpRequest, body: Json) -> Json:
    """The demo cast for one account."""
    required = {key: text(body, key) for key in ("channel_id", "secret", "access_token", "name")}
    url = optional_text(body, "webhook_url") or ""
    if not _is_address(url) or not required["channel_id"].isdecimal():
        raise BadField("channel_id" if _is_address(url) else "webhook_url")
    login = _login(body)
    made = cast.seed(
        **required, webhook_url=url, provider=_provider(body), group=text(body, "group", cast.GROUP)
    )
    return made | (cast.seed_login(required["channel_id"], **login) if login else {})


def _login(body: Json) -> Json | None:
    """The Login channel that the seed asks for, with its LIFF app; by default the app's suffix is `shop`."""
    if "login_channel_id" not in body:
        return None
    id_ = text(body, "login_channel_id")
    liff_id = text(body, "liff_id", f"{id_}-shop")
    endpoint = optional_text(body, "liff_endpoint") or ""
    wrong = {
        "login_channel_id": not id_.isdecimal() or id_ in WORLD.channels,
        "liff_id": not liff_id.startswith(f"{id_}-"),
        "liff_endpoint": bool(endpoint) and not is_endpoint(endpoint),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise BadField(name)
    secret, callbacks = text(body, "login_channel_secret"), names(body, "login_callbacks")
    return {"id_": id_, "secret": secret, "callbacks": callbacks, "liff_id": liff_id, "endpoint": endpoint}


@control("POST")
def reset(request: HttpRequest, body: Json) -> Json:
    """Everything empty."""
    fresh.start()
    return {}
