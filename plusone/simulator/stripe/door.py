"""What all of Stripe's endpoints share: the key, forms, idempotency keys, errors in Stripe's form."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse

from plusone.simulator.api.endpoint import answer
from plusone.simulator.stripe import books, life
from plusone.simulator.stripe.books import BOOKS
from plusone.simulator.stripe.forms import nested
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK

P = ParamSpec("P")
Act = Callable[Concatenate[str, Json, P], Json]


class Refused(Exception):
    """Stripe refuses the call."""

    def __init__(self, status: int, kind: str, message: str, code: str = "", param: str = "") -> None:
        """The parts of Stripe's error object."""
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, "code": code or None, "param": param or None}


def bad(message: str, param: str = "", code: str = "parameter_invalid_empty") -> Refused:
    """A parameter is missing or wrong."""
    return Refused(400, "invalid_request_error", message, code, param)


def find(kind: str, id_: object, param: str = "id") -> Json:
    """The object of this kind and id. Raises Refused as Stripe does."""
    found = BOOKS.objects.get(str(id_))
    if found is None or found["object"] != kind:
        raise Refused(404, "invalid_request_error", f"No such {kind}: '{id_}'", "resource_missing", param)
    return found


def endpoint(*methods: str) -> Callable[[Act[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Makes a view out of a function (method, parameters, …) that returns the object; it runs under the
    lock.
    """

    def decorate(act: Act[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(act)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            def call(given: Json) -> Json:
                return act(str(request.method), given, *args, **kwargs)

            try:
                with LOCK:
                    response = answer(_admitted(request, methods, call))
            except Refused as refused:
                response = answer({"error": refused.error}, refused.status)
            response["Request-Id"] = f"req_{uuid.uuid4().hex[:14]}"
            return response

        return wrapped

    return decorate


def _admitted(request: HttpRequest, methods: tuple[str, ...], call: Callable[[Json], Json]) -> Json:
    if BOOKS.down:
        raise Refused(503, "api_error", "The simulator plays dead.")
    if request.headers.get("Authorization") != f"Bearer {BOOKS.key}":
        raise Refused(401, "invalid_request_error", "Invalid API Key provided")
    if request.method not in methods:
        raise Refused(405, "invalid_request_error", "Method not allowed")
    BOOKS.address = f"{request.scheme}://{request.get_host()}"
    life.pass_time()
    raw = request.META.get("QUERY_STRING", "") if request.method == "GET" else request.body.decode()
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    return _once(f"{key} {request.path_info}", raw, call) if key else call(nested(parse_qsl(raw, True)))


def _once(key: str, raw: str, call: Callable[[Json], Json]) -> Json:
    if key in BOOKS.answered:
        body, id_ = BOOKS.answered[key]
        if body != raw:
            raise Refused(
                400,
                "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters.",
            )
        return books.shown(BOOKS.objects[id_])
    made = call(nested(parse_qsl(raw, True)))
    if str(made.get("id")) in BOOKS.objects:
        BOOKS.answered[key] = [raw, str(made["id"])]
    return made


def listed(things: list[Json], given: Json, url: str) -> Json:
    """A list object of at most `limit`."""
    limit = min(int(str(given.get("limit", 10))), 100)
    data = [books.shown(thing) for thing in things[:limit]]
    return {"object": "list", "url": url, "has_more": len(things) > limit, "data": data}
