"""Sign in with LINE without LIFF: for shops that have a LINE Login channel only."""

import hmac
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from plusone.base import numbers
from plusone.line import errors, id_token, login
from plusone.storefront.access import COOKIE, ShopRequest, open_to_all
from plusone.storefront.actions import sessions
from plusone.storefront.rules.words import within
from plusone.storefront.views.pages import DAY, address, cookie_path, going, home, keep, site
from plusone.tenants.models import Channel

ATTEMPT, SALT, SECONDS = "attempt", "plusone.storefront.web_login", 600


@open_to_all
@require_safe
def begin(request: ShopRequest, slug: str) -> HttpResponse:
    """To LINE, with an attempt of its own that this browser keeps."""
    channel = Channel.objects.first()
    if channel is None or not can_sign_in(channel):
        return going(request, "shop-enter")
    attempt = login.new_attempt()
    to = login.address(
        settings.LINE_ACCESS_URL,
        attempt,
        channel_id=channel.login_channel_id,
        back=_back(request),
        language=str(request.LANGUAGE_CODE),
    )
    following = within(request.GET.get("next", ""), home(request), home(request))
    kept = signing.dumps({**attempt.kept(), "next": following}, salt=_salt(request))
    response = redirect(to)
    keep(request, response, ATTEMPT, kept, seconds=SECONDS)
    return response


@open_to_all
@require_safe
def come_back(request: ShopRequest, slug: str) -> HttpResponse:
    """From LINE: the attempt's state, once; the code for a token, and the token for a session."""
    attempt, following = _kept(request)
    if attempt is None or not hmac.compare_digest(
        request.GET.get("state", "").encode(errors="replace"), attempt.state.encode()
    ):
        return _over(request, going(request, "shop-enter", said="not_signed_in"))
    try:
        person = _person(request, attempt, Channel.objects.get())
    except (id_token.BadIdToken, errors.Refused, errors.BadToken):
        return _over(request, going(request, "shop-enter", said="not_signed_in"))
    except errors.LineError:
        return _over(request, going(request, "shop-enter", said="line_silent"))
    token = sessions.open_session(person, instead_of=request.COOKIES.get(COOKIE, ""))
    response = redirect(following)
    keep(request, response, COOKIE, token, seconds=sessions.DAYS * DAY)
    return _over(request, response)


def can_sign_in(channel: Channel) -> bool:
    """True when the shop has told its LINE Login channel and that one's secret."""
    return bool(channel.login_channel_id and channel.sealed_login_secret)


def _person(request: ShopRequest, attempt: login.Attempt, channel: Channel) -> str:
    names: dict[str, Any] = {"channel_id": channel.login_channel_id}
    token = login.exchange(
        settings.LINE_API_URL,
        attempt,
        request.GET.get("code", ""),
        channel_secret=channel.login_secret(),
        back=_back(request),
        **names,
    )
    now = numbers.database_now().timestamp()
    return id_token.from_web(token, secret=channel.login_secret(), nonce=attempt.nonce, now=now, **names)


def _kept(request: ShopRequest) -> tuple[login.Attempt | None, str]:
    try:
        kept = signing.loads(request.COOKIES.get(ATTEMPT, ""), salt=_salt(request), max_age=SECONDS)
    except signing.BadSignature:
        return None, home(request)
    return login.Attempt(kept["state"], kept["nonce"], kept["verifier"]), kept["next"]


def _over(request: ShopRequest, response: HttpResponse) -> HttpResponse:
    """An attempt is good once."""
    response.delete_cookie(ATTEMPT, path=cookie_path(request))
    return response


def _back(request: ShopRequest) -> str:
    return site(request) + address(request, "shop-web-login-back")


def _salt(request: ShopRequest) -> str:
    return f"{SALT}:{request.tenant.pk}"
