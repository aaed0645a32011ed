"""Token endpoints: enough to check a channel's id and secret, to issue tokens and to verify them."""

import time
import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from plusone.simulator import access, journal
from plusone.simulator.api.endpoint import answer, cut_if_asked, fail_before
from plusone.simulator.api.errors import OAuthRefusal, Refusal
from plusone.simulator.logins import REGISTRY, LoginChannel
from plusone.simulator.world import LOCK, WORLD, Channel

SHORT_LIVED = 30 * 24 * 3600
STATELESS = 900

View = Callable[[HttpRequest], HttpResponse]


def _token_endpoint(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        try:
            fail_before(request.POST.get("client_id"), "token")
            response = view(request)
        except Refusal as refusal:
            response = answer(refusal.body(), refusal.status, refusal.headers)
        cut_if_asked(request, response, began)
        response.headers["x-line-request-id"] = str(uuid.uuid4())
        _note(request, response, began)
        return response

    return wrapped


def _note(request: HttpRequest, response: HttpResponse, began: float) -> None:
    entry = {
        "channel": None,
        "endpoint": "token",
        "method": request.method,
        "path": request.path_info,
        "status": response.status_code,
        "request_id": response.headers["x-line-request-id"],
        "ms": round((time.perf_counter() - began) * 1000, 1),
        "message": "" if response.status_code < 400 else response.content.decode(),
    }
    with LOCK:
        journal.note_request(entry)


@_token_endpoint
def short_lived(request: HttpRequest) -> HttpResponse:
    """A token for 30 days."""
    channel = _client(request)
    with LOCK:
        token = access.issue(channel.id, SHORT_LIVED)
    return answer({"access_token": token, "expires_in": SHORT_LIVED, "token_type": "Bearer"})


@_token_endpoint
def stateless(request: HttpRequest) -> HttpResponse:
    """A token for 15 minutes (the account's setting) that cannot be revoked."""
    channel = _client(request)
    with LOCK:
        seconds = channel.token_seconds if isinstance(channel, Channel) else STATELESS
        token = access.issue(channel.id, seconds)
    return answer({"access_token": token, "expires_in": seconds, "token_type": "Bearer"})


def _client(request: HttpRequest) -> Channel | LoginChannel:
    if request.method != "POST":
        raise Refusal(405, "Method not allowed")
    if request.POST.get("grant_type") != "client_credentials":
        raise OAuthRefusal("unsupported_grant_type", "unsupported grant type")
    id_ = request.POST.get("client_id", "")
    channel = WORLD.channels.get(id_) or REGISTRY.channels.get(id_)
    if channel is None:
        raise OAuthRefusal("invalid_client", "invalid client_id")
    if request.POST.get("client_secret") != channel.secret:
        raise OAuthRefusal("invalid_client", "invalid client_secret")
    return channel


@_token_endpoint
def verify(request: HttpRequest) -> HttpResponse:
    """Whose token it is and how long it still works (POST of the older kind, GET of v2.1)."""
    token = request.POST.get("access_token") or request.GET.get("access_token") or ""
    with LOCK:
        channel = access.channel_of(token)
        left = access.seconds_left(token)
    if channel is None:
        raise OAuthRefusal("invalid_request", "access token expired")
    return answer({"client_id": channel.id, "expires_in": left, "scope": "profile chat_message.write"})


@_token_endpoint
def revoke(request: HttpRequest) -> HttpResponse:
    """Makes an issued token invalid."""
    with LOCK:
        access.revoke(request.POST.get("access_token", ""))
    return HttpResponse(status=200)
