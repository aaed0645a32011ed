"""What all of the control API shares: JSON in and out, the lock, error codes, no writes from other sites."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from plusone.simulator.api.endpoint import answer
from plusone.simulator.faults import BadFault
from plusone.simulator.photos import NotAPhoto
from plusone.simulator.play.errors import BadField, Missing, NotNow
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD, Channel, Chat

P = ParamSpec("P")
Act = Callable[Concatenate[HttpRequest, Json, P], Json]


class Forbidden(Exception):
    """A page of another site asked the browser to write."""


def control(*methods: str) -> Callable[[Act[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Makes a view out of a function (request, body, …) that returns the answer; it runs under the lock."""

    def decorate(act: Act[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(act)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            def locked(body: Json) -> Json:
                with LOCK:
                    return act(request, body, *args, **kwargs)

            return guarded(request, methods, locked)

        return wrapped

    return decorate


def unlocked(*methods: str) -> Callable[[Act[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """The same without the lock, for what waits; it takes the lock itself where needed."""

    def decorate(act: Act[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(act)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return guarded(request, methods, lambda body: act(request, body, *args, **kwargs))

        return wrapped

    return decorate


def guarded(request: HttpRequest, methods: tuple[str, ...], act: Callable[[Json], Json]) -> HttpResponse:
    """Runs `act` with the request's body and turns its errors into answers."""
    try:
        _check(request, methods)
        return answer(act(_body(request)))
    except BadField as error:
        return _error(400, "bad_field", field=error.field)
    except BadFault as error:
        return _error(400, "bad_field", field=error.name)
    except NotAPhoto as error:
        return _error(400, error.code)
    except Missing as error:
        return _error(404, "not_found", noun=error.noun, id=error.id)
    except NotNow as error:
        return _error(409, error.code)
    except Forbidden:
        return _error(403, "other_site")


def _check(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise NotNow("wrong_method")
    origin = request.META.get("HTTP_ORIGIN")
    if request.method != "GET" and origin and urlsplit(origin).netloc != request.META.get("HTTP_HOST"):
        raise Forbidden


def _body(request: HttpRequest) -> Json:
    if request.method == "GET" or request.content_type == "multipart/form-data" or not request.body:
        return {}
    try:
        value: Any = json.loads(request.body)
    except ValueError as error:
        raise BadField("body") from error
    if not isinstance(value, dict):
        raise BadField("body")
    return value


def _error(status: int, code: str, **detail: str) -> HttpResponse:
    return answer({"error": code, "detail": detail}, status)


def text(body: Json, name: str, default: str | None = None) -> str:
    """A field that must be a non-empty string; `default` when it is missing."""
    value = body.get(name, default)
    if not isinstance(value, str) or not value:
        raise BadField(name)
    return value


def optional_text(body: Json, name: str) -> str | None:
    """A field that is a string or missing."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadField(name)
    return value


def number(body: Json, name: str, least: float, most: float, default: float | None = None) -> float:
    """A number from `least` to `most`."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise BadField(name)
    return value


def query_number(request: HttpRequest, name: str, default: int, most: int) -> int:
    """A whole number of the query string, cut off at `most`."""
    value = request.GET.get(name, str(default))
    if not value.isdecimal():
        raise BadField(name)
    return min(int(value), most)


def names(body: Json, name: str) -> list[str]:
    """A list of strings."""
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadField(name)
    return value


def find_channel(id_: str) -> Channel:
    """The account of this id. Raises Missing."""
    if id_ not in WORLD.channels:
        raise Missing("channel", id_)
    return WORLD.channels[id_]


def find_person(id_: str) -> str:
    """The id of a person who exists. Raises Missing."""
    if id_ not in WORLD.people:
        raise Missing("person", id_)
    return id_


def find_group(id_: str) -> Chat:
    """The group or room of this id. Raises Missing."""
    chat = WORLD.chats.get(id_)
    if chat is None or chat.kind == "user":
        raise Missing("group", id_)
    return chat
