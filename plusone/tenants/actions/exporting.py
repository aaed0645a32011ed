"""Write a whole shop into an archive, in open formats, as it is at one moment."""

import contextlib
import datetime
import gzip
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from plusone.base import scope, tables, uploads
from plusone.base.models import Owned
from plusone.tenants import travel
from plusone.tenants.models import Member, Tenant
from plusone.tenants.rules.archive import MANIFEST, PEOPLE, Filed, Manifest, Table

Progress = Callable[[int, int], None]

# Also as CSV, for people's eyes.
HUMAN = frozenset(
    {"product", "variant", "stockmovement", "customer", "contact", "order", "orderline", "orderchange"}
)
TELL_EVERY = 1000
_STORED = re.compile(r'"([0-9a-f]{32}\.[a-z0-9]{1,8})"')


def _silent(_done: int, _total: int) -> None:
    return None


def export(tenant: Tenant, target: Path, *, passphrase: str = "", progress: Progress = _silent) -> Manifest:
    """Write the shop's archive to `target`: a .tar.gz, or a folder for any other name. Returns its manifest.

    All tables as of one moment (one repeatable-read transaction), a few hundred rows in memory at a time.
    Secrets are left out without a passphrase. Nothing stands at `target` until it is complete.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".export-", dir=target.parent) as folder:
        work = Path(folder) / "shop"
        for inner in ("data", "csv", "images"):
            (work / inner).mkdir(parents=True)
        salt = os.urandom(16).hex() if passphrase else ""
        manifest = _write(tenant, work, travel.key_of(passphrase, salt), salt, progress)
        (work / MANIFEST).write_text(json.dumps(manifest.to_dict(), ensure_ascii=False, indent=1), "utf-8")
        if target.name.endswith(".tar.gz"):
            _pack(work, Path(folder) / "packed", manifest)
            (Path(folder) / "packed").replace(target)
        else:
            work.rename(target)
    return manifest


def _write(tenant: Tenant, work: Path, key: bytes, salt: str, progress: Progress) -> Manifest:
    images: set[str] = set()
    models = travel.travelling()
    counted: dict[str, Table] = {}
    with _one_moment(tenant.pk):
        shop = _shop(tenant.pk)
        total, done = travel.count(models), 0
        for model in models:
            name = travel.name_of(model)
            rows = _lines(model, tenant.pk, key)
            tell = partial(_tell, progress, done, total)
            written = _table(work / "data" / f"{name}.jsonl", rows, images, tell)
            counted[name] = Table(written, travel.columns_of(model))
            done += written
        _table(work / PEOPLE, _people(), images, partial(_tell, progress, done, total))
    for name in HUMAN & counted.keys():
        _csv(work / "data" / f"{name}.jsonl", work / "csv" / f"{name}.csv", counted[name].columns)
    _copy_images(images, work / "images")
    progress(total, total)
    return Manifest(
        shop=shop,
        tables=counted,
        files=_filed(work),
        salt=salt,
        made_at=datetime.datetime.now(datetime.UTC).isoformat(),
        product=importlib.metadata.version("plusone"),
        left_out=travel.staying(),
    )


def _tell(progress: Progress, before: int, total: int, written: int) -> None:
    progress(min(before + written, total), total)


@contextlib.contextmanager
def _one_moment(tenant_id: int) -> Iterator[None]:
    """The tenant in scope, in a transaction whose every query sees the same moment."""
    assert not connection.in_atomic_block, "an export opens a transaction of its own"
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
            cursor.execute("set local idle_in_transaction_session_timeout = '10min'")
        with scope.tenant(tenant_id):
            yield


def _shop(tenant_id: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("select (to_jsonb(t) - 'id')::text from plusone_tenant t where id = %s", [tenant_id])
        return dict(json.loads(cursor.fetchone()[0]))


def _people() -> Iterator[str]:
    """Who the members are: those ids stand outside the wall, where another installation has other people."""
    for member in Member.objects.order_by("pk").select_related("user"):
        yield json.dumps({"id": member.user_id, "email": member.user.email, "name": member.user.name})


def _lines(model: type[Owned], tenant_id: int, key: bytes) -> Iterator[str]:
    if not model.sealed_at:
        return travel.lines(model, tenant_id)
    rows = (json.loads(line) for line in travel.lines(model, tenant_id))
    return (json.dumps(travel.seal_out(model, row, tenant_id, key), ensure_ascii=False) for row in rows)


def _table(file: Path, lines: Iterator[str], images: set[str], tell: Callable[[int], None]) -> int:
    written = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for written, line in enumerate(lines, start=1):
            out.write(line + "\n")
            images.update(_STORED.findall(line))
            if written % TELL_EVERY == 0:
                tell(written)
    tell(written)
    return written


def _csv(source: Path, target: Path, columns: tuple[str, ...]) -> None:
    with source.open(encoding="utf-8") as file:
        rows = (json.loads(line) for line in file)
        cells = ([_cell(row[column]) for column in columns] for row in rows)
        with tables.csv_file(columns, cells) as made, target.open("wb") as out:
            shutil.copyfileobj(made, out)


def _cell(value: Any) -> str | int | None:
    if value is None or isinstance(value, str) or type(value) is int:
        return value
    return json.dumps(value, ensure_ascii=False)


def _copy_images(names: set[str], folder: Path) -> None:
    """A picture that is named and gone leaves its product without one, here as there."""
    for name in sorted(names):
        with contextlib.suppress(uploads.NoSuchFile), uploads.open_stored(settings.FILES, name) as file:
            with (folder / name).open("wb") as out:
                shutil.copyfileobj(file, out)


def _filed(work: Path) -> dict[str, Filed]:
    found = sorted(path for path in work.rglob("*") if path.is_file())
    return {path.relative_to(work).as_posix(): _read(path) for path in found}


def _read(path: Path) -> Filed:
    with path.open("rb") as file:
        return Filed(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _pack(work: Path, target: Path, manifest: Manifest) -> None:
    """The manifest first, so that a reader knows what to expect of the rest."""
    with gzip.open(target, "wb", compresslevel=6) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name in (MANIFEST, *manifest.files):
            info = tarfile.TarInfo(name)
            info.size, info.mode = (work / name).stat().st_size, 0o644
            with (work / name).open("rb") as file:
                tar.addfile(info, file)
    target.chmod(0o600)
