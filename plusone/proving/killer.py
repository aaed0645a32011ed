"""Kills and freezes the product's processes at random moments, and notes what each of them held at that
moment.

Only processes that the storm's own supervisor started, each by its id.
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from plusone.hooks.actions.lane import LOCK_SPACE
from plusone.proving.ground import WORKERS, Ground

_HOLDS_LANE = """
    select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.classid = %s and l.granted and a.application_name = %s
"""
_RAN_OUT = """
    select id, epoch from plusone_outboxmessage where state = 'leased' and lease_until < now()
"""
# Asked as the login role itself: others don't see what its connections do.
# Workers are at work once they listen for the inbox's bell; web's workers once they have kept an event.
_AT_WORK = "select 1 from pg_stat_activity where application_name = %s and query ilike %s limit 1"
_SIGNS = {"worker": "listen%plusone_inbox%", "web": "%plusone_%"}
# Most victims are at work already: a killer that takes only those who are still starting would prove that
# nothing ever runs.
CHANCE_OF_INFANTS = 0.1


@dataclass
class Deeds:
    """What was done to whom: kills by kind, lanes held by the killed, leases that ran out, recoveries in
    seconds.
    """

    kills: Counter[str] = field(default_factory=Counter)
    lanes_held: int = 0
    frozen_seconds: list[float] = field(default_factory=list)
    frozen_with_lane: int = 0
    leases_run_out: set[tuple[int, int]] = field(default_factory=set)
    recoveries: list[float] = field(default_factory=list)


@dataclass
class Killer:
    """A hand that kills every so many seconds while its context is open."""

    ground: Ground
    every: float
    chance: random.Random
    deeds: Deeds = field(default_factory=Deeds)
    stop: threading.Event = field(default_factory=threading.Event)
    spared: set[str] = field(default_factory=set)
    until: float = 0.0

    @contextlib.contextmanager
    def at_work(self, seconds: float) -> Iterator[None]:
        """Kill in the background for so long, at most until the block ends; then let the survivors tidy
        up.
        """
        self.until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=self._kill, daemon=True),
            threading.Thread(target=self._watch, daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def _kill(self) -> None:
        while (
            not self.stop.wait(self.chance.uniform(0.5, 1.5) * self.every) and time.monotonic() < self.until
        ):
            kind = self.chance.choices(("web worker", "worker", "web"), (6, 5, 1))[0]
            name = self.chance.choice(WORKERS) if kind == "worker" else "web"
            pid = self.ground.pids().get(name)
            if pid is None or name in self.spared:
                continue
            if kind == "web worker":
                pid = self._child_of(pid)
            if pid and (self.chance.random() < CHANCE_OF_INFANTS or self._is_at_work(name)):
                self._end(kind, name, pid)

    def _is_at_work(self, name: str) -> bool:
        sign = _SIGNS[name.split("-")[0]]
        try:
            with psycopg.connect(self.ground.database, connect_timeout=3) as connection:
                return connection.execute(_AT_WORK, [name, sign]).fetchone() is not None
        except psycopg.Error:
            return False

    def _child_of(self, pid: int) -> int | None:
        grown = [child for child in _children(pid) if _age(child) > 0.5]
        return self.chance.choice(grown) if grown else None

    def _end(self, kind: str, name: str, pid: int) -> None:
        """Stop it first, so that what it holds can be looked at, then kill it."""
        if not _send(pid, signal.SIGSTOP):
            return
        self.deeds.lanes_held += int(kind == "worker" and holds_lane(self.ground, name))
        if _send(pid, signal.SIGKILL):
            self.deeds.kills[kind] += 1

    def _watch(self) -> None:
        """Note each lease that ran out: its holder died or froze, and somebody else has to take the
        message over.
        """
        while not self.stop.wait(0.5):
            with contextlib.suppress(psycopg.Error), look(self.ground) as connection:
                self.deeds.leases_run_out |= {(row[0], row[1]) for row in connection.execute(_RAN_OUT)}

    def kill_database(self) -> float:
        """Kill PostgreSQL and wait until it answers again by itself; the seconds that took."""
        pid = self.ground.pids().get("postgres")
        if pid is None or not _send(pid, signal.SIGKILL):
            return 0.0
        began = time.monotonic()
        while not _answers(self.ground) and time.monotonic() < began + 60:
            time.sleep(0.05)
        self.deeds.kills["database"] += 1
        self.deeds.recoveries.append(time.monotonic() - began)
        return self.deeds.recoveries[-1]

    def freeze_worker(self, seconds: float, *, patience: float = 10.0) -> None:
        """Stop a worker for so long, at best while it holds a lane; meanwhile the other one must take
        over, on waking it must not harm.
        """
        name = self.chance.choice(WORKERS)
        self.spared.add(name)
        end = time.monotonic() + patience
        pid, caught = self._catch(name, end)
        if pid is not None:
            began = time.monotonic()
            time.sleep(seconds)
            _send(pid, signal.SIGCONT)
            self.deeds.frozen_seconds.append(time.monotonic() - began)
            self.deeds.frozen_with_lane += int(caught)
            self.deeds.lanes_held += int(caught)
        self.spared.discard(name)

    def _catch(self, name: str, end: float) -> tuple[int | None, bool]:
        """Stop the worker; while there is time, let it go and stop it again until it is caught holding a
        lane.
        """
        while True:
            pid = self.ground.pids().get(name)
            stopped = pid is not None and _send(pid, signal.SIGSTOP)
            caught = stopped and holds_lane(self.ground, name)
            if caught or (stopped and time.monotonic() > end):
                return pid, caught
            if pid is not None and stopped:
                _send(pid, signal.SIGCONT)
            if time.monotonic() > end + 10:
                return None, False
            time.sleep(self.chance.uniform(0.001, 0.03))


def holds_lane(ground: Ground, name: str) -> bool:
    """True when one of the process's connections holds a lane; False also while the database is away."""
    try:
        with psycopg.connect(ground.database, connect_timeout=3) as connection:
            row = connection.execute(_HOLDS_LANE, [LOCK_SPACE, name]).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def look(ground: Ground) -> psycopg.Connection:
    """A connection that sees all shops."""
    return psycopg.connect(
        ground.database, options="-c role=plusone_operator", autocommit=True, connect_timeout=3
    )


def look_into(ground: Ground, tenant_id: int) -> psycopg.Connection:
    """A connection that sees one shop, by the walls that the product itself lives behind."""
    options = f"-c role=plusone_app -c app.tenant={tenant_id}"
    return psycopg.connect(ground.database, options=options, autocommit=True, connect_timeout=3)


def _answers(ground: Ground) -> bool:
    try:
        with look(ground) as connection:
            return connection.execute("select 1").fetchone() is not None
    except psycopg.Error:
        return False


def _send(pid: int, signum: signal.Signals) -> bool:
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return False
    return True


def _children(pid: int) -> list[int]:
    """By the parent that each process names: not every kernel lists children."""
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == pid
    ]


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _age(pid: int) -> float:
    """Seconds since the process started; 0 when it is gone."""
    try:
        started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError):
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")
