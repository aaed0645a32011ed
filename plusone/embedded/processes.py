"""How a child ends with its parent, and what postmaster.pid says about a server."""

import ctypes
import os
import signal
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: after dropping root a child may not be able to read a Python that lives in a private
# home.
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


def dying_with_parent(signum: signal.Signals, nice: int = 0) -> Callable[[], None]:
    """What a child does before it becomes its program: asks the kernel for `signum` when its parent ends, however.

    For subprocess' preexec_fn. "Parent" is the thread that forks, so fork in one that lives as long as the
    process. Elsewhere than on Linux a child outlives a parent that is killed with -9. `nice` is added to its
    niceness.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:
            os._exit(1)
        if nice:
            os.nice(nice)

    return prepare


def noted_pid(cluster: Path) -> int | None:
    """The server's process id as postmaster.pid has it; None without one."""
    lines = _notes(cluster)
    return int(lines[0]) if lines and lines[0].isdigit() else None


def noted_ready(cluster: Path, pid: int) -> bool:
    """Whether postmaster.pid says that this very process takes connections."""
    lines = _notes(cluster)
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def forget_reused_pid(cluster: Path) -> None:
    """Removes a postmaster.pid whose number another program wears now, as after a container's restart.

    PostgreSQL would take that program for itself and refuse to start. For callers who hold the cluster's
    lock.
    """
    pid = noted_pid(cluster)
    if pid and _program_of(pid) not in (None, "postgres"):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _notes(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _program_of(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None
