"""Before Django reads its settings: a throw-away database of this run's own, on DATABASE_URL's server or on
an embedded one.

Only names are settled here, and texts compiled before anybody reads them; the server starts and the tables
are made when the first test asks for them (conftest.database).
"""

import os
import secrets
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg

from plusone import embedded
from plusone.base import texts

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
FOLDER = Path(tempfile.mkdtemp(prefix="plusone-test-"))
# Settled once: xdist's workers inherit a DATABASE_URL that is this run's own, not the server's.
SERVER = os.environ.setdefault("PLUSONE_TEST_SERVER", os.environ.get("DATABASE_URL", ""))
DATABASE = f"plusone_test_{os.getpid()}_{WORKER}"


def _address() -> str:
    if not SERVER:
        return embedded.url(FOLDER, database=DATABASE)
    return _at(_safe_login(SERVER), DATABASE)


def _safe_login(server: str) -> str:
    """The server's address as a role that Plusone accepts: a superuser makes one for the run."""
    with psycopg.connect(server, autocommit=True) as connection:
        (is_super,) = connection.execute(
            "select rolsuper from pg_roles where rolname = session_user"
        ).fetchone() or (0,)
        if not is_super:
            return server
        login, password = f"plusone_test_{os.getpid()}", secrets.token_hex(16)
        connection.execute("select pg_advisory_lock(7)")
        exists = connection.execute("select 1 from pg_roles where rolname = %s", [login]).fetchone()
        verb = "alter" if exists else "create"
        connection.execute(f"{verb} role {login} login createdb createrole password '{password}'")
        for role in ("plusone_owner", "plusone_app", "plusone_operator"):
            if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                connection.execute(f"grant {role} to {login}")
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{login}:{password}@{host}"))


def _at(address: str, database: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


ADDRESS = _address()
MAINTENANCE = _at(ADDRESS, "postgres") if SERVER else embedded.url(FOLDER)
os.environ.update(
    DATABASE_URL=ADDRESS,
    PLUSONE_DATA=str(FOLDER),
    PLUSONE_PLAIN_STATIC="1",
    PLUSONE_ROLE="plusone_app",
)
texts.compile_all()

# How fast examples are made depends on what else the machine does; no test of ours judges it. With CI set
# Hypothesis takes its own profile, which says the same and repeats the same examples.
hypothesis.settings.register_profile(
    "house", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None
)
if "CI" not in os.environ:
    hypothesis.settings.load_profile("house")
