"""The cluster's life: started or adopted, tended, stopped.

Measured on two cores shared with seven other jobs, as root in a user namespace: first start 1.2 to 1.6 s
(initdb and roles), 0.8 to 1.3 s when throw-away, a later one 0.04 s, adoption 0.02 s, after kill -9 0.2 s,
stop 0.02 s; idle 18 MB in nine processes (proportional set size), 46 MB on disk.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from plusone.embedded.errors import Busy, ForeignFolder, StartFailed
from plusone.embedded.identity import Identity, choose_identity, hand_over
from plusone.embedded.locks import holding, take
from plusone.embedded.making import make_cluster, write_access
from plusone.embedded.places import DATABASE, OWNER, PORT, cluster_folder, socket_folder, url
from plusone.embedded.processes import dying_with_parent, forget_dead_server, noted_pid, noted_ready
from plusone.embedded.wheel import call, environment, program

# Seconds without a sign of life before a start is given up. Recovery of a busy cluster may take longer, but
# then PostgreSQL writes to its log every ten seconds, and that counts as one.
PATIENCE = 60.0

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # No statement and no row in the log: they hold what people wrote.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_LOG_LIMIT = 10_000_000


@dataclass(frozen=True)
class _Launch:
    data: Path
    identity: Identity
    settings: dict[str, str]
    log: Path


@dataclass
class Cluster:
    """A running PostgreSQL, ours or adopted. As a context it is stopped at the end, if it is ours."""

    data: Path
    launch: _Launch | None = None
    process: subprocess.Popen[bytes] | None = None
    tended: float = float("-inf")

    @property
    def url(self) -> str:
        """The address as the owner of the database."""
        return url(self.data)

    @property
    def pid(self) -> int | None:
        """The server's process id; None while it is down."""
        return noted_pid(cluster_folder(self.data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tend(self) -> bool:
        """Starts our server again if it has died, without waiting for it. True if it did.

        For a supervisor's loop, at most once a second. Does nothing while orphans of the dead one still work,
        or when somebody else has started it meanwhile.
        """
        if self.launch is None or self.process is None or self.process.poll() is None:
            return False
        lock = take(self.data) if time.monotonic() > self.tended + 1 else None
        if lock is None:
            return False
        self.tended = time.monotonic()
        with holding(lock):
            self.process = _spawn(self.launch, lock)
        return True

    def stop(self) -> None:
        """Stops the server if we started it: what is under way is rolled back, nothing committed is lost."""
        if self.process is None:
            return
        for signum, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            self.process.send_signal(signum)
            if _ends_within(self.process, seconds):
                break
        self.process = None
        _remove_socket_folder(self.data)


def start(data: Path, *, throwaway: bool = False, log: Path | None = None) -> Cluster:
    """Makes the cluster in `data/postgres` if there is none; starts it, or adopts it when it already runs.

    Waits until it takes connections. Any number of processes may call this at once. Ours ends with the thread
    that called. `throwaway` gives up crash safety for speed, for tests. The log goes to `data/postgres.log`
    by default. Errors: those of plusone.embedded.errors, all EmbeddedError.
    """
    data = data.resolve()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(data, os.W_OK | os.X_OK):
        raise ForeignFolder(data, data.stat().st_uid)
    lock = _take_or_adopt(data)
    return Cluster(data) if lock is None else _start(data, lock, throwaway, log or data / "postgres.log")


def _take_or_adopt(data: Path) -> int | None:
    """The cluster's lock, or None once the server that holds it answers; waits while one starts or stops."""
    deadline = time.monotonic() + 2 * PATIENCE
    while (lock := take(data)) is None:
        if _answers(data):
            return None
        if time.monotonic() > deadline:
            raise Busy(data, noted_pid(cluster_folder(data)))
        time.sleep(0.05)
    return lock


def _answers(data: Path) -> bool:
    if noted_pid(cluster_folder(data)) is None:
        return False
    where = ("--host", str(socket_folder(data)), "--port", str(PORT))
    return call("pg_isready", "--quiet", *where, "--dbname", DATABASE, "--username", OWNER).returncode == 0


def _start(data: Path, lock: int, throwaway: bool, log: Path) -> Cluster:
    with holding(lock):
        launch = _prepare(data, throwaway, log)
        known = log.stat().st_size if log.exists() else 0
        cluster = Cluster(data, launch, _spawn(launch, lock))
    try:
        _wait_until_ready(cluster, log, known)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _prepare(data: Path, throwaway: bool, log: Path) -> _Launch:
    folder, sockets = cluster_folder(data), socket_folder(data)
    identity = choose_identity(folder)
    if not folder.exists():
        make_cluster(identity, folder, sync=not throwaway)
    _make_socket_folder(sockets, identity)
    hand_over(identity, folder, sockets)
    write_access(folder, identity)
    _turn_over(log)
    settings = _SETTINGS | {"unix_socket_directories": str(sockets)} | (_CARELESS if throwaway else {})
    return _Launch(data, identity, settings, log)


def _make_socket_folder(sockets: Path, identity: Identity) -> None:
    """Refuses one that somebody else has put there: his server would be taken for ours."""
    sockets.mkdir(mode=0o700, exist_ok=True)
    status = sockets.lstat()
    if status.st_uid not in (os.geteuid(), identity.uid) or not sockets.is_dir() or sockets.is_symlink():
        raise ForeignFolder(sockets, status.st_uid)
    sockets.chmod(0o700)


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))


def _spawn(launch: _Launch, lock: int) -> subprocess.Popen[bytes]:
    forget_dead_server(cluster_folder(launch.data), socket_folder(launch.data))
    options = [part for name, value in launch.settings.items() for part in ("-c", f"{name}={value}")]
    command = [program("postgres"), "-D", str(cluster_folder(launch.data)), *options]
    with _open_log(launch) as output:
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            launch.identity.prefix + command,
            env=environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(lock,),
            user=launch.identity.uid,
            group=launch.identity.gid,
            extra_groups=launch.identity.groups,
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGINT),  # noqa: PLW1509 - it only makes system calls
        )


def _open_log(launch: _Launch) -> BinaryIO:
    """Opened by us, so that a server that has dropped root need not reach it."""
    return open(os.open(launch.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0)


def _wait_until_ready(cluster: Cluster, log: Path, known: int) -> None:
    folder, process, size = cluster_folder(cluster.data), cluster.process, known
    deadline = time.monotonic() + PATIENCE
    while process is not None and not noted_ready(folder, process.pid):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StartFailed(log, _read_from(log, known))
        if log.stat().st_size > size:
            size, deadline = log.stat().st_size, time.monotonic() + PATIENCE
        time.sleep(0.01)


def _read_from(log: Path, position: int) -> str:
    with log.open("rb") as lines:
        lines.seek(position)
        return lines.read().decode(errors="replace")


def _ends_within(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _remove_socket_folder(data: Path) -> None:
    """Under the lock, so that no new server loses it; left where the old one could not tidy up."""
    lock = take(data)
    if lock is None:
        return
    with holding(lock):
        try:
            socket_folder(data).rmdir()
        except OSError:
            return
