"""LINE's public keys, kept by the process: asked for once an hour, or when a token names one not seen yet."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plusone.line import errors, wire

PATH = "/oauth2/v2.1/certs"
KEPT_SECONDS = 3600.0
PATIENCE_SECONDS = 10.0  # tokens with made-up key ids make us ask no oftener
SECONDS = 3.0
_HEADERS = [(b"user-agent", b"plusone"), (b"accept-encoding", b"identity")]


@dataclass(frozen=True)
class _Held:
    keys: Mapping[str, Mapping[str, Any]]
    at: float


_held: dict[str, _Held] = {}


def find(api: str, key_id: str) -> Mapping[str, Any] | None:
    """The key (a JWK) that LINE publishes at `api` under this id, or None.

    Old keys are good enough while LINE can't be asked; without any it raises plusone.line.errors.LineError.
    """
    held = _held.get(api)
    age = time.monotonic() - held.at if held else None
    if held and age is not None and _is_good(held, key_id, age):
        return held.keys.get(key_id)
    try:
        held = _held[api] = _Held(_ask(api), time.monotonic())
    except errors.LineError:
        if held is None or key_id not in held.keys:
            raise
    return held.keys.get(key_id)


def _is_good(held: _Held, key_id: str, age: float) -> bool:
    return age < (KEPT_SECONDS if key_id in held.keys else PATIENCE_SECONDS)


def _ask(api: str) -> dict[str, Mapping[str, Any]]:
    answer = wire.exchange(wire.shared_pool(), "GET", api + PATH, _HEADERS, seconds=SECONDS)
    if answer.status != 200:
        raise wire.failure(answer)
    listed = (wire.json_object(answer) or {}).get("keys")
    if not isinstance(listed, list):
        raise errors.Unclear(status=answer.status, request_id=answer.request_id, cause="NotKeys")
    return {str(key["kid"]): key for key in listed if isinstance(key, dict) and "kid" in key}
