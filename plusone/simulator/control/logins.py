"""Login channels and LIFF apps, and opening one as a person."""

import secrets
from dataclasses import asdict, replace
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from plusone.simulator import logins
from plusone.simulator.api.liffapps import SIZES, is_endpoint
from plusone.simulator.control.door import control, find_person, guarded, optional_text, text
from plusone.simulator.login import opening
from plusone.simulator.logins import LIFF_SCOPES, REGISTRY, LiffApp, LoginChannel
from plusone.simulator.play.errors import BadField, Missing, NotNow
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD


@control("GET", "POST")
def channels(request: HttpRequest, body: Json) -> Json:
    """All Login channels; a new one."""
    if request.method == "GET":
        return {"login_channels": [asdict(channel) for channel in REGISTRY.channels.values()]}
    id_ = text(body, "id")
    if id_ in REGISTRY.channels or id_ in WORLD.channels:
        raise NotNow("exists")
    if not id_.isdecimal():
        raise BadField("id")
    blank = LoginChannel(id_, text(body, "name"), text(body, "secret"), text(body, "provider", "demo"))
    given = {key: value for key, value in body.items() if key not in ("id", "provider")}
    return asdict(logins.add_channel(_changed_channel(blank, given)))


def channel(request: HttpRequest, channel: str) -> HttpResponse:
    """GET shows a Login channel, PATCH changes it, DELETE removes it with its LIFF apps."""
    return guarded(request, ("GET", "PATCH", "DELETE"), lambda body: _one_channel(request, channel, body))


def _one_channel(request: HttpRequest, id_: str, body: Json) -> Json:
    with LOCK:
        found = REGISTRY.channels.get(id_)
        if found is None:
            raise Missing("login_channel", id_)
        if request.method == "DELETE":
            logins.remove_channel(id_)
            return {}
        return asdict(logins.add_channel(_changed_channel(found, body)) if body else found)


def _changed_channel(channel: LoginChannel, body: Json) -> LoginChannel:
    _check(body, _CHANNEL_SETTINGS)
    return replace(channel, **body)


@control("GET", "POST")
def apps(request: HttpRequest, body: Json) -> Json:
    """All LIFF apps; a new one, whose id is made here unless given."""
    if request.method == "GET":
        return {"liff_apps": [asdict(app) for app in REGISTRY.apps.values()]}
    owner = text(body, "channel")
    if owner not in REGISTRY.channels:
        raise Missing("login_channel", owner)
    id_ = text(body, "id", f"{owner}-{secrets.token_hex(4)}")
    if not id_.startswith(f"{owner}-"):
        raise BadField("id")
    blank = LiffApp(id_, owner, text(body, "name"), text(body, "endpoint"))
    given = {key: value for key, value in body.items() if key not in ("id", "channel")}
    return asdict(logins.add_app(_changed_app(blank, given)))


def app(request: HttpRequest, app: str) -> HttpResponse:
    """GET shows a LIFF app, PATCH changes it, DELETE removes it."""
    return guarded(request, ("GET", "PATCH", "DELETE"), lambda body: _one_app(request, app, body))


def _one_app(request: HttpRequest, id_: str, body: Json) -> Json:
    with LOCK:
        found = find_app(id_)
        if request.method == "DELETE":
            logins.remove_app(id_)
            return {}
        return asdict(logins.add_app(_changed_app(found, body)) if body else found)


def find_app(id_: str) -> LiffApp:
    """The LIFF app of this id. Raises Missing."""
    if id_ not in REGISTRY.apps:
        raise Missing("liff_app", id_)
    return REGISTRY.apps[id_]


def _changed_app(app: LiffApp, body: Json) -> LiffApp:
    _check(body, _APP_SETTINGS)
    return replace(app, **body)


def _check(body: Json, settings: "dict[str, object]") -> None:
    for name, value in body.items():
        check = settings.get(name)
        if not callable(check) or not check(value):
            raise BadField(name)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


_CHANNEL_SETTINGS: dict[str, object] = {
    "name": _is_text,
    "secret": _is_text,
    "callbacks": _are_texts,
    "linked": lambda value: isinstance(value, str),
    "published": _is_flag,
    "testers": _are_texts,
    "email": _is_flag,
}
_APP_SETTINGS: dict[str, object] = {
    "name": _is_text,
    "endpoint": is_endpoint,
    "size": lambda value: value in SIZES,
    "scopes": lambda value: isinstance(value, list) and set(map(str, value)) <= set(LIFF_SCOPES),
    "bot_prompt": lambda value: value in ("none", "normal", "aggressive"),
    "share_picker": _is_flag,
}


@control("POST")
def open_app(request: HttpRequest, body: Json) -> Json:
    """A person taps a LIFF address, in a chat or without one: where their LINE goes."""
    address, person = text(body, "url"), find_person(text(body, "person"))
    app = find_app(urlsplit(address).path.lstrip("/").partition("/")[0])
    if not logins.may_enter(REGISTRY.channels[app.channel], person):
        raise NotNow("developing")
    url = opening.as_person(app, person, optional_text(body, "chat") or "", address)
    return {"url": url, "size": app.size, "name": app.name}
