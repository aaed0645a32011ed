"""Archives for tests: a shop worth taking home, and archives that somebody tampered with."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from plusone.base import scope, uploads
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser

Files = dict[str, bytes]


def busy_shop() -> Tenant:
    """A shop with goods, pictures, orders, a history, a team, a waiting message and one not answered."""
    tenant = makers.shop(name="搬家的店 🏠")
    makers.member(tenant)
    goods = [makers.goods(tenant, f"茶 {n}", price=100 + n, stock=20) for n in range(3)]
    person = makers.friend(tenant, language="ja")
    for product in goods:
        browser.order(tenant, product, 2, person=person)
    makers.hear(tenant, makers.text(person, "+1"), makers.text(person, "你好 \u2028 \x7f"))
    assert makers.webhook(tenant, [makers.text(person, "+2")]) == 200
    image = uploads.put(settings.FILES, makers.jpeg(), ".jpg")
    with scope.tenant(tenant.pk):
        catalogue.set_picture(HOUSE, goods[0], image, image)
        change.set_status(HOUSE, change.hold(Order.objects.order_by("pk")[0].pk), "cancelled")
    return tenant


def read(archive: Path) -> Files:
    """Every file of a .tar.gz by name, in order."""
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def write(archive: Path, files: Files, extra: Callable[[tarfile.TarFile], None] | None = None) -> Path:
    """A .tar.gz of these files."""
    with tarfile.open(archive, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if extra:
            extra(tar)
    return archive


def with_manifest(files: Files, change: Callable[[dict[str, Any]], None]) -> Files:
    """The files with another manifest."""
    told = json.loads(files["manifest.json"])
    change(told)
    return {**files, "manifest.json": json.dumps(told).encode()}


def with_file(files: Files, name: str, data: bytes) -> Files:
    """The files with other content in one, which the manifest agrees with: somebody who knows how."""

    def agree(told: dict[str, Any]) -> None:
        told["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    return with_manifest({**files, name: data}, agree)


def with_row(files: Files, table: str, change: Callable[[dict[str, Any]], None]) -> Files:
    """The files with the first row of a table changed."""
    name = f"data/{table}.jsonl"
    first, *rest = files[name].decode().splitlines()
    row = json.loads(first)
    change(row)
    return with_file(files, name, "\n".join([json.dumps(row), *rest, ""]).encode())
