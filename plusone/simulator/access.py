"""Whose access token it is: the account's own, and those the token endpoints issued."""

import secrets
from dataclasses import dataclass, field

from plusone.simulator import clock
from plusone.simulator.world import WORLD, Channel


@dataclass(slots=True)
class Issued:
    """A token of the token endpoints; `until` in ms."""

    channel: str
    until: int


@dataclass
class Keyring:
    issued: dict[str, Issued] = field(default_factory=dict)
    long_lived: dict[str, Channel] = field(default_factory=dict)
    version: int = -1


KEYRING = Keyring()


def clear() -> None:
    """Forgets issued tokens."""
    vars(KEYRING).update(vars(Keyring()))


def issue(channel: str, seconds: int) -> str:
    """A new access token of the channel with this id that works for `seconds`."""
    token = secrets.token_urlsafe(96)
    KEYRING.issued[token] = Issued(channel, clock.now() + seconds * 1000)
    return token


def issued_to(token: str) -> str | None:
    """The id of the channel, of whatever kind, that a valid issued token belongs to."""
    issued = KEYRING.issued.get(token)
    return issued.channel if issued and issued.until > clock.now() else None


def channel_of(token: str) -> Channel | None:
    """The account whose valid token this is."""
    if KEYRING.version != WORLD.version:
        KEYRING.long_lived = {c.access_token: c for c in WORLD.channels.values() if c.access_token}
        KEYRING.version = WORLD.version
    known = KEYRING.long_lived.get(token)
    if known:
        return known
    return WORLD.channels.get(issued_to(token) or "")


def seconds_left(token: str) -> int:
    """How long a valid token still works; a long-lived one is said to have ten years."""
    issued = KEYRING.issued.get(token)
    return max(0, (issued.until - clock.now()) // 1000) if issued else 315_360_000


def revoke(token: str) -> None:
    """Makes an issued token invalid; an unknown one is no error, as at LINE."""
    KEYRING.issued.pop(token, None)
