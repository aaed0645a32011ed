"""Secrets at rest: AES-GCM under keys that live outside the database, bound to the place they stand in.

A value reads `key id (4 bytes) | nonce (12) | ciphertext`; the place (tenant, table, field) is authenticated
with it, so a ciphertext moved to another row or field does not open.
"""

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from plusone.base import keyfiles

_KEY_BYTES = 32
_NONCE_ENDS = 16


class CannotOpen(Exception):
    """The secret was sealed with a key we don't have, or stands in another place than it was sealed for."""


def seal(secret: str, place: str) -> bytes:
    """Encrypt a secret with the newest key for this place; empty stays empty."""
    if not secret:
        return b""
    key = _keys()[0]
    nonce = os.urandom(12)
    return _key_id(key) + nonce + AESGCM(key).encrypt(nonce, secret.encode(), place.encode())


def unseal(sealed: bytes | memoryview, place: str) -> str:
    """Decrypt; raises CannotOpen. The empty value is the empty secret."""
    data = bytes(sealed)
    if not data:
        return ""
    for key in _keys():
        if _key_id(key) == data[:4] and len(data) > _NONCE_ENDS:
            try:
                return AESGCM(key).decrypt(data[4:_NONCE_ENDS], data[_NONCE_ENDS:], place.encode()).decode()
            except InvalidTag:
                break
    raise CannotOpen(place)


def needs_resealing(sealed: bytes | memoryview) -> bool:
    """True when the value was sealed with an older key."""
    return bool(sealed) and bytes(sealed)[:4] != _key_id(_keys()[0])


def add_key() -> None:
    """Make a new key the newest one; the older ones still open what they sealed."""
    path = key_file()
    with keyfiles.alone(path):
        keyfiles.replace(path, os.urandom(_KEY_BYTES).hex() + "\n" + path.read_text())
    _cache.clear()


def key_file() -> Path:
    """Where the keys are: a line each, newest first; made on first use, readable by the owner only."""
    path = Path(os.environ.get("PLUSONE_KEYS") or settings.DATA / "keys" / "secrets")
    keyfiles.make_once(path, os.urandom(_KEY_BYTES).hex() + "\n")
    return path


_cache: dict[tuple[str, int, int], list[bytes]] = {}


def _keys() -> list[bytes]:
    path = key_file()
    state = path.stat()
    stamp = (str(path), state.st_ino, state.st_mtime_ns)
    if stamp not in _cache:
        _cache.clear()
        _cache[stamp] = [bytes.fromhex(line) for line in path.read_text().split()]
    return _cache[stamp]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"plusone key id" + key).digest()[:4]
