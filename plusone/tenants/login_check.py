"""LINE Login and LIFF, as the shop's own Login channel tells of them: part of the connection check."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from plusone.line import errors
from plusone.line.answers import LiffApp
from plusone.line.client import Addresses, Client, issue_stateless_token
from plusone.tenants.findings import Finding
from plusone.tenants.models import Channel

# What the shop's pages need: who it is, and what they are called.
NEEDED_SCOPES = ("openid", "profile")
_LIFF_ID = re.compile(r"(\d{5,20})-[A-Za-z0-9]{4,30}")
_CHANNEL_ID = re.compile(r"\d{5,20}")


def check(addresses: Addresses, channel: Channel, login_secret: str, wanted: str) -> Iterator[Finding]:
    """Look at what was typed in, then ask LINE; `wanted` is the address of the shop's pages."""
    shapes = [*_login_shape(channel), *_liff_shape(channel)]
    yield from shapes
    if not channel.login_channel_id or any(finding.code == "login_malformed" for finding in shapes):
        return
    if not login_secret:
        yield Finding("login_secret_missing", "warning")
        return
    yield from _asked(addresses, channel, login_secret, wanted)


def _login_shape(channel: Channel) -> Iterator[Finding]:
    if not channel.login_channel_id:
        yield Finding("login_missing", "warning")
    elif not _CHANNEL_ID.fullmatch(channel.login_channel_id):
        yield Finding("login_malformed", "wrong", {"login_channel_id": channel.login_channel_id})


def _liff_shape(channel: Channel) -> Iterator[Finding]:
    if not channel.liff_id:
        yield Finding("liff_missing", "warning")
        return
    shape = _LIFF_ID.fullmatch(channel.liff_id)
    if not shape:
        yield Finding("liff_malformed", "wrong", {"liff_id": channel.liff_id})
    elif channel.login_channel_id and shape[1] != channel.login_channel_id:
        facts = {"liff_id": channel.liff_id, "login_channel_id": channel.login_channel_id}
        yield Finding("liff_of_another_channel", "wrong", facts)


def _asked(addresses: Addresses, channel: Channel, login_secret: str, wanted: str) -> Iterator[Finding]:
    """The Login channel's own token lists its LIFF apps; who gets one has shown the right secret."""
    facts = {"login_channel_id": channel.login_channel_id}
    try:
        token = issue_stateless_token(addresses, channel.login_channel_id, login_secret).token
        apps = Client(addresses, token).liff_apps()
    except (errors.Refused, errors.BadToken) as error:
        is_unknown = "client_id" in error.line_message.lower()
        yield Finding("login_unknown" if is_unknown else "login_secret_wrong", "wrong", facts)
        return
    except errors.LineError as error:
        yield Finding("login_unread", "unknown", {"status": error.status})
        return
    yield Finding("login_right", "ok")
    yield from _app(channel.liff_id, apps, wanted)


def _app(liff_id: str, apps: tuple[LiffApp, ...], wanted: str) -> Iterator[Finding]:
    if not _LIFF_ID.fullmatch(liff_id):
        return
    app = next((app for app in apps if app.liff_id == liff_id), None)
    if app is None:
        others = ", ".join(app.liff_id for app in apps)
        yield Finding("liff_unknown", "wrong", {"liff_id": liff_id, "others": others, "wanted": wanted})
        return
    yield Finding("liff_known", "ok", {"liff_id": liff_id})
    missing = [scope for scope in NEEDED_SCOPES if scope not in app.scopes]
    if missing:
        yield Finding("liff_scope_missing", "wrong", {"missing": ", ".join(missing)})
    if not _is_same(app.endpoint, wanted):
        yield Finding("liff_elsewhere", "wrong", {"url": app.endpoint, "wanted": wanted})


def _is_same(address: str, wanted: str) -> bool:
    """Without PLUSONE_URL only the path can be compared: we don't know our own name."""
    known = address if settings.PUBLIC_URL else urlsplit(address).path
    right = wanted if settings.PUBLIC_URL else urlsplit(wanted).path
    return known.rstrip("/") == right.rstrip("/")
