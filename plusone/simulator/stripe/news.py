"""Events, and their way out: signed, and on purpose twice and in the wrong order, as Stripe warns they
may come.
"""

import hashlib
import hmac
import logging
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from plusone.simulator.stripe import books
from plusone.simulator.stripe.books import BOOKS
from plusone.simulator.wire import Json, dumps
from plusone.simulator.world import LOCK

API_VERSION = "2026-10-28.endive"
GATHER_SECONDS = 0.2
RETRY_SECONDS = (1, 3, 10, 60)
_log = logging.getLogger(__name__)


@dataclass
class Letter:
    """One delivery under way; `due` by the machine's clock."""

    event: Json
    due: float
    tries: int = 0


@dataclass
class Office:
    """What waits, what was sent: [event id, type, status]."""

    waiting: list[Letter] = field(default_factory=list)
    sent: list[tuple[str, str, int]] = field(default_factory=list)


OFFICE = Office()


def tell(kind: str, thing: Json) -> None:
    """Makes an event about the object as it is now and queues it."""
    event: Json = {
        "id": f"evt_{len(BOOKS.events) + 1:06d}_{books.now()}_{hashlib.sha256(dumps(thing)).hexdigest()[:8]}",
        "object": "event",
        "api_version": API_VERSION,
        "created": books.now(),
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        "data": {"object": dict(books.shown(thing))},
    }
    BOOKS.events.append(event)
    due = time.time() + GATHER_SECONDS
    OFFICE.waiting += [Letter(event, due)] * (2 if BOOKS.twice else 1)


def clear() -> None:
    """Forgets what waits and what was sent."""
    OFFICE.waiting.clear()
    OFFICE.sent.clear()


def sign(body: bytes, secret: str) -> str:
    """The Stripe-Signature of a body, dated by the machine's clock: ours may be days ahead, and the receiver
    refuses what is not from now.
    """
    moment = int(time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def start(data: Path) -> None:
    """Sends in the background, lets time do its work, and keeps the books on disk."""
    threading.Thread(target=_work_for_ever, args=(data,), daemon=True).start()


def _work_for_ever(data: Path) -> None:
    while True:
        time.sleep(GATHER_SECONDS)
        for letter in _due():
            _deliver(letter)
        with LOCK:
            if BOOKS.dirty:
                books.save(data)


def _due() -> list[Letter]:
    with LOCK:
        now = time.time()
        due = [letter for letter in OFFICE.waiting if letter.due <= now]
        OFFICE.waiting = [letter for letter in OFFICE.waiting if letter.due > now]
        return due[::-1] if BOOKS.reversed else due


def _deliver(letter: Letter) -> None:
    body = dumps(letter.event)
    status = _post(BOOKS.webhook_url, body, sign(body, BOOKS.webhook_secret)) if BOOKS.webhook_url else 0
    with LOCK:
        OFFICE.sent.append((str(letter.event["id"]), str(letter.event["type"]), status))
        if not 200 <= status < 300 and letter.tries < len(RETRY_SECONDS) and BOOKS.webhook_url:
            wait = RETRY_SECONDS[letter.tries]
            OFFICE.waiting.append(Letter(letter.event, time.time() + wait, letter.tries + 1))


def _post(url: str, body: bytes, signature: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - the address that the account names
        url, body, {"Content-Type": "application/json", "Stripe-Signature": signature}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError) as error:
        _log.warning("stripe webhook not delivered: %s", type(error).__name__)
        return 0
