"""Long work over many orders: changing them all, and writing them to a file."""

import os
import secrets
import shutil
from collections.abc import Iterator

from django.utils import translation

from plusone.base import jobs, scope, tables
from plusone.base.tables import Cell
from plusone.orders.actions import bulk, bulk_letters, export
from plusone.orders.models import BulkLetter, Export
from plusone.orders.views import many_letters, sheet
from plusone.tenants.models import Tenant


@jobs.task(bulk.JOB, scoped=False)
def change_many(tenant_id: int, bulk_id: int) -> None:
    """Change piece after piece, each in a transaction of its own: what dies in between goes on from there."""
    more = True
    while more:
        with scope.tenant(tenant_id):
            more = bulk.work(bulk_id)


@jobs.task(bulk_letters.JOB, scoped=False)
def write_letters(tenant_id: int, letter_id: int) -> None:
    """Write to buyer after buyer, a piece a transaction: what dies in between goes on from there."""
    more = True
    while more:
        with scope.tenant(tenant_id):
            piece = bulk_letters.begin_piece(letter_id)
            more = piece is not None and _write_piece(Tenant.objects.get(pk=tenant_id), *piece)


def _write_piece(tenant: Tenant, letter: BulkLetter, buyers: list[bulk_letters.Buyer]) -> bool:
    written = many_letters.written(tenant, letter.kind, buyers)
    return bulk_letters.finish_piece(letter, buyers, written)


@jobs.task(export.JOB, scoped=False)
def write_orders(tenant_id: int, export_id: int) -> None:
    """Write the file piece by piece; started again from its beginning when a worker died over it."""
    with scope.tenant(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        wanted = export.begin(export_id)
    if wanted is None:
        return
    try:
        name, size = _write(tenant, wanted)
    except Exception:
        with scope.tenant(tenant_id):
            export.fail(wanted)
        raise
    with scope.tenant(tenant_id):
        kept = export.finish(wanted, name, size)
    if not kept:
        (export.folder() / name).unlink(missing_ok=True)


@jobs.task("orders.forget_exports", scoped=False)
def forget_exports() -> None:
    """Files with buyers' names don't lie about longer than a day."""
    export.forget_old()


def _write(tenant: Tenant, wanted: Export) -> tuple[str, int]:
    with translation.override(wanted.language):
        made = tables.write(wanted.kind, sheet.title(), sheet.header(), _rows(tenant, wanted))
    folder = export.folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.{wanted.kind}"
    with made, open(folder / f"{name}.part", "wb") as file:
        shutil.copyfileobj(made, file)
        size = file.tell()
    os.replace(folder / f"{name}.part", folder / name)
    return name, size


def _rows(tenant: Tenant, wanted: Export) -> Iterator[list[Cell]]:
    last, more = None, True
    while more:
        with scope.tenant(tenant.pk):
            orders = sheet.piece(export.orders_of(wanted), last)
            rows = [row for order in orders for row in sheet.rows(order, tenant.timezone)]
            export.note_progress(wanted, len(orders))
        yield from rows
        more = len(orders) == sheet.PIECE
        last = orders[-1].pk if orders else None
