"""Throw-away PostgreSQL for tests: a cluster of its own in a temporary folder, or DATABASE_URL's server."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from plusone import embedded
from plusone.embedded.places import cluster_folder


@contextmanager
def throwaway_server() -> Iterator[str]:
    """The URL of a server for this run: DATABASE_URL's if set, else a new cluster that is gone afterwards.

    About 0.8 s. Ends with the thread that enters it, so enter it in the main one.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="plusone-test-") as folder:
        with embedded.start(Path(folder), throwaway=True) as cluster:
            yield cluster.url


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """The URL of a new, empty database of that name; dropped at the end, even while someone is in it."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield with_parts(server, dbname=name)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(drop)


def with_parts(url: str, **parts: str) -> str:
    """The same address with another user, database or password, as a libpq connection string."""
    return conninfo.make_conninfo(url, **parts)


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
