"""Bring a shop in from its archive: all of it or nothing, and nothing that was under way goes on by
itself.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, InternalError, connection, transaction

from plusone.base import audit, scope, uploads
from plusone.base.models import Owned
from plusone.tenants import travel
from plusone.tenants.actions import BadTenant, check_tenant, plan
from plusone.tenants.actions.unpacking import unpack
from plusone.tenants.models import Member, Tenant, User
from plusone.tenants.rules.archive import (
    MOST_ID,
    MOST_LINE,
    PEOPLE,
    BadArchive,
    Manifest,
    check_tables,
)

CHUNK = 500
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Arrived:
    """The shop that came in, how many rows of each table, and which tables were compared to the last byte."""

    tenant: Tenant
    rows: dict[str, int]
    proven: tuple[str, ...]
    without_secrets: bool


def check(source: Path) -> Manifest:
    """Read the archive through and change nothing. Raises BadArchive."""
    with tempfile.TemporaryDirectory(prefix="plusone-import-", dir=_work()) as folder:
        manifest = unpack(source, Path(folder))
        check_tables(manifest, _tables_here())
        return manifest


def bring_in(source: Path, *, slug: str = "", passphrase: str = "") -> Arrived:
    """Insert the shop of this archive under its own slug or another one, in one transaction.

    Numbers, stock, totals and history are the same afterwards, and compared. Members are found by e-mail or
    made without a password. What was to be sent is fenced, what was not answered is set aside. Raises
    BadArchive or
    BadTenant (slug taken), and nothing was changed.
    """
    with tempfile.TemporaryDirectory(prefix="plusone-import-", dir=_work()) as folder:
        work = Path(folder)
        manifest = unpack(source, work)
        check_tables(manifest, _tables_here())
        stored: list[Path] = []
        try:
            with transaction.atomic():
                arrived = _load(manifest, work, slug, travel.key_of(passphrase, manifest.salt or "00"))
                _store_images(work / "images", stored)
        except (DataError, IntegrityError, InternalError) as error:
            _remove(stored)
            raise BadArchive("rows", type(error).__name__) from error
        except BaseException:
            _remove(stored)
            raise
    return arrived


def _work() -> Path:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    return Path(settings.DATA)


def _tables_here() -> dict[str, tuple[str, ...]]:
    return {travel.name_of(model): travel.columns_of(model) for model in travel.travelling()}


def _load(manifest: Manifest, work: Path, slug: str, key: bytes) -> Arrived:
    tenant = _open(manifest.shop, slug)
    people = _people(work / PEOPLE)
    rows: dict[str, int] = {}
    proven: list[str] = []
    with scope.tenant(tenant.pk):
        _allow_time()
        for model in travel.travelling():
            name = travel.name_of(model)
            coming = _read(work / "data" / f"{name}.jsonl")
            rows[name] = _insert(model, tenant.pk, _changed(model, coming, tenant.pk, people, key))
            if rows[name] != manifest.tables[name].rows:
                raise BadArchive("count", name)
            if _is_as_it_was(model):
                _prove(model, tenant.pk, manifest.files[f"data/{name}.jsonl"].sha256)
                proven.append(name)
        _move_counters_on(tenant.pk)
        if settings.BILLING:
            plan.start_trial()
        audit.note(audit.HOUSE, "shop.imported", f"tenant:{tenant.pk}", after={"made_at": manifest.made_at})
        return Arrived(tenant, rows, tuple(proven), without_secrets=not key)


def _open(shop: Any, slug: str) -> Tenant:
    known = {field.column for field in Tenant._meta.concrete_fields} - {"id"}
    told = {name: value for name, value in dict(shop).items() if name in known}
    if set(told) != known:
        raise BadArchive("other_tables", "shop")
    told["slug"] = slug or told["slug"]
    words = [told[name] for name in ("slug", "name", "timezone", "currency", "key")]
    if not all(isinstance(word, str) for word in words):
        raise BadArchive("manifest")
    check_tenant(*words[:4])
    if Tenant.objects.filter(slug=told["slug"]).exists():
        raise BadTenant("slug", "taken")
    if Tenant.objects.filter(key=told["key"]).exists():
        told.pop("key")  # a second copy beside the first: its next order numbers begin with other letters
    columns = ", ".join(f'"{name}"' for name in told)
    with connection.cursor() as cursor:
        if "key" not in told:
            columns, told["key"] = f'{columns}, "key"', Tenant._meta.get_field("key").get_default()
        cursor.execute(
            f"insert into plusone_tenant ({columns}) select {columns} "  # noqa: S608 - our own columns
            "from json_populate_record(null::plusone_tenant, %s::json) returning id",
            [json.dumps(told)],
        )
        return Tenant.objects.get(pk=cursor.fetchone()[0])


def _people(file: Path) -> dict[int, int]:
    """Who the members are here, by their ids there; whoever is unknown is made and signs in by another
    way.
    """
    found: dict[int, int] = {}
    for told in _read(file):
        email, name = told.get("email"), told.get("name")
        if not isinstance(told.get("id"), int) or not isinstance(email, str) or not isinstance(name, str):
            raise BadArchive("people")
        person = User.objects.filter(email__iexact=email).first() or User.objects.create_user(email, name)
        found[told["id"]] = person.pk
    return found


def _read(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        while line := lines.readline(MOST_LINE + 1):
            if len(line) > MOST_LINE:
                raise BadArchive("line", file.name)
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadArchive("line", file.name) from error
            if not isinstance(row, dict):
                raise BadArchive("line", file.name)
            yield row


def _changed(
    model: type[Owned], rows: Iterable[dict[str, Any]], tenant_id: int, people: dict[int, int], key: bytes
) -> Iterator[dict[str, Any]]:
    columns = set(travel.columns_of(model))
    for row in rows:
        if row.keys() != columns or not isinstance(row["id"], int) or not 0 < row["id"] <= MOST_ID:
            raise BadArchive("row", travel.name_of(model))
        arriving = model.arriving(row)
        if model is Member:
            if row["user_id"] not in people:
                raise BadArchive("people", str(row["user_id"])[:20])
            arriving = {**arriving, "user_id": people[row["user_id"]]}
        yield travel.seal_in(model, arriving, tenant_id, key) if model.sealed_at else arriving


def _insert(model: type[Owned], tenant_id: int, rows: Iterator[dict[str, Any]]) -> int:
    """Ids stay as they were: keys begin with the tenant, so they meet nobody else's.

    What points at rows of its own table is filled in afterwards, since it may point at one still to come.
    """
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in travel.columns_of(model))
    own = travel.own_references(model)
    written, pointing = 0, []
    with connection.cursor() as cursor:
        while chunk := list(islice(rows, CHUNK)):
            pointing += [_pointers(row, own) for row in chunk if any(row[column] for column in own)]
            told = [{**row, **dict.fromkeys(own)} for row in chunk]
            cursor.execute(
                f"insert into {table} (tenant_id, {columns}) overriding system value "  # noqa: S608 - a model's
                f"select %s, {columns} from json_populate_recordset(null::{table}, %s::json)",
                [tenant_id, json.dumps(told)],
            )
            written += cursor.rowcount
        for column in own if pointing else ():
            cursor.execute(
                f'update {table} t set "{column}" = r."{column}" '  # noqa: S608 - a model's table and column
                f"from json_populate_recordset(null::{table}, %s::json) r "
                "where t.tenant_id = (select %s::bigint) and t.id = r.id",
                [json.dumps(pointing), tenant_id],
            )
    return written


def _pointers(row: dict[str, Any], own: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", *own)}


def _is_as_it_was(model: type[Owned]) -> bool:
    return "arriving" not in vars(model) and not model.sealed_at


def _prove(model: type[Owned], tenant_id: int, sha256: str) -> None:
    """What stands in the table now, written out again, is the very file that came."""
    digest = hashlib.sha256()
    for line in travel.lines(model, tenant_id):
        digest.update(line.encode() + b"\n")
    if digest.hexdigest() != sha256:
        raise BadArchive("differs", travel.name_of(model))


def _move_counters_on(tenant_id: int) -> None:
    """New rows of the shop get ids above those that came in."""
    with scope.everywhere(), connection.cursor() as cursor:
        for model in travel.travelling():
            table = model._meta.db_table
            cursor.execute(
                f"select setval(c.name, greatest(m.id, nextval(c.name))) from "  # noqa: S608 - a model's table
                f"(select max(id) as id from {table} where tenant_id = (select %s::bigint)) m, "
                "(select pg_get_serial_sequence(%s, 'id')::regclass as name) c where m.id is not null",
                [tenant_id, table],
            )


def _allow_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '10min'")


def _store_images(folder: Path, stored: list[Path]) -> None:
    """Pictures keep their names, which nobody can guess; one that is there with other bytes is never
    replaced.
    """
    for image in sorted(folder.iterdir()):
        data = image.read_bytes()
        if not data.startswith(JPEG) or len(data) > uploads.MAX_BYTES:
            raise BadArchive("image", image.name)
        try:
            written = uploads.keep(settings.FILES, data, image.name)
        except FileExistsError as error:
            raise BadArchive("image", image.name) from error
        if written:
            stored.append(written)


def _remove(stored: list[Path]) -> None:
    for path in stored:
        path.unlink(missing_ok=True)
