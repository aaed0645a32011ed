"""LINE Login's token endpoints: code for tokens, refreshing, verifying, revoking."""

import base64
import hashlib
import re

from django.http import HttpRequest, HttpResponse

from plusone.simulator import access as channel_tokens
from plusone.simulator import clock, grants, idtokens
from plusone.simulator.api import oauth
from plusone.simulator.api.browser import bad_request, browser_endpoint
from plusone.simulator.api.endpoint import answer, json_object, raw_body
from plusone.simulator.api.errors import OAuthRefusal, Refusal
from plusone.simulator.grants import DRAWER, Access, Code
from plusone.simulator.idtokens import BadIdToken
from plusone.simulator.logins import REGISTRY, LoginChannel
from plusone.simulator.wire import Json

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@browser_endpoint("login", "POST")
def token(request: HttpRequest) -> HttpResponse:
    """A code or a refresh token becomes an access token."""
    kind = request.POST.get("grant_type", "")
    if kind not in ("authorization_code", "refresh_token"):
        raise OAuthRefusal("unsupported_grant_type", "unsupported grant_type")
    channel = REGISTRY.channels.get(request.POST.get("client_id", ""))
    if channel is None:
        raise OAuthRefusal("invalid_client", "invalid client_id")
    return answer((_of_code if kind == "authorization_code" else _of_refresh)(request, channel))


def _of_code(request: HttpRequest, channel: LoginChannel) -> Json:
    code = grants.take_code(request.POST.get("code", ""))
    if code is None or code.channel != channel.id:
        raise OAuthRefusal("invalid_grant", "invalid authorization code")
    if request.POST.get("redirect_uri") != code.redirect_uri:
        raise OAuthRefusal("invalid_grant", "redirect_uri does not match")
    _check_proof(request, channel, code)
    es256 = bool(code.liff) or request.POST.get("id_token_key_type") == "JWK"
    return _tokens(channel, code, es256)


def _check_proof(request: HttpRequest, channel: LoginChannel, code: Code) -> None:
    """Web login shows the secret, LIFF in a browser only the verifier; a challenge must be met by both."""
    verifier = request.POST.get("code_verifier", "")
    if not (code.liff and verifier):
        check_secret(request, channel)
    if code.challenge and not (_VERIFIER.fullmatch(verifier) and _challenge(verifier) == code.challenge):
        raise OAuthRefusal("invalid_grant", "invalid code_verifier")


def check_secret(request: HttpRequest, channel: LoginChannel) -> None:
    """Raises OAuthRefusal where the request does not show the channel's secret."""
    if request.POST.get("client_secret") != channel.secret:
        raise OAuthRefusal("invalid_client", "invalid client_secret")


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _tokens(channel: LoginChannel, code: Code, es256: bool) -> Json:
    seconds = grants.LIFF_SECONDS if code.liff else grants.WEB_SECONDS
    access = Access(channel.id, code.person, code.scopes, code.liff)
    more = {"auth_time": clock.now() // 1000} if code.max_age else {}
    id_token = (
        {"id_token": idtokens.mint(channel, code.person, code.scopes, nonce=code.nonce, es256=es256, **more)}
        if "openid" in code.scopes
        else {}
    )
    return {
        "access_token": grants.new_access(access, seconds),
        "expires_in": seconds,
        **id_token,
        "refresh_token": grants.new_refresh(access),
        "scope": shown_scopes(code.scopes),
        "token_type": "Bearer",
    }


def shown_scopes(scopes: tuple[str, ...]) -> str:
    """Scopes as LINE tells them: `email` is never among them."""
    return " ".join(scope for scope in scopes if scope != "email")


def _of_refresh(request: HttpRequest, channel: LoginChannel) -> Json:
    letters = request.POST.get("refresh_token", "")
    check_secret(request, channel)
    known = grants.refreshed(letters, channel.id)
    if known is None:
        raise OAuthRefusal("invalid_grant", "invalid refresh token")
    access = Access(channel.id, known.person, known.scopes, known.liff)
    return {
        "access_token": grants.new_access(access, grants.WEB_SECONDS),
        "expires_in": grants.WEB_SECONDS,
        "refresh_token": letters,
        "scope": shown_scopes(known.scopes),
        "token_type": "Bearer",
    }


def verify(request: HttpRequest) -> HttpResponse:
    """POST checks an ID token, GET an access token; a channel's own token is told of as before."""
    if request.method in ("POST", "OPTIONS") and "access_token" not in request.POST:
        return _verify_id(request)
    if request.GET.get("access_token", "") in DRAWER.access or request.method == "OPTIONS":
        return _verify_access(request)
    return oauth.verify(request)


@browser_endpoint("login", "POST")
def _verify_id(request: HttpRequest) -> HttpResponse:
    id_token, client = request.POST.get("id_token"), request.POST.get("client_id")
    if not id_token or not client:
        raise bad_request("id_token and client_id are required")
    try:
        return answer(
            idtokens.verify(id_token, client, request.POST.get("nonce"), request.POST.get("user_id"))
        )
    except BadIdToken as error:
        raise bad_request(str(error)) from error


@browser_endpoint("login", "GET")
def _verify_access(request: HttpRequest) -> HttpResponse:
    access = DRAWER.access[request.GET["access_token"]]
    if access.revoked:
        raise bad_request("access token revoked")
    left = (access.until - clock.now()) // 1000
    if left <= 0:
        raise bad_request("access token expired")
    scope = shown_scopes(access.scopes)
    return answer({"scope": scope, "client_id": access.channel, "expires_in": left})


@browser_endpoint("login", "POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """Ends a person's access token; the channel shows its secret, a LIFF page only its id."""
    channel = REGISTRY.channels.get(request.POST.get("client_id", ""))
    access = DRAWER.access.get(request.POST.get("access_token", ""))
    if channel is None:
        raise OAuthRefusal("invalid_client", "invalid client_id")
    if not (access and access.liff):
        check_secret(request, channel)
    if access and access.channel == channel.id:
        grants.revoke(request.POST["access_token"])
    return HttpResponse(status=200)


@browser_endpoint("login", "POST")
def deauthorize(request: HttpRequest) -> HttpResponse:
    """The app gives a person's consent back, with the channel's own token."""
    channel = channel_of(request)
    given = json_object(raw_body(request)).get("userAccessToken")
    access = grants.holder(given) if isinstance(given, str) else None
    if access is None or access.channel != channel.id:
        raise Refusal(400, "invalid userAccessToken")
    grants.forget(channel.id, access.person)
    return HttpResponse(status=204)


def channel_of(request: HttpRequest) -> LoginChannel:
    """The Login channel whose own token the request carries. Raises Refusal 401."""
    token = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
    channel = REGISTRY.channels.get(channel_tokens.issued_to(token) or "")
    if channel is None:
        raise Refusal(401, "invalid token")
    return channel
