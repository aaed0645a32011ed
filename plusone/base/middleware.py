"""What happens round every request: an id to trace it by, the content policy, the language."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: https://profile.line-scdn.net; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self' "
)
_BUYERS = re.compile(r"/t/[^/]+/liff(?:/|$)")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def page_policy() -> str:
    """The policy of all other pages; a form may lead to LINE, because signing in does."""
    return CONTENT_POLICY + _origin(settings.LINE_ACCESS_URL)


def liff_policy() -> str:
    """The policy of pages that LINE opens: LIFF's script and what it calls, nothing else from elsewhere.

    LINE's app shows pages by themselves; only the simulator's phone (LINE_LIFF_URL) has them in a frame.
    """
    calls = {_origin(a) for a in (settings.LINE_API_URL, settings.LINE_ACCESS_URL, settings.LINE_LIFF_URL)}
    liff = _origin(settings.LINE_LIFF_URL)
    frames = "'none'" if liff == "https://liff.line.me" else liff
    return (
        f"default-src 'self'; script-src 'self' {_origin(settings.LIFF_SDK_URL)}; "
        f"connect-src 'self' {' '.join(sorted(calls))}; img-src 'self' data: https://profile.line-scdn.net; "
        f"object-src 'none'; base-uri 'none'; frame-ancestors {frames}; form-action 'self'"
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


def compressed(get_response: Handler) -> Handler:
    """Pages of more than a kilobyte are sent gzipped, with padding against guessing by length (BREACH).

    Only pages: files are compressed already, or stream with their length.
    """

    gzip = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if len(response.content) > 1000:
            gzip.process_response(request, response)
        return response

    return middleware


def content_policy(get_response: Handler) -> Handler:
    """Strict policy on every page: nothing inline; from elsewhere only LIFF's script, on LIFF pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = liff_policy() if _BUYERS.match(request.path_info) else page_policy()
        response.setdefault("Content-Security-Policy", policy)
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
