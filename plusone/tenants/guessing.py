"""Whoever goes through numbers is told to wait. Only misses are counted and only misses refused: public ids
have 96 random bits or more, so a hit is no guess, and customers behind one address with a guesser are served.
"""

from collections.abc import Callable
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plusone.tenants.actions import guessing
from plusone.tenants.visitors import address_of

Handler = Callable[[HttpRequest], HttpResponse]


def misses_counted(get_response: Handler) -> Handler:
    """Say 429 instead of 404 where too much was asked for that is not there."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not _is_miss(request, response):
            return response
        wait = guessing.missed(address_of(request), request.path_info)
        return _too_many(request, wait) if wait else response

    return middleware


def _is_miss(request: HttpRequest, response: HttpResponse) -> bool:
    """True when something in the address might have been guessed: a shop's name, an id, a file's, a token.

    A team at work in its own shop does not guess.
    """
    if response.status_code != 404 or getattr(request, "member", None):
        return False
    named = request.resolver_match.kwargs if request.resolver_match else {}
    return getattr(request, "tenant_missing", False) or bool(set(named) - {"slug"})


def _too_many(request: HttpRequest, wait: int) -> HttpResponse:
    response = render(request, "429.html", {"minutes": ceil(wait / 60)}, status=429)
    response["Retry-After"] = str(wait)
    return response
