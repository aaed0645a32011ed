"""One child: how it is started, heard, and buried."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from plusone.embedded.processes import dying_with_parent
from plusone.supervisor.probe import Probe

# Bytes of a line without an end before it is shown anyway.
_LONGEST_LINE = 65536


@dataclass(frozen=True)
class Child:
    """A program to keep running.

    `ready` is an http address that answers 200 once the child can be used; without one it is ready at once.
    A child that is not to be restarted and has no address is a task: ready when it has ended with code 0;
    with any other code everything stops. `env` is added to our own environment. `after` names the children
    that must be ready before this one starts. `nice` is added to its niceness.
    """

    name: str
    command: list[str]
    ready: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    restart: bool = True
    after: tuple[str, ...] = ()
    nice: int = 0


@dataclass
class Life:
    """What the supervisor knows about a child: its process, its next start (monotonic; None: not planned)."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    due: float | None = 0.0
    started: float = 0.0
    ready: bool = False
    listened: bool = False
    failures: int = 0
    restarts: int = 0
    probe: Probe | None = None
    ask_at: float = 0.0
    partial: bytes = b""
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    @property
    def pipe(self) -> int | None:
        """The descriptor of the running process' output."""
        output = self.process.stdout if self.process else None
        return output.fileno() if output and not output.closed else None


def spawn(child: Child) -> subprocess.Popen[bytes]:
    """Starts the child in a session of its own, so that Ctrl-C reaches the supervisor alone.

    It is asked to end when the supervisor does, however that happens.
    """
    process = subprocess.Popen(  # noqa: S603 - the caller's own programs, no shell
        child.command,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **child.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM, child.nice),  # noqa: PLW1509
    )
    if process.stdout:
        os.set_blocking(process.stdout.fileno(), False)
    return process


def hear(life: Life) -> tuple[list[str], bool]:
    """The whole lines that came since, and False once nothing more can. BlockingIOError if nothing came."""
    if life.pipe is None:
        return [], False
    data = os.read(life.pipe, _LONGEST_LINE)
    *lines, life.partial = (life.partial + data).split(b"\n")
    if life.partial and (not data or len(life.partial) >= _LONGEST_LINE):
        lines, life.partial = [*lines, life.partial], b""
    texts = [line.decode(errors="replace").rstrip("\r") for line in lines]
    life.heard.extend(texts)
    return texts, bool(data)


def kill_all_of(process: subprocess.Popen[bytes]) -> None:
    """Kills what is left of the child's session: a web server killed with -9 leaves workers on its port."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
