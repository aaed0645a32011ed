"""The cluster's lock, held by every process of the running server.

The server inherits the locked file, so the kernel itself knows whether anything still works in the cluster: a
postmaster, orphans of one that was killed, a server in another container on the same folder. postmaster.pid
cannot tell: its number may be another program's after a restart.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(data: Path) -> int | None:
    """Takes the lock of the cluster in this data folder; None if someone has it.

    It falls free when the last process that holds or inherited it ends.
    """
    lock = os.open(data / "postgres.lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


@contextmanager
def holding(lock: int) -> Iterator[int]:
    """At the end our copy of the lock is closed; whoever has inherited one still holds it."""
    try:
        yield lock
    finally:
        os.close(lock)
