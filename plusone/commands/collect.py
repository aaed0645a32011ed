"""plusone collect: put the static files where the web process serves them from."""

import argparse
import fcntl
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def add(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> int:
    """Copy, hash and compress; half a second."""
    _collect()
    return 0


def where_stale() -> None:
    """Collect when what is collected is missing or older than this program's files, one process at a time.

    A page asks the collected list for the name of each file: without it every page would be an error.
    """
    with (settings.DATA / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_stale():
            _collect()


def _collect() -> None:
    call_command("collectstatic", verbosity=0, interactive=False)


def _is_stale() -> bool:
    known = settings.STATIC_ROOT / "staticfiles.json"
    if not known.exists():
        return True
    sources = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    return known.stat().st_mtime < max(Path(source).stat().st_mtime for source in sources)
