"""What all of LINE's endpoints share: caller, faults, rate limits, request ids, error bodies, journal."""

import json
import time
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from plusone.simulator import access, cut, faults, journal, limits
from plusone.simulator.api.errors import Refusal, rate_limit, unauthorised
from plusone.simulator.wire import Json, dumps
from plusone.simulator.world import LOCK, Channel

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Channel, P], HttpResponse]
MOST_BYTES = 2 * 1024 * 1024


def endpoint(
    name: str, *methods: str
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Makes a view of LINE's API out of a function (request, channel, …) that answers or raises Refusal.

    `name` is the endpoint's name in limits, faults and the journal.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return _answer(request, name, methods, lambda channel: view(request, channel, *args, **kwargs))

        return wrapped

    return decorate


def _answer(
    request: HttpRequest, name: str, methods: tuple[str, ...], act: Callable[[Channel], HttpResponse]
) -> HttpResponse:
    began = time.perf_counter()
    request.META["line.request_id"] = request_id = str(uuid.uuid4())
    channel: Channel | None = None
    problem = ""
    try:
        channel = _caller(request)
        _admit(request, channel, name, methods)
        response = _with_faults_after(act(channel), channel, name)
    except Refusal as refusal:
        response, problem = _refused(refusal), refusal.message
    cut_if_asked(request, response, began)
    response.headers["x-line-request-id"] = request_id
    _note(request, name, channel, response, problem, began)
    return response


def _caller(request: HttpRequest) -> Channel:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise unauthorised("Authorization header required. Confirm that the header has a valid access token.")
    channel = access.channel_of(token)
    if channel is None:
        raise unauthorised("Confirm that the access token in the authorization header is valid.")
    return channel


def _admit(request: HttpRequest, channel: Channel, name: str, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise Refusal(405, "Method not allowed")
    if faults.ON:
        fail_before(channel.id, name)
    with LOCK:
        allowed = limits.allows(channel, name, request.method or "")
    if not allowed:
        raise rate_limit()


def fail_before(channel: str | None, name: str) -> None:
    """Raises Refusal 503 or 500 where a fault says that LINE is down or stumbles before it accepts."""
    with LOCK:
        down = faults.hit("down", channel, name)
        error = faults.hit("error_before", channel, name)
    if down:
        headers = {"x-simulator-cut": "1"} if down.mode == "close" else {}
        raise Refusal(503, "Service unavailable", headers=headers)
    if error:
        raise Refusal(500, "Internal server error")


def cut_if_asked(request: HttpRequest, response: HttpResponse, began: float) -> None:
    """Drops the caller's connection where a fault marked the answer so."""
    if response.headers.pop("x-simulator-cut", None):
        cut.drop_caller(int(request.META["SERVER_PORT"]), began)


def _with_faults_after(response: HttpResponse, channel: Channel, name: str) -> HttpResponse:
    if not faults.ON:
        return response
    with LOCK:
        slow = faults.hit("slow", channel.id, name)
        error = faults.hit("error_after", channel.id, name)
        cut_off = faults.hit("cut_after", channel.id, name)
    if slow:
        time.sleep(slow.delay_ms / 1000)
    if error:
        raise Refusal(500, "Internal server error")
    if cut_off:
        response.headers["x-simulator-cut"] = "1"
    return response


def _refused(refusal: Refusal) -> HttpResponse:
    return answer(refusal.body(), refusal.status, refusal.headers)


def answer(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(dumps(body), status=status, content_type="application/json", headers=headers)


def _note(
    request: HttpRequest,
    name: str,
    channel: Channel | None,
    response: HttpResponse,
    problem: str,
    began: float,
) -> None:
    entry = {
        "channel": channel.id if channel else None,
        "endpoint": name,
        "method": request.method,
        "path": request.path_info,
        "status": response.status_code,
        "request_id": request.META["line.request_id"],
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "message": problem,
    }
    with LOCK:
        journal.note_request(entry)


def raw_body(request: HttpRequest) -> bytes:
    """The request's body. Raises Refusal 413 beyond 2 MB, 415 for what is not sent as JSON."""
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "Unsupported media type. The content type must be application/json")
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise Refusal(413, "Request body size exceeds the limit of 2 MB")
    body = _read(request)
    if len(body) > MOST_BYTES:
        raise Refusal(413, "Request body size exceeds the limit of 2 MB")
    return body


def _read(request: HttpRequest) -> bytes:
    if request.META.get("CONTENT_LENGTH"):
        return request.body
    # A chunked body has no length and Django would read nothing.
    body: bytes = request.META["wsgi.input"].read(MOST_BYTES + 1)
    return body


def json_object(body: bytes) -> Json:
    """The body as a JSON object. Raises Refusal 400."""
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        message = f"The request body could not be parsed as JSON (line: {line}, column: {column})"
        raise Refusal(400, message) from error
    if not isinstance(value, dict):
        raise Refusal(400, "The request body could not be parsed as JSON (line: 1, column: 1)")
    return value
