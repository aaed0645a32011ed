"""LINE's web login as a server does it: send the browser to LINE, change the code it brings for an ID token.

Each attempt has a state, a nonce and a verifier of its own; the browser keeps them signed, for ten minutes.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from plusone.line import answers, errors, wire

SECONDS = 5.0
_HEADERS = [
    (b"user-agent", b"plusone"),
    (b"accept-encoding", b"identity"),
    (b"content-type", b"application/x-www-form-urlencoded"),
]


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: what must come back, and what proves that the code is ours."""

    state: str
    nonce: str
    verifier: str

    def kept(self) -> dict[str, str]:
        """As plain values, to be kept by the browser."""
        return asdict(self)


def new_attempt() -> Attempt:
    """Three texts that nobody can guess."""
    return Attempt(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))


def address(access: str, attempt: Attempt, *, channel_id: str, back: str, language: str) -> str:
    """Where the browser goes: LINE asks for `openid` and nothing more."""
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": channel_id,
        "redirect_uri": back,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "scope": "openid",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    return f"{access}/oauth2/v2.1/authorize?{urlencode(query)}"


def exchange(
    api: str, attempt: Attempt, code: str, *, channel_id: str, channel_secret: str, back: str
) -> str:
    """The ID token for a code, not yet checked. Raises plusone.line.errors.LineError."""
    form: Mapping[str, str] = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": channel_id,
        "client_secret": channel_secret,
        "code_verifier": attempt.verifier,
    }
    url = f"{api}/oauth2/v2.1/token"
    answer = wire.exchange(
        wire.shared_pool(), "POST", url, _HEADERS, urlencode(form).encode(), seconds=SECONDS
    )
    if answer.status != 200:
        raise wire.failure(answer)
    told = wire.json_object(answer)
    if told is None:
        raise errors.Unclear(status=answer.status, request_id=answer.request_id, cause="NotAnObject")
    return answers.words(told, "id_token")
