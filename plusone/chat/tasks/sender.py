"""The sender: claims messages, makes the calls, records what became of them. Any number may run."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from plusone.base import logs
from plusone.base.bells import Bell
from plusone.chat.actions import deliver, say
from plusone.chat.actions.deliver import Claimed, Result
from plusone.chat.rules import CALL_WITHIN_SECONDS
from plusone.chat.tasks import calls

THREADS = 8
IDLE_SECONDS = 1.0


def run(stop: threading.Event) -> None:
    """Send until told to stop; survives a database that goes away for a while."""
    bell = Bell(settings.DATABASE_URL, say.BELL)
    owner = uuid.uuid4().hex[:12]
    limit = THREADS
    with ThreadPoolExecutor(THREADS, "sender") as threads:
        while not stop.is_set():
            try:
                began = time.monotonic()
                sent = send_due(owner, limit, threads)
                limit = next_limit(limit, time.monotonic() - began)
            except (DatabaseError, InterfaceError):
                logs.logger().warning("sender.database_away", exc_info=True)
                sent = 0
                stop.wait(0.5)
            if not sent:
                bell.wait(IDLE_SECONDS)
    bell.close()


def next_limit(limit: int, seconds: float) -> int:
    """Claim more while LINE is quick, few while it is slow: a claim must be called within its lease."""
    return min(limit * 2, 16 * THREADS) if seconds < 1 else THREADS


def send_due(owner: str, limit: int, threads: ThreadPoolExecutor | None = None) -> int:
    """Claim what is due and send it; returns how many were claimed."""
    claimed = deliver.claim(owner, limit)
    taken_at = time.monotonic()
    one_after_another = threads.map if threads else map
    groups = list(one_after_another(lambda message: _send(message, taken_at), claimed))
    deliver.record([result for group in groups for result in group])
    return len(claimed)


def _send(message: Claimed, taken_at: float) -> list[Result]:
    """The message's result and those of what rode with it. A failure of ours puts it back, with a pause."""
    try:
        if time.monotonic() - taken_at > CALL_WITHIN_SECONDS:
            return [Result(message, deliver.State.RETRY, reason="claim_too_old")]
        return calls.send(message)
    except (DatabaseError, InterfaceError):
        raise
    except Exception as error:
        logs.logger().error("message.failed", tenant=message.tenant_id, message=message.id, exc_info=True)
        state = deliver.State.RETRY if message.attempts < 5 else deliver.State.REFUSED
        return [
            Result(message, state, reason=f"bug:{type(error).__name__}"[:40], wait=2.0 * message.attempts)
        ]
    finally:
        _give_back_connection()


def _give_back_connection() -> None:
    """A thread that kept its connection between messages would starve the lanes: the pool has fewer than
    there are threads.
    """
    if not connection.in_atomic_block:
        connection.close()
