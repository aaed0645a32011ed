"""Keep webhook events before LINE gets its 200: many requests, one commit.

Stands beside Django on purpose. Measured in facts/performance.md: 12,144 durable webhooks a second with
grouped inserts and no framework against 2,134 with Django and one insert a request; docs/benchmarks.md has
our own figures.
"""

import datetime
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from plusone.chat.rules import STALE_DAYS

BELL = "plusone_inbox"


@dataclass(slots=True)
class Kept:
    """One event as it came: ids, times in UTC, `body` as LINE wrote it. `state` is new or ignored; one
    that is too old by the database's clock is kept as stale.
    """

    tenant_id: int
    event_id: str
    type: str
    chat_kind: str
    chat_key: str
    user_id: str
    message_id: str
    line_at: datetime.datetime
    reply_token: str
    redelivered: bool
    body: dict[str, Any]
    state: str
    seen: int = 1


# A repeated event only raises its count; a redelivered one brings its reply token back to life for another
# minute (LINE: unless used, or 20 minutes after the event), so its deadline moves while nothing final was
# said.
#
# The rows come as one JSON text: psycopg dumps an array in Python with two regular expressions an element,
# which was a fifth of the lane's time (profiled 2026-11-22, 240,000 calls for 5,000 orders); json.dumps is C
# and PostgreSQL reads it as fast.
_KEEP = f"""
    with came as (
      select tenant_id, event_id, type, chat_kind, chat_key, user_id, message_id, line_at, reply_token,
             redelivered, body, seen,
             case when line_at < now() - interval '{STALE_DAYS * 24} hours' then 'stale'
                  else state end as state
        from json_to_recordset(%s::json)
          as e(tenant_id bigint, event_id text, type text, chat_kind text, chat_key text, user_id text,
               message_id text, line_at timestamptz, reply_token text, redelivered bool, body jsonb,
               state text, seen int)),
    kept as (
      insert into plusone_inboxevent as k (tenant_id, event_id, type, chat_kind, chat_key, user_id,
             message_id, line_at, reply_token, reply_deadline, redelivered, body, state, seen_count)
      select tenant_id, event_id, type, chat_kind, chat_key, user_id, message_id, line_at, reply_token,
             least(now() + interval '50 seconds', line_at + interval '19 minutes'), redelivered, body, state,
             seen
        from came
      on conflict (tenant_id, event_id) do update
         set seen_count = k.seen_count + excluded.seen_count,
             redelivered = k.redelivered or excluded.redelivered,
             reply_deadline = case when excluded.redelivered and k.state in ('new', 'waiting')
                                   then excluded.reply_deadline else k.reply_deadline end
      returning tenant_id, state)
    select pg_notify('plusone_inbox', tenant_id::text)
      from (select distinct tenant_id from kept where state = 'new') t
"""  # noqa: S608 - our own number


# While requests come fast, a group waits this long for company: without it a commit took 2.7 of them, with it
# 15, and PostgreSQL's share of a webhook fell to a third (measured 2026-11-25 with 128 connections).
GATHER_SECONDS = 0.003


@dataclass(slots=True)
class _Waiting:
    """One caller's rows; `woken` is let go when they are written, or when their caller shall write."""

    rows: Sequence[Kept]
    woken: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    error: Exception | None = None


@dataclass
class Keeper:
    """Writes what waits together in one statement and one commit; callers return only after their commit.

    One caller at a time is the writer, for its own group only: then the first of those who came meanwhile is.
    Each waits on a lock of its own, so that a commit wakes whom it served and nobody else.
    """

    pool: ConnectionPool[psycopg.Connection]
    _queue: list[_Waiting] = field(default_factory=list)
    _queue_lock: threading.Lock = field(default_factory=threading.Lock)
    _writing: bool = False
    _busy: bool = False

    def keep(self, rows: Sequence[Kept]) -> None:
        """Store the events durably; raises psycopg.Error when the database can't: then none are stored."""
        mine = _Waiting(rows)
        mine.woken.acquire()
        with self._queue_lock:
            self._queue.append(mine)
            waits, self._writing = self._writing, True
        if waits:
            mine.woken.acquire()
        if not mine.done:
            self._write_waiting()
        if mine.error is not None:
            raise mine.error

    def _write_waiting(self) -> None:
        if self._busy:
            time.sleep(GATHER_SECONDS)
        with self._queue_lock:
            group, self._queue = self._queue, []
        try:
            self._write([row for one in group for row in one.rows])
        except Exception as error:
            for one in group:
                one.error = error
        self._busy = len(group) > 1
        self._hand_over()
        for one in group:
            one.done = True
            one.woken.release()

    def _hand_over(self) -> None:
        """Those who came while we wrote are the next group, and the first of them its writer."""
        with self._queue_lock:
            self._writing = bool(self._queue)
            if self._queue:
                self._queue[0].woken.release()

    def _write(self, rows: list[Kept]) -> None:
        unique: dict[tuple[int, str], Kept] = {}
        for row in rows:
            first = unique.setdefault((row.tenant_id, row.event_id), row)
            if first is not row:
                first.seen += row.seen
                first.redelivered = first.redelivered or row.redelivered
        # In one order wherever several are written or closed at once (another web process, the lane): copies
        # of the same events in two orders wait for each other, and one of their webhooks is answered 503.
        in_order = sorted(unique.items())
        rows_as_json = json.dumps([_row(row) for _, row in in_order], ensure_ascii=False)
        with self.pool.connection() as connection:
            connection.execute(_KEEP, [rows_as_json])


def _row(kept: Kept) -> dict[str, Any]:
    return {
        "tenant_id": kept.tenant_id,
        "event_id": kept.event_id,
        "type": kept.type,
        "chat_kind": kept.chat_kind,
        "chat_key": kept.chat_key,
        "user_id": kept.user_id,
        "message_id": kept.message_id,
        "line_at": kept.line_at.isoformat(),
        "reply_token": kept.reply_token,
        "redelivered": kept.redelivered,
        "body": kept.body,
        "state": kept.state,
        "seen": kept.seen,
    }


def open_pool(address: str, size: int = 2) -> ConnectionPool[psycopg.Connection]:
    """A small pool of its own for keeping, as the operator role: one insert serves many tenants at once.

    Broken connections (the database was restarted) are replaced when checked out.
    """
    return ConnectionPool(
        address,
        kwargs={"options": "-c role=plusone_operator -c statement_timeout=8s", "autocommit": True},
        min_size=1,
        max_size=size,
        timeout=5,
        check=ConnectionPool.check_connection,
        open=True,
    )
