"""ID tokens: HS256 with the channel secret for web login, ES256 for LIFF and on request."""

import json
import secrets
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from jwt.algorithms import ECAlgorithm

from plusone.simulator import clock, logins
from plusone.simulator.logins import REGISTRY, LoginChannel
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD

ISSUER = "https://access.line.me"
SECONDS = 3600


class BadIdToken(Exception):
    """LINE's words for what is wrong with an ID token."""


@cache
def _key() -> tuple[str, EllipticCurvePrivateKey]:
    """This process's signing key and its id."""
    return secrets.token_hex(16), generate_private_key(SECP256R1())


def certs() -> Json:
    """The public key as /oauth2/v2.1/certs gives it."""
    kid, key = _key()
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**public, "use": "sig", "alg": "ES256", "kid": kid}]}


def mint(
    channel: LoginChannel, person: str, scopes: tuple[str, ...], *, nonce: str, es256: bool, **more: Any
) -> str:
    """A signed ID token of a person for a channel; `more` are further claims."""
    now = clock.now() // 1000
    claims = {
        "iss": ISSUER,
        "sub": logins.user_id(channel, person),
        "aud": channel.id,
        "exp": now + SECONDS,
        "iat": now,
        **({"nonce": nonce} if nonce else {}),
        "amr": ["linesso"],
        **_about(person, scopes),
        **more,
    }
    if not es256:
        return jwt.encode(claims, channel.secret, "HS256")
    kid, key = _key()
    return jwt.encode(claims, key, "ES256", {"kid": kid})


def _about(person: str, scopes: tuple[str, ...]) -> Json:
    name = {"name": WORLD.people[person].name} if "profile" in scopes else {}
    return {**name, **({"email": f"{person}@example.com"} if "email" in scopes else {})}


def verify(token: str, client_id: str, nonce: str | None, user_id: str | None) -> Json:
    """The token's claims. Raises BadIdToken with LINE's words, in LINE's order."""
    claims = _signed(token)
    wrong = {
        "Invalid IdToken Issuer.": claims.get("iss") != ISSUER,
        "IdToken expired.": claims.get("exp", 0) <= clock.now() // 1000,
        "Invalid IdToken Audience.": claims.get("aud") != client_id,
        "Invalid IdToken Nonce.": nonce is not None and claims.get("nonce") != nonce,
        "Invalid IdToken Subject Identifier.": user_id is not None and claims.get("sub") != user_id,
    }
    for words, is_wrong in wrong.items():
        if is_wrong:
            raise BadIdToken(words)
    return claims


def _signed(token: str) -> Json:
    """The claims of a token signed here: ES256 by our key only, HS256 by its audience's secret only."""
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        audience = str(jwt.decode(token, options={"verify_signature": False}).get("aud"))
        channel = REGISTRY.channels[audience]
        key = _key()[1].public_key() if algorithm == "ES256" else channel.secret
        return dict(
            jwt.decode(token, key, ["ES256" if algorithm == "ES256" else "HS256"], options=_SIGNATURE_ONLY)
        )
    except (jwt.InvalidTokenError, KeyError) as error:
        raise BadIdToken("Invalid IdToken.") from error


# Times go by the simulator's clock, audiences by LINE's order of refusals: both are looked at above.
_SIGNATURE_ONLY: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
