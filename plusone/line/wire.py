"""One exchange with LINE over HTTP: a pooled connection, hard limits, and an answer or a typed error."""

import functools
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2

from plusone.line import errors

Headers = list[tuple[bytes, bytes]]

# facts/reliability.md 5.3: connect 2 s, all of it about 8 s. Waiting for a place in the pool is not sending.
TOTAL_SECONDS = 8.0
TIMEOUTS = {"timeout": {"connect": 2.0, "write": 2.0, "read": 6.0, "pool": 1.0}}
ANSWER_BYTES = 1_000_000

_NOT_SENT = (
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
    httpcore2.UnsupportedProtocol,
)
_BROKEN = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)


@dataclass(frozen=True)
class Answer:
    """What came back: `headers` with lower-case names, `body` at most as long as was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str


def shared_pool() -> httpcore2.ConnectionPool:
    """The process's pool of connections to LINE; another process (a fork too) gets its own."""
    return _pool_of(os.getpid())


@functools.cache
def _pool_of(pid: int) -> httpcore2.ConnectionPool:
    return new_pool()


def new_pool() -> httpcore2.ConnectionPool:
    """A pool without retries and without proxies or certificates from the environment.

    It is the pool below httpx2 and not httpx2's Client: nothing here follows redirects, keeps cookies across
    tenants or logs addresses with user ids, and a call costs a third less.
    A connection lives 20 s idle: long enough for a chat to reuse it, and LINE rarely closes it first.
    """
    return httpcore2.ConnectionPool(
        ssl_context=httpx2.create_ssl_context(trust_env=False),
        max_connections=100,
        max_keepalive_connections=20,
        keepalive_expiry=20.0,
        retries=0,
    )


def exchange(
    pool: httpcore2.ConnectionPool,
    method: str,
    url: str,
    headers: Headers,
    content: bytes | None = None,
    *,
    max_bytes: int = ANSWER_BYTES,
    seconds: float = TOTAL_SECONDS,
) -> Answer:
    """Send once and read the whole answer, whatever its status.

    Raises Unreachable when nothing was sent, Unclear when the answer is cut or not there after `seconds`,
    ContentTooBig past `max_bytes`. httpcore2's exceptions are not chained: they may hold the token.
    """
    deadline = time.monotonic() + seconds
    try:
        with pool.stream(
            method, _url(url), headers=headers, content=content, extensions=TIMEOUTS
        ) as response:
            return _read(response, max_bytes, deadline)
    except _NOT_SENT as failed:
        raise errors.Unreachable(cause=type(failed).__name__) from None
    except _BROKEN as failed:
        raise errors.Unclear(cause=type(failed).__name__) from None


@functools.lru_cache(maxsize=1024)
def _url(url: str) -> httpcore2.URL:
    return httpcore2.URL(url)


def _read(response: httpcore2.Response, max_bytes: int, deadline: float) -> Answer:
    named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    request_id = named.get("x-line-request-id", "")[:64]
    body = bytearray()
    for piece in response.iter_stream():
        body += piece
        if len(body) > max_bytes:
            raise errors.ContentTooBig(limit=max_bytes, status=response.status, request_id=request_id)
        if time.monotonic() > deadline:
            raise errors.Unclear(status=response.status, request_id=request_id, cause="TotalTimeout")
    return Answer(response.status, named, bytes(body), request_id)


def json_bytes(payload: Mapping[str, Any]) -> bytes:
    """A request body; half a surrogate pair, which is no text, becomes a question mark."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def json_object(answer: Answer) -> dict[str, Any] | None:
    """The answer's JSON object, or None when it is anything else."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def failure(answer: Answer) -> errors.LineError:
    """The error that a non-2xx answer means. A 400 on a reply is told apart by the caller."""
    said = json_object(answer) or {}
    message = str(said.get("message") or said.get("error_description") or said.get("error") or "")[:1000]
    return _kind(answer.status, message)(
        status=answer.status, request_id=answer.request_id, line_message=message, details=_details(said)
    )


def _kind(status: int, message: str) -> type[errors.LineError]:
    if status >= 500:
        return errors.Unclear
    if status == 429:
        # LINE has one status for both; its words are the only difference (facts/line-platform.md 8, 9).
        return errors.MonthlyLimit if "monthly limit" in message.lower() else errors.RateLimited
    known = {401: errors.BadToken, 404: errors.NotFound, 410: errors.Gone}
    return known.get(status, errors.Refused)


def _details(said: Mapping[str, Any]) -> tuple[errors.Detail, ...]:
    listed = said.get("details")
    entries = listed if isinstance(listed, list) else []
    return tuple(
        errors.Detail(str(entry.get("message", ""))[:300], str(entry.get("property", ""))[:300])
        for entry in entries[:20]
        if isinstance(entry, dict)
    )
