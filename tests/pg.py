"""What tests need of PostgreSQL beyond the product: fresh databases, its superuser, others who start it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from plusone import embedded
from plusone.embedded.places import cluster_folder

REPOSITORY = Path(__file__).parent.parent

STARTER = """
import sys, time
from pathlib import Path
from plusone import embedded
cluster = embedded.start(Path(sys.argv[1]), throwaway=True)
print("ours" if cluster.process else "adopted", cluster.pid, flush=True)
sys.stdin.readline()
cluster.stop()
"""


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """The URL of a new, empty database of that name; dropped at the end, even while someone is in it."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield conninfo.make_conninfo(server, dbname=name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(drop)


def let_superuser_in(cluster: embedded.Cluster) -> str:
    """Opens a running throw-away cluster to its superuser until it is started again; gives his address.

    For tests of what we refuse: the product itself never connects as a superuser.
    """
    access = cluster_folder(cluster.data) / "pg_hba.conf"
    access.write_text(access.read_text().replace("local all postgres reject\n", ""))
    os.kill(cluster.pid or 0, signal.SIGHUP)
    address = embedded.url(cluster.data, "postgres")
    for _ in range(100):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return address
    raise AssertionError("PostgreSQL has not read its new access rules within two seconds")


def starter(data: Path, user: tuple[int, int] | None = None) -> subprocess.Popen[str]:
    """A process that starts or adopts, says which, and stops at a line on its input."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    uid, gid = user or (None, None)
    return subprocess.Popen(
        ["/usr/bin/python3" if user else sys.executable, "-c", STARTER, str(data)],
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{packages}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=uid,
        group=gid,
        extra_groups=None if user is None else [],
    )


def word(process: subprocess.Popen[str]) -> str:
    """ "ours" or "adopted", once it runs."""
    assert process.stdout
    return (process.stdout.readline().split() or ["nothing"])[0]
