"""The command line: `plusone <word> …`;
each word is a module in plusone/commands with add(parser) and run(arguments).
"""

import argparse
import contextlib
import importlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg

from plusone import embedded
from plusone.base import roles


@dataclass(frozen=True, slots=True)
class _Word:
    help: str
    database: bool = True
    role: str = "plusone_app"
    beside: bool = False


WORDS = {
    "demo": _Word("everything with a sample shop and the simulator, on this machine", database=False),
    "up": _Word("everything in one, with production settings", database=False),
    "web": _Word("the web process"),
    "worker": _Word("the worker process"),
    "simulator": _Word("LINE, played offline", database=False),
    "migrate": _Word("make or update the database's tables", role="plusone_owner"),
    "doctor": _Word("check the installation and each shop's settings at LINE", beside=True),
    "tenant": _Word("open a shop, let somebody into its console", beside=True),
    "understand": _Word("what messages would do, nothing done"),
    "prove": _Word("the storm: prints the promises and whether they hold", database=False),
    "collect": _Word("gather the static files for production"),
    "keys": _Word("make a new key for secrets and seal all with it"),
    "export": _Word("a whole shop into one archive, in open formats"),
    "import": _Word("a shop out of its archive"),
    "seed": _Word("fill a shop with the demo's goods and people"),
}


class BadAddress(ValueError):
    """DATABASE_URL is set and names no PostgreSQL, or PORT is no port."""


def main() -> None:
    """Run one command and exit with its status."""
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="plusone", description="LINE commerce in one self-hosted product.")
    words = parser.add_subparsers(dest="word", required=True, metavar="command")
    chosen = arguments[0] if arguments and arguments[0] in WORDS else None
    try:
        _check_port()
        with _ready(WORDS[chosen]) if chosen and "-h" not in arguments else contextlib.nullcontext():
            for name, word in WORDS.items():
                subparser = words.add_parser(name, help=word.help)
                if name == chosen:
                    importlib.import_module(f"plusone.commands.{name}").add(subparser)
            parsed = parser.parse_args(arguments)
            return int(importlib.import_module(f"plusone.commands.{parsed.word}").run(parsed))
    except (BadAddress, roles.UnsafeRole, roles.CannotMakeRoles, embedded.EmbeddedError) as error:
        print(f"plusone: {error}", file=sys.stderr)
        return 2
    except psycopg.OperationalError as error:
        print(f"plusone: the database does not answer: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2


def _check_port() -> None:
    """The simulator takes the next one, so 65535 is no first port."""
    named = os.environ.get("PORT", "8000")
    if not (named.isascii() and named.isdigit() and 0 < int(named) < 65535):
        raise BadAddress(f"PORT must be a number from 1 to 65534, not “{named}”")


@contextlib.contextmanager
def _ready(word: _Word) -> Iterator[None]:
    """Django set up, and the database running: the embedded one is started, or adopted when it runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plusone.settings")
    if not word.database:
        yield
        return
    os.environ["PLUSONE_ROLE"] = word.role
    if word.beside and addresses_file().is_file():
        for name, value in json.loads(addresses_file().read_text()).items():
            os.environ.setdefault(name, value)
    with embedded_unless_named():
        address = database_address()
        if word.role == "plusone_owner":
            roles.prepare(address)
        else:
            roles.check(address)
        django.setup()
        yield


@contextlib.contextmanager
def embedded_unless_named() -> Iterator[None]:
    """The embedded PostgreSQL runs inside this context, unless DATABASE_URL names a server."""
    if database_named():
        yield
        return
    with embedded.start(data_folder()):
        yield


def database_address() -> str:
    """DATABASE_URL, or the embedded database's address."""
    return database_named() or embedded.url(data_folder())


def database_named() -> str:
    """DATABASE_URL, or nothing. Raises BadAddress where it is no address of a PostgreSQL."""
    named = os.environ.get("DATABASE_URL", "")
    if named and not named.startswith(("postgresql://", "postgres://")):
        raise BadAddress("DATABASE_URL must look like postgresql://plusone:…@host:5432/plusone")
    return named


def data_folder() -> Path:
    """Where files, keys and the embedded database are."""
    return Path(os.environ.get("PLUSONE_DATA", "var")).resolve()


def addresses_file() -> Path:
    """Where what was started on this folder leaves its port and, a demo, whom it takes for LINE: for words
    that are typed beside it and whose environment does not say.
    """
    return data_folder() / "addresses.json"
