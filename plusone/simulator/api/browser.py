"""What LINE Login's and LIFF's endpoints share: calls from pages of other sites, refusals, the journal."""

import time
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from plusone.simulator import grants, journal
from plusone.simulator.api.endpoint import answer, cut_if_asked, fail_before
from plusone.simulator.api.errors import OAuthRefusal, Refusal, unauthorised
from plusone.simulator.grants import Access
from plusone.simulator.world import LOCK

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def browser_endpoint(name: str, *methods: str) -> Callable[[View[P]], View[P]]:
    """Makes a view that pages may call from anywhere; it runs under the lock and may raise Refusal."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return _answered(request, name, methods, lambda: view(request, *args, **kwargs))

        return wrapped

    return decorate


def _answered(
    request: HttpRequest, name: str, methods: tuple[str, ...], act: Callable[[], HttpResponse]
) -> HttpResponse:
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    began = time.perf_counter()
    try:
        if request.method not in methods:
            raise Refusal(405, "Method not allowed")
        fail_before(request.POST.get("client_id"), name)
        with LOCK:
            response = act()
    except Refusal as refusal:
        response = answer(refusal.body(), refusal.status, refusal.headers)
    cut_if_asked(request, response, began)
    response.headers["x-line-request-id"] = str(uuid.uuid4())
    _note(request, name, response, began)
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Headers"] = "authorization, content-type"
    response["Access-Control-Allow-Methods"] = "GET, POST, PUT, DELETE"
    response["Access-Control-Max-Age"] = "600"
    return response


def _note(request: HttpRequest, name: str, response: HttpResponse, began: float) -> None:
    entry = {
        "channel": None,
        "endpoint": name,
        "method": request.method,
        "path": request.path_info,
        "status": response.status_code,
        "request_id": response.headers["x-line-request-id"],
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "message": "" if response.status_code < 400 else response.content.decode(),
    }
    with LOCK:
        journal.note_request(entry)


def holder(request: HttpRequest, scope: str = "") -> Access:
    """Who calls, by the access token in the header. Raises Refusal 401, 403 where `scope` was not granted."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    access = grants.holder(token) if scheme == "Bearer" else None
    if access is None:
        raise unauthorised("Confirm that the access token in the authorization header is valid.")
    if scope and scope not in access.scopes:
        raise Refusal(403, "The access token does not have the required scope: " + scope)
    return access


def bad_request(description: str) -> OAuthRefusal:
    """400 in OAuth's words."""
    return OAuthRefusal("invalid_request", description)
