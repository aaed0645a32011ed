"""LINE's webhook: verify the raw bytes, keep the events, answer 200. Nothing else happens in the request
(DESIGN 3.3).

A plain WSGI callable in front of Django, because LINE waits two seconds and a sale sends thousands of these.
"""

import datetime
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from prometheus_client import Counter, Histogram

from plusone.base import logs
from plusone.base.secrets import CannotOpen, unseal
from plusone.chat.actions.keep import Keeper, Kept, open_pool
from plusone.line import events, signature
from plusone.tenants.actions import drop_old_secret
from plusone.tenants.models import place

PATH = re.compile(r"/t/([a-z0-9-]{1,40})/webhook/?")
MAX_BODY = 1024 * 1024
KNOWN_FOR_SECONDS = 5.0
ASKED_AGAIN_SECONDS = 1.0
_ANSWERS = Counter("plusone_webhook_answers", "Webhook requests by status", ["status"])
_SECONDS = Histogram(
    "plusone_webhook_seconds",
    "Time to answer a webhook",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)
_STATUS = {
    200: "200 OK",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    411: "411 Length Required",
    413: "413 Content Too Large",
    503: "503 Service Unavailable",
}
_NO_SECRET = "no such shop: checked all the same, so that timing tells nothing"  # noqa: S105

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True, slots=True)
class _Shop:
    tenant_id: int
    secrets: tuple[str, ...]
    bot_user_id: str


_FIND = """
    select c.tenant_id, c.sealed_secret, c.sealed_next_secret, c.bot_user_id
      from plusone_channel c join plusone_tenant t on t.id = c.tenant_id where t.slug = %s
"""


class Door:
    """One process's door: the shops it knows for a few seconds, and its own small database pool."""

    def __init__(self, address: str) -> None:
        """Nothing is opened yet: a server forks workers after loading this."""
        self._address = address
        self._keeper: Keeper | None = None
        self._shops: dict[str, tuple[float, _Shop | None]] = {}
        self._asked: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request whose path matched PATH."""
        began = time.perf_counter()
        try:
            status = self._answer(environ)
        except psycopg.Error:
            logs.logger().error("webhook.not_kept", exc_info=True)
            status = 503
        _ANSWERS.labels(status).inc()
        _SECONDS.observe(time.perf_counter() - began)
        start_response(
            _STATUS[status], [("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff")]
        )
        return [b"{}"]

    def _answer(self, environ: dict[str, Any]) -> int:
        if environ["REQUEST_METHOD"] != "POST":
            return 405
        body = _body(environ)
        if isinstance(body, int):
            return body
        slug = PATH.fullmatch(environ["PATH_INFO"])[1]  # type: ignore[index]
        return self._receive(slug, body, environ.get("HTTP_X_LINE_SIGNATURE"))

    def _receive(self, slug: str, body: bytes, signed: str | None) -> int:
        shop = self._shop(slug)
        signer = _signer(shop, body, signed)
        if signer is None:
            shop = self._shop(slug, fresh=True)
            signer = _signer(shop, body, signed)
        if shop is None:
            return 404
        if signer is None:
            return 401
        try:
            webhook = events.parse(body)
        except events.BadBody:
            return 400
        if shop.bot_user_id and webhook.destination and webhook.destination != shop.bot_user_id:
            return 401
        named = (event for event in webhook.events if events.event_id(event))
        rows = [kept(shop.tenant_id, event, place) for place, event in enumerate(named)]
        if rows:
            self._open().keep(rows)
        if signer == shop.secrets[0] and len(shop.secrets) > 1:
            self._drop_old_secret(slug, shop)
        return 200

    def _drop_old_secret(self, slug: str, shop: _Shop) -> None:
        """LINE signs with the new secret now, so the old one, perhaps changed because it leaked, opens
        nothing more.
        """
        self._shops.pop(slug, None)
        drop_old_secret(shop.tenant_id, shop.secrets[1])

    def _open(self) -> Keeper:
        if self._keeper is None:
            with self._lock:
                self._keeper = self._keeper or Keeper(open_pool(self._address))
        return self._keeper

    def _shop(self, slug: str, *, fresh: bool = False) -> _Shop | None:
        """The shop of this path from memory, or read again: after seconds, or at once when a signature fails.

        Failing signatures and unknown paths read once a second, so that a stranger can't make us ask at will.
        The first that fails reads at once: it may be the first with a new secret, and must not be lost.
        """
        now = time.monotonic()
        read_at, known = self._shops.get(slug, (-KNOWN_FOR_SECONDS, None))
        since = self._asked.get(slug, -KNOWN_FOR_SECONDS) if fresh and known else read_at
        if now - since < (ASKED_AGAIN_SECONDS if fresh or known is None else KNOWN_FOR_SECONDS):
            return known
        found = self._read(slug)
        if len(self._shops) > 10_000:
            self._shops.clear()
            self._asked.clear()
        if fresh:
            self._asked[slug] = now
        self._shops[slug] = (now, found)
        return found

    def _read(self, slug: str) -> _Shop | None:
        with self._open().pool.connection() as connection:
            row = connection.execute(_FIND, [slug]).fetchone()
        if row is None:
            return None
        tenant_id = row[0]
        try:
            opened = (
                unseal(row[1], place(tenant_id, "secret")),
                unseal(row[2], place(tenant_id, "next_secret")),
            )
        except CannotOpen:
            opened = ("", "")
        return _Shop(tenant_id, tuple(secret for secret in opened if secret), row[3])


def _signer(shop: _Shop | None, body: bytes, signed: str | None) -> str | None:
    """The secret that signed the body; an unknown shop costs as much time as one with another secret."""
    secrets = shop.secrets if shop else (_NO_SECRET,)
    found = [secret for secret in secrets if signature.verify(body, signed, (secret,))]
    return found[0] if found and shop else None


def _body(environ: dict[str, Any]) -> bytes | int:
    """The raw bytes, or the status of the refusal."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not (length.isascii() and length.isdigit()):
        return 400
    if len(length) > len(str(MAX_BODY)) or int(length or 0) > MAX_BODY:
        return 413
    body: bytes = environ["wsgi.input"].read(int(length) if length else MAX_BODY + 1)
    return 413 if len(body) > MAX_BODY else body


def kept(tenant_id: int, event: dict[str, Any], place: int = 0) -> Kept:
    """The inbox row of one LINE event; ids and words are cut to their columns, odd ones read as empty.

    LINE's clock counts milliseconds; the event's place in the body, as microseconds, keeps those of one
    moment in the order in which they came.
    """
    source = events.source(event)
    return Kept(
        tenant_id=tenant_id,
        event_id=events.event_id(event)[:40],
        type=events.kind(event)[:30],
        chat_kind=source.kind[:8],
        chat_key=source.chat_id[:40],
        user_id=source.user_id[:40],
        message_id=events.message_id(event)[:40],
        line_at=_moment(events.occurred_ms(event), place),
        reply_token=events.reply_token(event)[:80] if events.may_answer(event) else "",
        redelivered=events.is_redelivery(event),
        body=event,
        state="new" if events.may_answer(event) else "ignored",
    )


def _moment(milliseconds: int, microseconds: int) -> datetime.datetime:
    """A moment from LINE's milliseconds; a nonsense number counts as long ago, so it is kept and not acted
    on.
    """
    more = datetime.timedelta(microseconds=microseconds)
    try:
        return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC) + more
    except (ValueError, OverflowError, OSError):
        return datetime.datetime.fromtimestamp(0, datetime.UTC)
