"""A database with real durability, a shop, and our processes, for one benchmark run."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from plusone import embedded
from plusone.embedded.processes import dying_with_parent

FOLDER = Path(tempfile.mkdtemp(prefix="plusone-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plusone.settings")
os.environ["PLUSONE_DATA"] = str(FOLDER)
os.environ["PLUSONE_PLAIN_STATIC"] = "1"


@contextlib.contextmanager
def database() -> Iterator[None]:
    """The embedded PostgreSQL with fsync and synchronous commit on, migrated; or DATABASE_URL's server,
    as it is set.
    """
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            stack.enter_context(embedded.start(FOLDER))
        subprocess.run([sys.executable, "-m", "plusone", "migrate", "--quiet"], check=True)
        yield


def clear() -> None:
    """Empty all tables: what one benchmark leaves open must not be worked off in the next one's time."""
    with psycopg.connect(os.environ.get("DATABASE_URL") or embedded.url(FOLDER)) as connection:
        connection.execute("set role plusone_owner")
        rows = connection.execute(
            "select tablename from pg_tables where tablename like 'plusone\\_%'"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
        connection.execute(sql.SQL("truncate {}, procrastinate_jobs cascade").format(names))


@contextlib.contextmanager
def process(
    *command: str, ready: Callable[[], bool] | None = None, nice: int = 0
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that runs inside this context, ready when `ready` says so."""
    started = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, preexec_fn=dying_with_parent(signal.SIGKILL, nice)
    )
    try:
        until(ready or (lambda: True), 40)
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)


def plusone(*words: str) -> tuple[str, ...]:
    """The command line of one of our processes."""
    return (sys.executable, "-m", "plusone", *words)


def answers(url: str) -> Callable[[], bool]:
    """A question: does this address answer 200?"""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    return ask


def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait until it is true, or fail."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.1)
