"""ID tokens: who somebody is, as LINE signs it.

Two ways to get one, each with exactly one algorithm, so that no key can be mistaken for another's: LIFF gives
ES256 under LINE's published keys, the web login HS256 under the channel's secret (facts: line-platform 17).
Names and pictures in a token are not read: with the consent `openid` there are none.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import jwt
from jwt.types import Options

ISSUER = "https://access.line.me"
FUTURE_SECONDS = 60  # how far LINE's clock may be before ours
_LONGEST = 4096
_USER_ID = re.compile(r"U[0-9a-f]{32}")
_OPTIONS: Options = {
    "require": ["iss", "sub", "aud", "exp", "iat"],
    "strict_aud": True,
    # Looked at below, by the database's clock.
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}

Jwk = Mapping[str, Any]


class BadIdToken(Exception):
    """The token does not say who this is: forged, expired, another channel's, or no ID token at all.

    `reason` is `expired` or `refused`: more would only help who tries.
    """

    def __init__(self, reason: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason


def from_liff(token: str, *, key_of: Callable[[str], Jwk | None], channel_id: str, now: float) -> str:
    """The user id in a token that LIFF gave to a page of this channel (`now` in seconds since 1970).

    `key_of` finds LINE's public key by its id. Raises BadIdToken.
    """
    return _user_id(_decoded(token, _public_key(token, key_of), "ES256", channel_id), now)


def from_web(token: str, *, secret: str, channel_id: str, nonce: str, now: float) -> str:
    """The user id in a token that the web login gave to our server, for the attempt that `nonce` names.

    Raises BadIdToken.
    """
    if not secret or not nonce:
        raise BadIdToken
    claims = _decoded(token, secret.encode(), "HS256", channel_id)
    if claims.get("nonce") != nonce:
        raise BadIdToken
    return _user_id(claims, now)


def _public_key(token: str, key_of: Callable[[str], Jwk | None]) -> Any:
    if len(token) > _LONGEST:
        raise BadIdToken
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise BadIdToken from None
    key_id = header.get("kid")
    key = key_of(key_id) if header.get("alg") == "ES256" and isinstance(key_id, str) else None
    if key is None or (key.get("kty"), key.get("crv")) != ("EC", "P-256"):
        raise BadIdToken
    try:
        return jwt.PyJWK(dict(key), algorithm="ES256").key
    except jwt.PyJWTError:
        raise BadIdToken from None


def _decoded(token: str, key: Any, algorithm: str, channel_id: str) -> dict[str, Any]:
    """The claims, when the signature, the issuer and the one audience are right; times are not looked at."""
    if not channel_id or len(token) > _LONGEST:
        raise BadIdToken
    try:
        claims = jwt.decode(token, key, [algorithm], options=_OPTIONS, audience=channel_id, issuer=ISSUER)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadIdToken from None
    return dict(claims)


def _user_id(claims: Mapping[str, Any], now: float) -> str:
    expires, issued, person = claims["exp"], claims["iat"], claims["sub"]
    if not _is_time(expires) or not _is_time(issued) or issued > now + FUTURE_SECONDS:
        raise BadIdToken
    if not isinstance(person, str) or not _USER_ID.fullmatch(person):
        raise BadIdToken
    if expires <= now:
        raise BadIdToken("expired")
    return person


def _is_time(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
