"""The webhook's answer is quick and inert (P5): no socket, no process, no name looked up while LINE waits."""

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from plusone.tenants.models import Tenant
from tests import makers
from tests.hooks.posting import signed

FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen", "os.exec")
LINES_PATIENCE = 2.0  # seconds until LINE gives a webhook up
_watching = threading.local()
_seen: list[str] = []


def _watch(event: str, _arguments: tuple[Any, ...]) -> None:
    if getattr(_watching, "on", False) and event in FORBIDDEN:
        _seen.append(event)


sys.addaudithook(_watch)  # for good: Python takes no audit hook back, so this one looks only where told


def timed(post: Callable[[], int]) -> float:
    """Post one webhook with a look-out; the seconds it took."""
    _watching.on = True
    began = time.perf_counter()
    try:
        assert post() == 200
    finally:
        _watching.on = False
    return time.perf_counter() - began


def test_the_look_out_sees_a_connection() -> None:
    _watching.on = True
    with pytest.raises(OSError, match="refused"):
        __import__("socket").create_connection(("127.0.0.1", 9), timeout=1)
    _watching.on = False
    assert "socket.connect" in _seen


def test_webhook_opens_nothing_and_answers_at_once(tenant: Tenant) -> None:
    first, *posts = signed(tenant, [[makers.text(makers.user_id(), "+1")] for _ in range(401)])
    assert first() == 200
    _seen.clear()
    with ThreadPoolExecutor(16) as threads:
        seconds = sorted(threads.map(timed, posts))
    assert _seen == []
    assert seconds[-1] < LINES_PATIENCE  # how quick it is otherwise, `make bench` measures
