"""How a cluster is made: tables of its own, two roles, one database, and who may connect."""

import shutil
from pathlib import Path

from plusone.embedded.errors import InitFailed
from plusone.embedded.identity import Identity, hand_over
from plusone.embedded.places import DATABASE, OWNER, READER
from plusone.embedded.wheel import program

# Built-in locale: sorted by code point, the same on every machine.
_OPTIONS = (
    *("--username=postgres", "--auth=reject", "--encoding=UTF8"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)

_ROLES = f"""\
CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS NOREPLICATION CREATEDB CREATEROLE;
CREATE ROLE {READER} LOGIN NOSUPERUSER BYPASSRLS NOREPLICATION NOCREATEDB NOCREATEROLE;
GRANT pg_read_all_data TO {READER};
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


def make_cluster(identity: Identity, folder: Path, *, sync: bool) -> None:
    """Makes the cluster beside its place and moves it there when whole: a killed attempt leaves nothing half.

    InitFailed with the program's words. `sync` waits for the disk.
    """
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    hand_over(identity, fresh)
    _do(identity, [program("initdb"), f"--pgdata={fresh}", *_OPTIONS, *([] if sync else ["--no-sync"])])
    single_user = ["--single", "-D", str(fresh), "-c", "exit_on_error=on", "postgres"]
    _do(identity, [program("postgres"), *single_user], _ROLES)
    fresh.rename(folder)


def write_access(folder: Path, identity: Identity) -> None:
    """Lets the server's user in as any role but the superuser; root too: it is us where the server drops."""
    name = identity.name.replace('"', '""')
    (folder / "pg_hba.conf").write_text("local all postgres reject\nlocal all all peer map=plusone\n")
    (folder / "pg_ident.conf").write_text(f'plusone "{name}" all\nplusone root all\n')


def _do(identity: Identity, command: list[str], stdin: str = "") -> None:
    done = identity.run(command, stdin)
    if done.returncode:
        raise InitFailed(done.stderr or done.stdout)
