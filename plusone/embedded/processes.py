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
    """What a child does before it becomes its program: asks the kernel for `signum` at its parent's end.

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


def forget_dead_server(cluster: Path, sockets: Path) -> None:
    """Removes the notes of a server that was killed. For holders of the cluster's lock.

    PostgreSQL takes whoever wears the noted number for its own and refuses to start: another program after a
    container's restart, or a killed server whose parent has not noticed yet.
    """
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink()
    process = Path(f"/proc/{noted_pid(cluster)}")
    if process.exists() and not _works_in(process, cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _notes(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _works_in(process: Path, cluster: Path) -> bool:
    """Every process of PostgreSQL has its cluster as current folder."""
    try:
        return os.readlink(process / "cwd") == str(cluster)
    except OSError:
        return False
