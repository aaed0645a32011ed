"""How a shop travels: which tables go along, parents before children, their rows as text, their secrets
sealed
under a passphrase.

Rows are PostgreSQL's own JSON of them, so a table that is added tomorrow goes along without a line of
code here.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.db import connection

from plusone.base import secrets
from plusone.base.models import Owned
from plusone.tenants.rules.archive import BadArchive

FETCH = 500
_PREFIX = "plusone_"


def travelling() -> list[type[Owned]]:
    """The models whose rows go along, each after those it points at."""
    waiting = {model for model in _owned() if not model.stays}
    ordered: list[type[Owned]] = []
    while waiting:
        ready = {model for model in waiting if not (_points_at(model) - {model}) & waiting}
        if not ready:
            raise RuntimeError(f"tables that point at each other: {sorted(map(name_of, waiting))}")
        ordered += sorted(ready, key=name_of)
        waiting -= ready
    return ordered


def staying() -> dict[str, str]:
    """The tables that don't go along, and why."""
    return {name_of(model): model.stays for model in _owned() if model.stays}


def _owned() -> list[type[Owned]]:
    return [model for model in apps.get_models() if issubclass(model, Owned)]


def _points_at(model: type[Owned]) -> set[type[Any]]:
    return {field.related_model for field in model._meta.concrete_fields if field.related_model}


def own_references(model: type[Owned]) -> tuple[str, ...]:
    """The columns that point at rows of the same table."""
    fields = model._meta.concrete_fields
    return tuple(str(field.column) for field in fields if field.related_model is model)


def name_of(model: type[Owned]) -> str:
    """The table without the house's name before it."""
    return model._meta.db_table.removeprefix(_PREFIX)


def columns_of(model: type[Owned]) -> tuple[str, ...]:
    """The columns that travel: all but the tenant's."""
    return tuple(
        sorted(str(field.column) for field in model._meta.concrete_fields if field.column != "tenant_id")
    )


def lines(model: type[Owned], tenant_id: int) -> Iterator[str]:
    """Each row as a line of JSON, by id; a few hundred in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"select (to_jsonb(t) - 'tenant_id')::text from {model._meta.db_table} t "  # noqa: S608 - a model's table
            "where tenant_id = (select %s::bigint) order by id",
            [tenant_id],
        )
        while rows := cursor.fetchmany(FETCH):
            for (line,) in rows:
                yield line


def count(models: Iterable[type[Owned]]) -> int:
    """How many rows of the tenant in scope these tables have together."""
    return sum(model.objects.count() for model in models)


def seal_out(model: type[Owned], row: dict[str, Any], tenant_id: int, key: bytes) -> dict[str, Any]:
    """The row with its secrets under the passphrase's key, or empty without one."""
    return {
        **row,
        **{column: _out(row[column], place, tenant_id, key) for column, place in model.sealed_at.items()},
    }


def _out(value: str, place: str, tenant_id: int, key: bytes) -> str:
    if not key or value in ("", "\\x"):
        return ""
    try:
        opened = secrets.unseal(bytes.fromhex(value.removeprefix("\\x")), place.format(tenant=tenant_id))
    except secrets.CannotOpen:
        return ""  # its key is lost here already: the owner types it in again, there as here
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, opened.encode(), place.encode())).decode()


def seal_in(model: type[Owned], row: Mapping[str, Any], tenant_id: int, key: bytes) -> dict[str, Any]:
    """The row with its secrets sealed for their place here. Raises BadArchive: passphrase."""
    return {
        **row,
        **{column: _in(row[column], place, tenant_id, key) for column, place in model.sealed_at.items()},
    }


def _in(value: str, place: str, tenant_id: int, key: bytes) -> str:
    if not key or not value:
        return "\\x"
    try:
        raw = base64.b64decode(value, validate=True)
        opened = AESGCM(key).decrypt(raw[:12], raw[12:], place.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BadArchive("passphrase") from error
    return "\\x" + secrets.seal(opened, place.format(tenant=tenant_id)).hex()


@lru_cache(4)
def key_of(passphrase: str, salt: str) -> bytes:
    """The key behind a passphrase; slow on purpose. Empty without a passphrase."""
    if not passphrase:
        return b""
    return hashlib.scrypt(
        passphrase.encode(), salt=bytes.fromhex(salt), n=2**15, r=8, p=1, maxmem=2**26, dklen=32
    )
