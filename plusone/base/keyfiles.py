"""Files that hold keys: made once whoever comes first, replaced as a whole, readable by their owner only.

A key file that two processes made at once, or that a crash left half-written, would cost every secret sealed
with it.
"""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


def make_once(path: Path, text: str) -> None:
    """Write the file unless it is there; of several at once, one wins and all see its text, whole."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = _write_beside(path, text)
    with contextlib.suppress(FileExistsError):
        os.link(written, path)
    written.unlink()


def replace(path: Path, text: str) -> None:
    """Put the text in the file's place: whatever happens, the file is the old one or the new one."""
    _write_beside(path, text).replace(path)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time works on the file's folder."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write_beside(path: Path, text: str) -> Path:
    beside = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return beside
