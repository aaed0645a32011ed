"""Where the storm happens: database, simulator, web and two workers under the supervisor, thrown away at
the end.

The processes run as `plusone up` runs them, with crash safety on. Without DATABASE_URL the database is an
embedded one, and is
killed too; on a named server the storm has a database of its own, and the server is left alone.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from plusone import embedded
from plusone.base import roles, texts
from plusone.embedded.processes import dying_with_parent
from plusone.supervisor import Child, free_port, pids, run

START_SECONDS = 120
WORKERS = ("worker-1", "worker-2")
_LINE = ("LINE_API_URL", "LINE_DATA_API_URL", "LINE_ACCESS_URL", "LINE_LIFF_URL")


@dataclass(frozen=True, slots=True)
class Ground:
    """A running ground: the database's address, web's and the simulator's URLs, and the folder of state
    and log. `start_seconds` is what this machine took from nothing to all answering.
    """

    folder: Path
    database: str
    web: str
    line: str
    own_postgres: bool
    start_seconds: float = 0.0

    def pids(self) -> dict[str, int]:
        """Process ids by name, of those that run just now."""
        return pids(self.folder / "running.json")

    def said(self, lines: int = 40) -> str:
        """The last lines that the processes wrote."""
        return "\n".join((self.folder / "output").read_text(errors="replace").splitlines()[-lines:])


class DidNotStart(Exception):
    """The processes did not come up; the argument is the end of what they said."""


@contextlib.contextmanager
def standing() -> Iterator[Ground]:
    """Start everything and wait until it answers; at the end stop it and leave nothing behind. Raises
    DidNotStart.
    """
    folder = Path(tempfile.mkdtemp(prefix="plusone-prove-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        named = stack.enter_context(_database(os.environ.get("DATABASE_URL", "")))
        web, line = free_port(0), free_port(0)
        texts.compile_all()
        process = stack.enter_context(_processes(folder, web, line, named))
        ground = Ground(
            folder,
            named or embedded.url(folder),
            f"http://127.0.0.1:{web}",
            f"http://127.0.0.1:{line}",
            not named,
        )
        yield replace(ground, start_seconds=_wait(ground, process))


@contextlib.contextmanager
def _database(server: str) -> Iterator[str]:
    """A database of our own on the named server, dropped at the end; nothing to do without one."""
    if not server:
        yield ""
        return
    roles.check(server)
    name = f"plusone_prove_{os.getpid()}_{secrets.token_hex(2)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


@contextlib.contextmanager
def _processes(folder: Path, web: int, line: int, named: str) -> Iterator[subprocess.Popen[bytes]]:
    simulator = f"http://127.0.0.1:{line}"
    environment = {
        **os.environ,
        **dict.fromkeys(_LINE, simulator),
        "PLUSONE_DATA": str(folder),
        "PLUSONE_PLAIN_STATIC": "1",
        "PORT": str(web),
    }
    environment.pop("DATABASE_URL", None)
    if named:
        environment["DATABASE_URL"] = named
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "plusone.proving.ground", str(web), str(line)],
            env=environment,
            stdout=output,
            stderr=output,
            preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(ground: Ground, process: "subprocess.Popen[bytes]") -> float:
    began = time.monotonic()
    deadline = began + START_SECONDS
    while not _is_ready(ground.folder / "running.json"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(ground.said())
        time.sleep(0.1)
    return time.monotonic() - began


def _is_ready(state: Path) -> bool:
    try:
        return bool(json.loads(state.read_text())["ready"])
    except FileNotFoundError:
        return False


def main(web: str, line: str) -> int:
    """Run the processes until told to stop: what the storm's own process starts."""
    folder = Path(os.environ["PLUSONE_DATA"])
    return run(
        _children(int(web), int(line)),
        before=_migrate,
        on_ready=lambda: None,
        output=sys.stdout,
        ground=None if os.environ.get("DATABASE_URL") else embedded.start(folder),
        state=folder / "running.json",
        stop_order=("web", *WORKERS, "simulator"),
        grace=5,
    )


def _migrate() -> None:
    subprocess.run([*_plusone("migrate"), "--quiet"], check=True)  # noqa: S603


def _children(web: int, line: int) -> list[Child]:
    """The name of each worker goes to PostgreSQL with its connections, so that the storm can see who
    holds a lane.
    """
    workers = [Child(name, _plusone("worker"), env={"PGAPPNAME": name}) for name in WORKERS]
    return [
        Child(
            "web",
            [*_plusone("web"), "--port", str(web), "--workers", "2"],
            ready=f"http://127.0.0.1:{web}/readyz",
            env={"PGAPPNAME": "web"},
        ),
        *workers,
        Child(
            "simulator",
            [*_plusone("simulator"), "--port", str(line)],
            ready=f"http://127.0.0.1:{line}/control/clock",
        ),
    ]


def _plusone(word: str) -> list[str]:
    return [sys.executable, "-m", "plusone", word]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
