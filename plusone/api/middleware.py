"""A program's token becomes the tenant in scope; what is no proper call is refused before any view."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plusone.api.once import once
from plusone.api.refusals import Problem, in_json, refused
from plusone.base.audit import Actor
from plusone.tenants.actions import find_token, guessing
from plusone.tenants.middleware import TenantRequest, in_scope
from plusone.tenants.models import ApiToken
from plusone.tenants.visitors import address_of

PREFIX = "/api/v1/"
OPEN = (f"{PREFIX}openapi.json",)
MAX_BODY = 1024 * 1024

Handler = Callable[[HttpRequest], HttpResponse]


class ApiRequest(TenantRequest):
    """A request under /api/v1/, in the scope of its token's tenant."""

    api_token: ApiToken


def token_in_header(get_response: Handler) -> Handler:
    """Open the token's tenant round every view under /api/v1/; a refusal changes nothing and is JSON."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or request.path_info in OPEN:
            return get_response(request)
        return in_json(_admit(request, get_response))

    return middleware


def actor(request: ApiRequest) -> Actor:
    """The program, by its token, as the one who acts."""
    return Actor("token", str(request.api_token.pk))


def _admit(request: HttpRequest, get_response: Handler) -> HttpResponse:
    found = _token(request)
    if found is None:
        return _unknown(request)
    if _is_too_large(request):
        return refused(413, [Problem("", "too_large")])
    request.api_token = found  # type: ignore[attr-defined]
    return in_scope(request, found.tenant, lambda scoped: once(scoped, get_response))


def _unknown(request: HttpRequest) -> HttpResponse:
    """401; 429 to who tries one token after another (a call without any guesses nothing)."""
    told = request.headers.get("Authorization", "")
    wait = guessing.missed(address_of(request), told) if told else 0
    if wait:
        answer = refused(429, [Problem("", "too_many")])
        answer["Retry-After"] = str(wait)
    else:
        answer = refused(401, [Problem("", "unauthorized")])
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _token(request: HttpRequest) -> ApiToken | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return find_token(token.strip()) if kind.lower() == "bearer" and token.strip() else None


def _is_too_large(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length") or "0"
    return not length.isdigit() or int(length) > MAX_BODY
