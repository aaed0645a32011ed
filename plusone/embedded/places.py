"""Where things lie and what they are called: computed from the data folder alone, server running or not."""

import hashlib
from pathlib import Path

OWNER = "plusone"
READER = "plusone_backup"
DATABASE = "plusone"
PORT = 5432


def cluster_folder(data: Path) -> Path:
    """Where PostgreSQL keeps the tables."""
    return data.resolve() / "postgres"


def socket_folder(data: Path) -> Path:
    """The folder of the server's socket, mode 0700.

    Short, since a socket's path ends at 107 bytes and a data folder's may not; the same in every process, so
    not where TMPDIR points. Whoever starts the server makes sure that nobody else has made the folder first.
    """
    digest = hashlib.sha256(bytes(cluster_folder(data))).hexdigest()
    return Path(f"/tmp/plusone-{digest[:16]}")  # noqa: S108 - see above


def url(data: Path, user: str = OWNER, database: str = DATABASE) -> str:
    """The address for libpq and psycopg. The port is named because PGPORT would win otherwise."""
    return f"postgresql://{user}@/{database}?host={socket_folder(data)}&port={PORT}"
