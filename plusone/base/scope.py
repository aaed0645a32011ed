"""Which tenant this piece of work is for: told to Python (managers raise without it) and to PostgreSQL
(row-level security sees no rows without it)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection, transaction

EVERYWHERE = 0
_current: ContextVar[int | None] = ContextVar("tenant", default=None)


class NoTenant(RuntimeError):
    """Tenant data was asked for with no tenant in scope: a mistake in our code, never in a person's input."""


def current() -> int:
    """The id of the tenant in scope; raises NoTenant when there is none, or when the scope is all tenants."""
    tenant_id = _current.get()
    if not tenant_id:
        raise NoTenant("no tenant in scope")
    return tenant_id


def for_new_row() -> int | None:
    """The tenant a new row belongs to; without one the column refuses the row (migrations also ask,
    hence no error).
    """
    return _current.get() or None


def filter_id() -> int:
    """The id to filter by, or EVERYWHERE; raises NoTenant outside any scope."""
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenant("no tenant in scope")
    return tenant_id


@contextmanager
def tenant(tenant_id: int) -> Iterator[None]:
    """Open a transaction in which the tenant is in scope, for Python and for row-level security alike."""
    before, nested = _current.get(), connection.in_atomic_block
    with transaction.atomic():
        _tell_database(tenant_id)
        if before == EVERYWHERE:
            _take_role(settings.DATABASE_ROLE)
        with _scope(tenant_id):
            yield
        if nested:
            _restore(before, was_everywhere=False)


@contextmanager
def everywhere() -> Iterator[None]:
    """Open a transaction over all tenants, as the operator role. Rare: a house test lists every place."""
    before, nested = _current.get(), connection.in_atomic_block
    with transaction.atomic():
        _take_role("plusone_operator")
        with _scope(EVERYWHERE):
            yield
        if nested:
            _restore(before, was_everywhere=True)


@contextmanager
def nowhere() -> Iterator[None]:
    """Take the tenant out of scope: jobs and tests start blank, so that nothing leans on what leaked."""
    before = _current.get()
    with _scope(None):
        yield
    if before is not None and connection.in_atomic_block:
        _restore(before, was_everywhere=before == EVERYWHERE)


@contextmanager
def _scope(tenant_id: int | None) -> Iterator[None]:
    token = _current.set(tenant_id)
    try:
        yield
    finally:
        _current.reset(token)


def _restore(before: int | None, *, was_everywhere: bool) -> None:
    """Inside a transaction that goes on, tell the database again what Python goes back to.

    An exception needs none of this: rolling back brings the settings back too.
    """
    if connection.needs_rollback:
        return
    if was_everywhere != (before == EVERYWHERE):
        _take_role("plusone_operator" if before == EVERYWHERE else settings.DATABASE_ROLE)
    _tell_database(before)


def _tell_database(tenant_id: int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('app.tenant', %s, true)", [str(tenant_id or "")])


def _take_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {role}")
