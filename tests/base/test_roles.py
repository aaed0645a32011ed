"""The refusal to start as a role that row-level security does not bind, on a cluster of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from plusone import embedded
from plusone.base import roles
from plusone.embedded import Cluster
from tests.pg import let_superuser_in


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with embedded.start(tmp_path_factory.mktemp("roles"), throwaway=True) as started:
        yield started


@pytest.fixture(scope="module")
def superuser(cluster: Cluster) -> str:
    return let_superuser_in(cluster)


def test_a_superuser_is_refused(superuser: str) -> None:
    with pytest.raises(roles.UnsafeRole) as refused:
        roles.check(superuser)
    assert (refused.value.role, refused.value.reason) == ("postgres", "is a superuser")
    with pytest.raises(roles.UnsafeRole):
        roles.prepare(superuser)
    assert _made(superuser) == []


@pytest.mark.parametrize("word", ["web", "worker", "migrate", "doctor"])
def test_no_command_starts_as_a_superuser(superuser: str, word: str) -> None:
    environment = {**os.environ, "DATABASE_URL": superuser}
    command = [sys.executable, "-m", "plusone", word]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "is a superuser" in done.stderr
    assert "CREATE ROLE plusone LOGIN" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_that_may_bypass_row_level_security_is_refused(superuser: str) -> None:
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("alter role plusone bypassrls")
        try:
            with pytest.raises(roles.UnsafeRole, match="may bypass row-level security"):
                roles.check(_as(superuser, "plusone"))
        finally:
            connection.execute("alter role plusone nobypassrls")
    roles.check(_as(superuser, "plusone"))


def test_a_role_that_may_not_make_roles_says_what_an_administrator_does(superuser: str) -> None:
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("alter role plusone nocreaterole")
        try:
            with pytest.raises(roles.CannotMakeRoles) as refused:
                roles.prepare(_as(superuser, "plusone"))
            told = str(refused.value).partition("once: ")[2]
            connection.execute(told)  # what it says is what an administrator can paste
        finally:
            connection.execute("alter role plusone createrole")
    assert _made(superuser) == sorted(roles.ROLES)
    roles.prepare(_as(superuser, "plusone"))
    with psycopg.connect(superuser, autocommit=True) as connection:
        for role in roles.ROLES:
            connection.execute(f"drop owned by {role}; drop role {role}")


def test_several_machines_may_prepare_at_once(superuser: str) -> None:
    address = _as(superuser, "plusone")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: roles.prepare(address), range(16)))
    assert _made(superuser) == sorted(roles.ROLES)
    with psycopg.connect(address) as connection:
        for role in roles.ROLES:
            connection.execute(f"set role {role}")


def test_the_roles_are_neither_logins_nor_above_the_wall(superuser: str) -> None:
    with psycopg.connect(superuser) as connection:
        found = connection.execute(
            "select distinct rolsuper, rolbypassrls, rolcanlogin, rolcreaterole "
            "from pg_roles where rolname = any(%s)",
            [list(roles.ROLES)],
        ).fetchall()
    assert found == [(False, False, False, False)]


def _as(address: str, user: str) -> str:
    return address.replace("//postgres@", f"//{user}@")


def _made(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        query = "select rolname from pg_roles where rolname = any(%s) order by 1"
        return [row[0] for row in connection.execute(query, [list(roles.ROLES)])]
