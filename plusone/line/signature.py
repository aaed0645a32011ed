"""The signature that LINE puts on every webhook: base64 of HMAC-SHA256 over the exact bytes of the body."""

import base64
import hmac
from collections.abc import Iterable


def sign(body: bytes, secret: str) -> str:
    """What LINE sends in `x-line-signature` for these exact bytes under this channel secret."""
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def verify(body: bytes, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the channel's secrets signed these bytes.

    Several secrets serve a rotation: LINE kills the old one at once, the merchant pastes the new one later.
    Each is tried, and compared in constant time. A blank secret never verifies: anybody can sign with it.
    """
    given = (signature or "").encode("utf-8", "replace")
    matches = [hmac.compare_digest(sign(body, secret).encode(), given) for secret in secrets if secret]
    return any(matches)
