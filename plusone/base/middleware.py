"""What happens round every request: an id to trace it by, the content policy, the language."""

import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: https://profile.line-scdn.net; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def trace(get_response: Handler) -> Handler:
    """Give each request an id, put it on its log lines and its answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        response = get_response(request)
        response["X-Request-Id"] = request_id
        return response

    return middleware


def content_policy(get_response: Handler) -> Handler:
    """Strict content policy on every page: nothing inline, nothing from elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.setdefault("Referrer-Policy", "same-origin")
        return response

    return middleware


def language(get_response: Handler) -> Handler:
    """The language of the page: ?lang=, else the choice kept in a cookie, else the browser's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get("lang", "")
        known = dict(settings.LANGUAGES)
        kept = request.COOKIES.get("lang", "")
        code = (
            chosen
            if chosen in known
            else kept
            if kept in known
            else translation.get_language_from_request(request)
        )
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        if chosen in known and chosen != kept:
            response.set_cookie("lang", chosen, max_age=365 * 86400, samesite="Lax")
        response.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware
