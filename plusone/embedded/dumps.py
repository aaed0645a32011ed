"""Backups with the wheel's pg_dump: Debian's own is older and refuses a server of version 18."""

import os
from pathlib import Path

from plusone.embedded.errors import DumpFailed
from plusone.embedded.places import DATABASE, READER, url
from plusone.embedded.wheel import call


def dump(data: Path, to: Path, database: str = DATABASE) -> None:
    """Writes one consistent dump (custom format, for pg_restore, mode 0600) of a running cluster's database.

    Replaces `to` only when the dump is whole. Reads past row-level security, as a role that can only read.
    DumpFailed with pg_dump's words otherwise.
    """
    part = to.with_name(to.name + ".part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    done = call(
        "pg_dump", "--format=custom", f"--file={part.absolute()}", f"--dbname={url(data, READER, database)}"
    )
    if done.returncode:
        part.unlink()
        raise DumpFailed(done.stderr)
    part.replace(to)
