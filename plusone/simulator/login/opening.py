"""https://liff.line.me/{liffId}/…: the way into a LIFF app, from LINE's browser and from others."""

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plusone.simulator import grants, idtokens
from plusone.simulator.grants import Access
from plusone.simulator.login.asking import with_query
from plusone.simulator.login.authorize import POLICY
from plusone.simulator.login.words import TAGS, language_of, words
from plusone.simulator.logins import REGISTRY, LiffApp
from plusone.simulator.world import LOCK


def plain(request: HttpRequest, liff: str, rest: str | None = None) -> HttpResponse:
    """A browser outside LINE is sent to the endpoint, without a word about who is there."""
    with LOCK:
        app = REGISTRY.apps.get(liff)
    if app is None:
        return _unknown(request, liff)
    wanted = (rest or "") + (f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else "")
    return HttpResponse(status=302, headers={"Location": primary(app, wanted), "Cache-Control": "no-store"})


def _unknown(request: HttpRequest, liff: str) -> HttpResponse:
    language = language_of(request)
    shown = {
        "tag": TAGS[language],
        "words": words(language),
        "wrong": words(language)["wrong.liff_id"],
        "what": liff,
    }
    response = render(request, "login/wrong.html", shown, status=404)
    response["Content-Security-Policy"] = POLICY
    return response


def primary(app: LiffApp, wanted: str) -> str:
    """The primary redirect: the endpoint, with path and query of the LIFF address in `liff.state`."""
    return with_query(app.endpoint, {"liff.state": wanted if wanted.strip("/") else ""})


def as_person(app: LiffApp, person: str, chat: str, address: str) -> str:
    """Where LINE's own browser goes for an address tapped in `chat`; the fragment carries the tokens."""
    parts = urlsplit(address)
    rest = parts.path.removeprefix("/").removeprefix(app.id)
    wanted = (
        rest + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    )
    return f"{primary(app, wanted)}#{urlencode(_credentials(app, person, chat))}"


def _credentials(app: LiffApp, person: str, chat: str) -> dict[str, str]:
    channel, scopes = REGISTRY.channels[app.channel], tuple(app.scopes)
    access = Access(channel.id, person, scopes, app.id, chat)
    tokens = {"access_token": grants.new_access(access, grants.LIFF_SECONDS), "client_id": channel.id}
    if "openid" in scopes:
        tokens["id_token"] = idtokens.mint(channel, person, scopes, nonce="", es256=True)
    return tokens
