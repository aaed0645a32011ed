"""Reply tokens (once, for a minute, for one account) and retry keys (24 hours)."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from plusone.simulator import clock
from plusone.simulator.world import Channel

# A token of a redelivered event works until 20 minutes after the event.
EVENT_MINUTES = 20
RETRY_KEY_HOURS = 24


@dataclass(slots=True)
class ReplyToken:
    """`until` is when it stops working, `cap` when no redelivery may renew it any more (ms)."""

    channel: str
    chat: str | None
    event: str | None
    until: int
    cap: int


@dataclass(slots=True)
class RetryKey:
    """A retry key that was accepted: the first request's id, its time and what it answered."""

    request_id: str
    time: int
    sent: list[dict[str, str]] | None


@dataclass
class Drawer:
    live: OrderedDict[str, ReplyToken] = field(default_factory=OrderedDict)
    storm: set[tuple[str, str]] = field(default_factory=set)
    used: int = 0
    retry_keys: OrderedDict[tuple[str, str], RetryKey] = field(default_factory=OrderedDict)


DRAWER = Drawer()


def clear() -> None:
    """Forgets all tokens and keys."""
    vars(DRAWER).update(vars(Drawer()))


def mint(channel: Channel, chat: str | None, event: str | None, seconds: float | None = None) -> str:
    """A new reply token; it works for `seconds` (default: the account's setting) from now or its delivery."""
    now = clock.now()
    token = secrets.token_hex(16)
    until = now + int((channel.reply_seconds if seconds is None else seconds) * 1000)
    DRAWER.live[token] = ReplyToken(channel.id, chat, event, until, now + EVENT_MINUTES * 60_000)
    _drop_dead(now)
    return token


def _drop_dead(now: int) -> None:
    while DRAWER.live and next(iter(DRAWER.live.values())).cap < now:
        DRAWER.live.popitem(last=False)


def delivered(token: str, channel: Channel) -> None:
    """Starts the token's minute again: LINE has just sent the event that carries it."""
    known = DRAWER.live.get(token)
    if known:
        known.until = min(clock.now() + int(channel.reply_seconds * 1000), known.cap)


def chat_of(token: str) -> str | None:
    """The chat that a live token answers in."""
    known = DRAWER.live.get(token)
    return known.chat if known else None


def take(channel: Channel, token: str) -> ReplyToken | None:
    """Uses the token up; None when it is used, too old, unknown or another account's."""
    known = DRAWER.live.get(token)
    if known is None:
        return _take_storm(channel, token)
    if known.channel != channel.id or known.until < clock.now():
        return None
    del DRAWER.live[token]
    DRAWER.used += 1
    return known


def _take_storm(channel: Channel, token: str) -> ReplyToken | None:
    prefix = channel.accept_unknown_tokens
    if not prefix or not token.startswith(prefix) or (channel.id, token) in DRAWER.storm:
        return None
    DRAWER.storm.add((channel.id, token))
    DRAWER.used += 1
    return ReplyToken(channel.id, None, None, 0, 0)


def accepted_before(channel: Channel, key: str) -> RetryKey | None:
    """What an earlier request with this retry key was answered; None when there was none within 24 hours."""
    oldest = clock.now() - RETRY_KEY_HOURS * 3_600_000
    while DRAWER.retry_keys and next(iter(DRAWER.retry_keys.values())).time < oldest:
        DRAWER.retry_keys.popitem(last=False)
    return DRAWER.retry_keys.get((channel.id, key))


def keep_retry_key(channel: Channel, key: str, request_id: str, sent: list[dict[str, str]] | None) -> None:
    """Remembers that a request with this key was accepted, and its sent messages (push only)."""
    DRAWER.retry_keys[channel.id, key] = RetryKey(request_id, clock.now(), sent)
