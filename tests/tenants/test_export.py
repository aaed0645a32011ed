"""A shop goes home in an archive and comes back the same, or not at all (P24, P37, P40)."""

import json
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.chat.actions import deliver, fence
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.orders.models import Order
from plusone.tenants import travel
from plusone.tenants.actions import BadTenant, exporting, importing
from plusone.tenants.actions import archives as kept
from plusone.tenants.models import Channel, Member, Role, Tenant
from plusone.tenants.models.archive import Archive
from plusone.tenants.rules.archive import BadArchive
from plusone.tenants.tasks import forget_archives, write_archive
from tests import makers
from tests.house import walk
from tests.tenants import archives, browser
from tests.tenants.archives import Files

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def shop(database: None) -> Tenant:
    return archives.busy_shop()


@pytest.fixture(scope="module")
def archive(shop: Tenant, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("export") / "shop.tar.gz"
    exporting.export(shop, target)
    return target


@pytest.fixture(scope="module")
def files(archive: Path) -> Files:
    return archives.read(archive)


def test_another_slug_gets_the_same_books(shop: Tenant, archive: Path) -> None:
    arrived = importing.bring_in(archive, slug=f"{shop.slug}-b")
    assert arrived.tenant.name == shop.name
    before, after = _books(shop), _books(arrived.tenant)
    assert after == before
    assert {"order", "orderline", "orderchange", "stockmovement", "variant", "customer"} <= set(
        arrived.proven
    )
    assert arrived.rows["order"] >= 4


def test_numbers_and_ids_go_on_after_an_import(shop: Tenant, archive: Path) -> None:
    came = importing.bring_in(archive, slug=f"{shop.slug}-c").tenant
    with scope.tenant(came.pk):
        known = set(Order.objects.values_list("pk", flat=True))
        last = max(Order.objects.values_list("number", flat=True))
    browser.order(came, makers.goods(came), 1)
    with scope.tenant(came.pk):
        made = Order.objects.exclude(pk__in=known).get()
    assert made.number.split("-")[1:] == [last.split("-")[1], f"{int(last[-4:]) + 1:04d}"]


def test_the_same_place_is_refused_and_changes_nothing(shop: Tenant, archive: Path) -> None:
    before = walk.checksum(shop)
    with pytest.raises(BadTenant) as refused:
        importing.bring_in(archive)
    assert (refused.value.field, refused.value.reason) == ("slug", "taken")
    assert walk.checksum(shop) == before


def test_nothing_leaves_after_an_import_until_the_owner_says_so(shop: Tenant, archive: Path) -> None:
    came = importing.bring_in(archive, slug=f"{shop.slug}-d").tenant
    makers.work(came)
    with scope.tenant(came.pk):
        assert fence.held().messages > 0
        assert fence.held().events == 1
        orders = Order.objects.count()
        before = OutboxMessage.objects.count()
    assert all(one.tenant_id != came.pk for one in deliver.claim("test", 500))
    owner = browser.at(came)
    assert (
        "was imported while some things" in owner.get(browser.path(came, "messages/fenced")).content.decode()
    )
    assert owner.post(browser.path(came, "messages/fenced/decide"), {"what": "release"}).status_code == 302
    makers.work(came)
    with scope.tenant(came.pk):
        assert (fence.held().messages, fence.held().events) == (0, 0)
        assert OutboxMessage.objects.filter(state="ready").exists()
        assert (Order.objects.count(), OutboxMessage.objects.count()) == (orders + 1, before + 1)
    assert "was imported while" not in owner.get(browser.path(came, "messages/fenced")).content.decode()


def test_what_is_discarded_is_never_sent(shop: Tenant, archive: Path) -> None:
    came = importing.bring_in(archive, slug=f"{shop.slug}-e").tenant
    with scope.tenant(came.pk):
        fence.discard(HOUSE)
        assert not OutboxMessage.objects.filter(state__in=["ready", "fenced", "parked"]).exists()
        assert not InboxEvent.objects.filter(state__in=["new", "quarantined"]).exists()


def test_secrets_stay_behind_without_a_passphrase(shop: Tenant, files: Files) -> None:
    whole = b"".join(files.values())
    with scope.tenant(shop.pk):
        channel = Channel.objects.get()
        for secret in (*channel.secrets(), channel.access_token(), bytes(channel.sealed_token).hex()):
            assert secret.encode() not in whole
    assert "password" not in json.loads(files["people.jsonl"].splitlines()[0])
    assert "apitoken" in json.loads(files["manifest.json"])["left_out"]


def test_secrets_come_along_under_a_passphrase(shop: Tenant, tmp_path: Path) -> None:
    exporting.export(shop, tmp_path / "sealed.tar.gz", passphrase="海闊天空")
    with pytest.raises(BadArchive) as refused:
        importing.bring_in(tmp_path / "sealed.tar.gz", slug=f"{shop.slug}-f", passphrase="wrong")
    assert refused.value.reason == "passphrase"
    came = importing.bring_in(tmp_path / "sealed.tar.gz", slug=f"{shop.slug}-f", passphrase="海闊天空").tenant
    assert _secrets(came) == _secrets(shop)
    bare = importing.bring_in(tmp_path / "sealed.tar.gz", slug=f"{shop.slug}-g").tenant
    assert _secrets(bare) == ((), "")


def test_pictures_come_along_and_what_people_see_is_csv(shop: Tenant, files: Files) -> None:
    images = [name for name in files if name.startswith("images/")]
    assert len(images) == 1
    assert files[images[0]].startswith(b"\xff\xd8\xff")
    assert files["csv/order.csv"].startswith("\ufeff".encode())
    assert len(files["csv/order.csv"].splitlines()) == 1 + len(files["data/order.jsonl"].splitlines())


def test_a_folder_is_the_same_as_a_file(shop: Tenant, tmp_path: Path) -> None:
    exporting.export(shop, tmp_path / "folder")
    came = importing.bring_in(tmp_path / "folder", slug=f"{shop.slug}-h").tenant
    assert _books(came) == _books(shop)


def test_an_export_is_of_one_moment(tmp_path: Path) -> None:
    """Orders come in while it is written: it has all of those from before, none from after, and agrees
    in itself.
    """
    tenant = archives.busy_shop()
    product = makers.goods(tenant, stock=100)
    with scope.tenant(tenant.pk):
        before = Order.objects.count()
    sold: list[int] = []

    def sell(_done: int, _total: int) -> None:
        if not sold:
            sold.append(1)
            seller = threading.Thread(target=_sell_and_close, args=(tenant, product))
            seller.start()
            seller.join()

    exporting.export(tenant, tmp_path / "x.tar.gz", progress=sell)
    came = importing.bring_in(tmp_path / "x.tar.gz", slug=f"{tenant.slug}-i").tenant
    with scope.tenant(came.pk):
        assert Order.objects.count() == before
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == before + 1


def _sell_and_close(tenant: Tenant, product: Any) -> None:
    browser.order(tenant, product, 3)
    connection.close()


def _link(tar: tarfile.TarFile) -> None:
    info = tarfile.TarInfo("data/link.jsonl")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    tar.addfile(info)


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: told.update(values)


Tamper = Callable[[Files], Files]
HOSTILE: dict[str, tuple[str, Tamper]] = {
    "a way out of the folder": ("name", lambda f: archives.with_file(f, "../../evil.jsonl", b"x")),
    "an absolute name": ("name", lambda f: archives.with_file(f, "/tmp/evil.jsonl", b"x")),
    "a file that nobody announced": ("name", lambda f: {**f, "data/evil.jsonl": b"{}"}),
    "a file less": ("no_file", lambda f: {n: d for n, d in f.items() if n != "data/order.jsonl"}),
    "a byte changed": (
        "checksum",
        lambda f: {**f, "data/order.jsonl": f["data/order.jsonl"].replace(b"1", b"2")},
    ),
    "no manifest": ("no_export", lambda f: {n: d for n, d in f.items() if n != "manifest.json"}),
    "the manifest not first": ("no_export", lambda f: dict(reversed(f.items()))),
    "a manifest that is no JSON": ("manifest", lambda f: {**f, "manifest.json": b"{"}),
    "a manifest nested without end": ("manifest", lambda f: {**f, "manifest.json": b"[" * 200_000}),
    "something else in JSON": ("no_export", lambda f: {**f, "manifest.json": b"[1]"}),
    "another version": ("other_version", lambda f: archives.with_manifest(f, _set(version=2))),
    "a table that is not here": (
        "other_tables",
        lambda f: archives.with_manifest(
            f, lambda m: m["tables"].update(user={"rows": 0, "columns": ["id"]})
        ),
    ),
    "a table missing": (
        "other_tables",
        lambda f: archives.with_manifest(f, lambda m: m["tables"].pop("order")),
    ),
    "other columns": (
        "other_tables",
        lambda f: archives.with_manifest(f, lambda m: m["tables"]["order"]["columns"].append("tenant_id")),
    ),
    "a shop with more columns": ("row", lambda f: archives.with_row(f, "order", _set(tenant_id=1))),
    "an impossible id": ("row", lambda f: archives.with_row(f, "order", _set(id=2**62))),
    "a negative id": ("row", lambda f: archives.with_row(f, "order", _set(id=-1))),
    "a customer of nobody": ("rows", lambda f: archives.with_row(f, "order", _set(customer_id=999_999_999))),
    "stock below zero": ("rows", lambda f: archives.with_row(f, "variant", _set(stock=-5))),
    "a text too long": ("rows", lambda f: archives.with_row(f, "order", _set(number="x" * 100))),
    "a NUL": ("rows", lambda f: archives.with_row(f, "order", _set(memo="a\x00b"))),
    "a number that is a text": ("rows", lambda f: archives.with_row(f, "order", _set(total="many"))),
    "a line that is no JSON": ("line", lambda f: archives.with_file(f, "data/order.jsonl", b"{\n")),
    "a row less than announced": ("count", lambda f: archives.with_file(f, "data/attempt.jsonl", b"")),
    "a member who is nobody": ("people", lambda f: archives.with_file(f, "people.jsonl", b"")),
    "a picture that is a page": (
        "image",
        lambda f: archives.with_file(f, f"images/{'0' * 32}.jpg", b"<script>alert(1)</script>"),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_and_changes_nothing(
    case: str, files: Files, tmp_path: Path, shop: Tenant
) -> None:
    reason, tamper = HOSTILE[case]
    if case == "a row less than announced":
        files = archives.with_manifest(files, lambda m: m["tables"]["attempt"].update(rows=3))
    hostile = archives.write(tmp_path / "hostile.tar.gz", tamper(files))
    _is_refused(hostile, reason, f"{shop.slug}-x")


def test_links_and_rubbish_are_refused(files: Files, tmp_path: Path, shop: Tenant) -> None:
    _is_refused(archives.write(tmp_path / "link.tar.gz", files, _link), "name", f"{shop.slug}-x")
    (tmp_path / "rubbish.tar.gz").write_bytes(b"\x1f\x8b" + b"rubbish" * 100)
    _is_refused(tmp_path / "rubbish.tar.gz", "broken", f"{shop.slug}-x")
    whole = archives.write(tmp_path / "whole.tar.gz", files).read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    _is_refused(tmp_path / "cut.tar.gz", "broken", f"{shop.slug}-x")
    _is_refused(tmp_path / "none.tar.gz", "unreadable", f"{shop.slug}-x")


def test_a_bomb_is_refused_before_it_is_unpacked(files: Files, tmp_path: Path, shop: Tenant) -> None:
    def announce(told: dict[str, Any]) -> None:
        told["files"]["data/order.jsonl"]["bytes"] = 10 * 2**30

    bomb = archives.write(tmp_path / "bomb.tar.gz", archives.with_manifest(files, announce))
    began = time.process_time()
    _is_refused(bomb, "too_big", f"{shop.slug}-x")
    assert time.process_time() - began < 2


def test_a_broken_picture_leaves_no_others_behind(files: Files, tmp_path: Path, shop: Tenant) -> None:
    good = f"images/{'a' * 32}.jpg"
    bad = f"images/{'b' * 32}.jpg"
    tampered = archives.with_file(archives.with_file(files, good, makers.jpeg()), bad, b"no picture")
    _is_refused(archives.write(tmp_path / "x.tar.gz", tampered), "image", f"{shop.slug}-x")
    assert not (settings.FILES / "aa" / "aa" / f"{'a' * 32}.jpg").exists()


def test_every_table_travels_or_says_why_not() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.columns where column_name = 'tenant_id'")
        tables = {row[0].removeprefix("plusone_") for row in cursor.fetchall()}
    going = {travel.name_of(model) for model in travel.travelling()}
    assert tables == going | set(travel.staying())
    assert not going & set(travel.staying())
    assert all(travel.staying().values())
    assert len(going) >= 20


def test_every_sealed_column_says_where_it_stands() -> None:
    binary = {
        (travel.name_of(model), field.column)
        for model in travel.travelling()
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "BinaryField"
    }
    said = {(travel.name_of(model), column) for model in travel.travelling() for column in model.sealed_at}
    assert binary == said


def test_the_page_makes_an_export_and_only_the_owner_gets_it(shop: Tenant) -> None:
    owner = browser.at(shop)
    assert owner.post(browser.path(shop, "settings/export/new")).status_code == 302
    assert owner.post(browser.path(shop, "settings/export/new")).status_code == 302
    with scope.tenant(shop.pk):
        row = Archive.objects.get()
    assert "hx-get" in owner.get(browser.path(shop, "settings/export")).content.decode()
    write_archive(tenant_id=shop.pk, archive_id=row.pk)
    write_archive(tenant_id=shop.pk, archive_id=row.pk)
    with scope.tenant(shop.pk):
        row = Archive.objects.get()
    assert (row.state, row.done) == ("done", row.total)
    path = browser.path(shop, f"settings/export/{row.pk}/file")
    for role in (Role.MANAGER, Role.STAFF):
        assert browser.at(shop, role).get(path).status_code == 403
    answer = owner.get(path)
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert len(body) == row.bytes
    assert f"{shop.slug}-" in answer["Content-Disposition"]
    with scope.tenant(shop.pk):
        Archive.objects.update(created_at="2020-01-01T00:00:00Z")
    forget_archives()
    assert owner.get(path).status_code == 404
    assert not (kept.folder() / row.name).exists()


def _is_refused(archive: Path, reason: str, slug: str) -> None:
    with scope.everywhere():
        before = (Tenant.objects.count(), Order.objects.count(), Member.objects.count())
    with pytest.raises(BadArchive) as refused:
        importing.bring_in(archive, slug=slug)
    assert refused.value.reason == reason
    with scope.everywhere():
        assert (Tenant.objects.count(), Order.objects.count(), Member.objects.count()) == before
    assert list(Path(settings.DATA).glob("plusone-import-*")) == []


def _books(tenant: Tenant) -> dict[str, list[Any]]:
    """What an owner would compare: stock, numbers, totals, history, to the last column."""
    wanted = (
        "order",
        "orderline",
        "orderchange",
        "stockmovement",
        "product",
        "variant",
        "customer",
        "counter",
    )
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        books = {}
        for table in wanted:
            cursor.execute(
                f"select to_jsonb(t) - 'tenant_id' from plusone_{table} t where tenant_id = %s order by id",
                [tenant.pk],
            )
            books[table] = cursor.fetchall()
        return books


def _secrets(tenant: Tenant) -> tuple[tuple[str, ...], str]:
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        return channel.secrets(), channel.access_token()
