"""LIFF's server API: the LIFF apps of a Login channel. The caller is the channel, by a token of its own."""

import secrets
from dataclasses import replace
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from plusone.simulator import logins
from plusone.simulator.api.browser import browser_endpoint
from plusone.simulator.api.endpoint import answer, json_object, raw_body
from plusone.simulator.api.errors import Refusal
from plusone.simulator.api.login import channel_of
from plusone.simulator.logins import LIFF_SCOPES, REGISTRY, LiffApp
from plusone.simulator.wire import Json

MOST = 30
SIZES = ("compact", "tall", "full")
_HERE = ("localhost", "127.0.0.1", "::1")


@browser_endpoint("liff", "GET", "POST")
def apps(request: HttpRequest) -> HttpResponse:
    """GET lists the channel's apps (404 when it has none), POST adds one."""
    channel = channel_of(request)
    mine = [app for app in REGISTRY.apps.values() if app.channel == channel.id]
    if request.method == "POST":
        if len(mine) >= MOST:
            raise Refusal(400, "The maximum number of LIFF apps has been reached")
        blank = LiffApp(f"{channel.id}-{secrets.token_hex(4)}", channel.id, channel.name, "", scopes=[])
        return answer({"liffId": logins.add_app(changed(blank, json_object(raw_body(request)), new=True)).id})
    if not mine:
        raise Refusal(404, "not found")
    return answer({"apps": [shown(app) for app in mine]})


@browser_endpoint("liff", "PUT", "DELETE")
def app(request: HttpRequest, liff: str) -> HttpResponse:
    """PUT changes an app, DELETE removes it."""
    found = REGISTRY.apps.get(liff)
    if found is None or found.channel != channel_of(request).id:
        raise Refusal(404, "not found")
    if request.method == "DELETE":
        logins.remove_app(liff)
    else:
        logins.add_app(changed(found, json_object(raw_body(request))))
    return HttpResponse(status=200)


def shown(app: LiffApp) -> Json:
    """A LIFF app as LINE tells it."""
    return {
        "liffId": app.id,
        "view": {"type": app.size, "url": app.endpoint},
        "description": app.name,
        "permanentLinkPattern": "concat",
        "scope": app.scopes,
        "botPrompt": app.bot_prompt,
    }


def changed(app: LiffApp, body: Json, *, new: bool = False) -> LiffApp:
    """The app with the fields of a request in it. Raises Refusal 400."""
    view = body.get("view", {})
    if not isinstance(view, dict) or (new and not {"type", "url"} <= view.keys()):
        raise Refusal(400, "view is required")
    result = replace(
        app,
        size=view.get("type", app.size),
        endpoint=view.get("url", app.endpoint),
        name=body.get("description", app.name),
        scopes=body.get("scope", app.scopes or ["profile", "chat_message.write"]),
        bot_prompt=body.get("botPrompt", app.bot_prompt),
    )
    _check(result)
    return result


def _check(app: LiffApp) -> None:
    if app.size not in SIZES:
        raise Refusal(400, "view.type is invalid")
    if not is_endpoint(app.endpoint):
        raise Refusal(400, "view.url is invalid")
    if not isinstance(app.name, str) or not app.name or "line" in app.name.lower():
        raise Refusal(400, "description is invalid")
    if not isinstance(app.scopes, list) or not set(app.scopes) <= set(LIFF_SCOPES):
        raise Refusal(400, "scope is invalid")
    if app.bot_prompt not in ("normal", "aggressive", "none"):
        raise Refusal(400, "botPrompt is invalid")


def is_endpoint(value: object) -> bool:
    """HTTPS without a fragment, as LINE wants it, or plain HTTP to this machine."""
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    return secure and bool(parts.hostname) and not parts.fragment
