"""The three database roles, and the refusal to run as one that row-level security does not bind.

`plusone_owner` owns the tables and runs migrations; `plusone_app` serves requests and jobs inside one tenant;
`plusone_operator` sees all tenants, for sweeps that look for work. The login role of DATABASE_URL is a member
of all three and takes one a connection; it must itself be neither superuser nor able to bypass row-level
security.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

ROLES = ("plusone_owner", "plusone_app", "plusone_operator")
_DEFAULTS = "alter default privileges for role plusone_owner in schema public"
_GRANTS = (
    "grant usage on schema public to plusone_app, plusone_operator",
    f"{_DEFAULTS} grant select, insert, update, delete on tables to plusone_app, plusone_operator",
    f"{_DEFAULTS} grant usage, select on sequences to plusone_app, plusone_operator",
)


@dataclass
class UnsafeRole(Exception):
    """The login role could bypass row-level security, so starting is refused."""

    role: str
    reason: str

    def __str__(self) -> str:
        return (
            f"The database role “{self.role}” {self.reason}, so row-level security would not hold "
            "and Plusone does not start. Use a role made with: "
            "CREATE ROLE plusone LOGIN CREATEROLE PASSWORD '…'; CREATE DATABASE plusone OWNER plusone;"
        )


@dataclass
class CannotMakeRoles(Exception):
    """The login role may not create the three roles; an administrator has to."""

    role: str

    def __str__(self) -> str:
        made = "; ".join(f'CREATE ROLE {name}; GRANT {name} TO "{self.role}"' for name in ROLES)
        return f"The database role “{self.role}” may not create roles. An administrator can, once: {made};"


def check(address: str) -> None:
    """Raise UnsafeRole when the address's login role is a superuser or may bypass row-level security."""
    with psycopg.connect(address, autocommit=True) as connection:
        _check(connection)


def prepare(address: str) -> None:
    """Create the three roles where missing and grant them what they need; safe to repeat and to race."""
    with psycopg.connect(address, autocommit=True) as connection:
        _check(connection)
        login = connection.execute("select session_user").fetchone()[0]  # type: ignore[index]
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtext('plusone roles'))")
            for role in ROLES:
                _make(connection, role, login)
            connection.execute("grant usage, create on schema public to plusone_owner")
            for grant in _GRANTS:
                connection.execute(grant)


def _check(connection: psycopg.Connection) -> None:
    row = connection.execute(
        "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = session_user"
    ).fetchone()
    assert row is not None
    if row[1]:
        raise UnsafeRole(row[0], "is a superuser")
    if row[2]:
        raise UnsafeRole(row[0], "may bypass row-level security")


def _make(connection: psycopg.Connection, role: str, login: str) -> None:
    exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    try:
        if not exists:
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        member = connection.execute(
            "select pg_has_role(session_user, %s, 'usage') and pg_has_role(session_user, %s, 'member')",
            [role, role],
        ).fetchone()
        if not exists or not member or not member[0]:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(login)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotMakeRoles(login) from error
