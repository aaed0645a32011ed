"""Many orders at once: a new status with refusals and undo, sheets to print, files for Excel (JG22)."""

import csv
import datetime
import io
import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from openpyxl import load_workbook

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.orders.actions import bulk, change, export, merge
from plusone.orders.models import BulkChange, BulkItem, Export, Order
from plusone.orders.tasks import many as tasks
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.test_contents import broken, order_of
from tests.tenants import browser

COMMAND = re.compile(r'name="command" value="([^"]+)"')


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    """Files of this test lie in its own folder."""
    settings.PRIVATE_FILES = tmp_path / "private"


def ids(tenant: Tenant, *numbers: str) -> list[int]:
    with scope.tenant(tenant.pk):
        return [Order.objects.get(number=number).pk for number in numbers]


def statuses(tenant: Tenant) -> list[str]:
    with scope.tenant(tenant.pk):
        return list(Order.objects.order_by("pk").values_list("status", flat=True))


def post(client: Client, tenant: Tenant, rest: str, **fields: Any) -> str:
    """Post the list's form as the page gives it; where it leads to."""
    shown = client.get(browser.path(tenant, "orders/")).content.decode()
    command = COMMAND.search(shown)
    assert command
    answer = client.post(browser.path(tenant, f"orders/{rest}"), {"command": command[1], **fields})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def run(tenant: Tenant) -> BulkChange:
    """Work the newest change to its end, as the job does."""
    with scope.tenant(tenant.pk):
        newest = BulkChange.objects.order_by("-pk")[0].pk
    with scope.nowhere():
        tasks.change_many(tenant_id=tenant.pk, bulk_id=newest)
    with scope.tenant(tenant.pk):
        return BulkChange.objects.get(pk=newest)


def test_what_was_picked_changes_and_the_rest_does_not(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    numbers = [order_of(tenant, makers.friend(tenant), (product, 1)) for _ in range(3)]
    client = browser.at(tenant, "staff")
    page = post(client, tenant, "many", to="paid", pick=ids(tenant, *numbers[:2]))
    waiting = client.get(page).content.decode()
    assert "0 / 2" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    done = run(tenant)
    assert (done.total, done.done, done.changed, done.refused) == (2, 2, 2, 0)
    assert statuses(tenant) == ["paid", "paid", "purchased"]
    over = client.get(page, {"live": 1}).content.decode()
    assert "Finished" in over
    assert "every 2s" not in over
    assert "<html" not in over
    shown = client.get(browser.path(tenant, f"orders/{numbers[0]}/")).content.decode()
    assert "purchased → paid" in shown


def test_everything_that_fits_the_filter_changes(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=200)
    for _ in range(bulk.PIECE + 3):
        order_of(tenant, makers.friend(tenant), (product, 1))
    client = browser.at(tenant)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.order_by("pk")[0], "shipped")
    post(client, tenant, "many", to="paid", everything="1", status="purchased")
    done = run(tenant)
    assert done.changed == bulk.PIECE + 2
    assert statuses(tenant) == ["shipped", *["paid"] * (bulk.PIECE + 2)]


def test_refusals_are_listed_by_order_with_their_reason(tenant: Tenant) -> None:
    product = makers.goods(tenant, "紅豆餅", stock=3)
    person = makers.friend(tenant)
    gone = order_of(tenant, person, (product, 2))
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(), "cancelled")
    first, second = order_of(tenant, person, (product, 1)), order_of(tenant, person, (product, 1))
    with scope.tenant(tenant.pk):
        merge.merge(HOUSE, Order.objects.get(number=first), [Order.objects.get(number=second)])
    client = browser.at(tenant)
    page = post(client, tenant, "many", to="purchased", everything="1")
    done = run(tenant)
    assert (done.done, done.changed, done.refused) == (3, 0, 2)
    shown = client.get(page).content.decode()
    assert f"紅豆餅 ({product.code}): 1 missing" in shown
    assert "merged into another order" in shown
    assert gone in shown
    assert second in shown
    assert broken(tenant) == {}


def test_undo_gives_each_its_own_status_back_unless_somebody_was_at_it(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    numbers = [order_of(tenant, makers.friend(tenant), (product, 1)) for _ in range(4)]
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=numbers[1]), "paid")
    client = browser.at(tenant)
    page = post(client, tenant, "many", to="cancelled", everything="1")
    run(tenant)
    assert makers.stock_of(tenant, product) == [10]
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=numbers[2]), "other")
    for _ in range(2):
        back = client.post(f"{page}/undo").headers["Location"]
    undone = run(tenant)
    assert (undone.total, undone.changed, undone.refused) == (4, 3, 1)
    assert statuses(tenant) == ["purchased", "paid", "other", "purchased"]
    assert (
        "Someone changed it in the meantime: it is now “other / please ask”."
        in client.get(back).content.decode()
    )
    assert "This change was undone" in client.get(page).content.decode()
    assert broken(tenant) == {}


def test_undo_stops_a_change_that_is_under_way(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=100)
    for _ in range(bulk.PIECE + 5):
        order_of(tenant, makers.friend(tenant), (product, 1))
    client = browser.at(tenant)
    page = post(client, tenant, "many", to="paid", everything="1")
    with scope.tenant(tenant.pk):
        started = BulkChange.objects.get()
        assert bulk.work(started.pk)
    client.post(f"{page}/undo")
    with scope.tenant(tenant.pk):
        assert not bulk.work(started.pk)
        assert BulkItem.objects.filter(bulk=started, outcome="stopped").count() == 5
    assert run(tenant).changed == bulk.PIECE
    assert set(statuses(tenant)) == {"purchased"}


def test_two_presses_start_one_and_a_dead_worker_loses_nothing(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=100)
    numbers = [order_of(tenant, makers.friend(tenant), (product, 1)) for _ in range(bulk.PIECE + 1)]
    client = browser.at(tenant)
    fields = {"to": "paid", "everything": "1", "command": "c" * 16}
    pages = {client.post(browser.path(tenant, "orders/many"), fields).headers["Location"] for _ in range(2)}
    assert len(pages) == 1
    with scope.tenant(tenant.pk):
        started = BulkChange.objects.get()
        bulk.work(started.pk)
    with pytest.raises(ZeroDivisionError):
        _die_at_work(tenant, started.pk)
    done = run(tenant)
    assert (done.total, done.done, done.changed) == (len(numbers),) * 3
    with scope.tenant(tenant.pk):
        changes = [order.changes.filter(what="status").count() for order in Order.objects.all()]
    assert changes == [1] * len(numbers)


def _die_at_work(tenant: Tenant, pk: int) -> None:
    with scope.tenant(tenant.pk):
        bulk.work(pk)
        raise ZeroDivisionError


def test_two_workers_share_a_change_without_doing_anything_twice(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=100)
    for _ in range(30):
        order_of(tenant, makers.friend(tenant), (product, 1))
    with scope.tenant(tenant.pk):
        started = bulk.start(HOUSE, Order.objects.all(), "cancelled", "d" * 16)

    def work() -> None:
        with scope.nowhere():
            tasks.change_many(tenant_id=tenant.pk, bulk_id=started.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    done = run(tenant)
    assert (done.done, done.changed, done.refused) == (30, 30, 0)
    assert makers.stock_of(tenant, product) == [100]
    assert broken(tenant) == {}


@pytest.mark.parametrize(
    "fields", [{"to": "exploded", "everything": "1"}, {"to": "paid"}, {"to": "paid", "pick": ["x", "-1"]}]
)
def test_nothing_picked_or_no_status_starts_nothing(tenant: Tenant, fields: dict[str, Any]) -> None:
    order_of(tenant, makers.friend(tenant), (makers.goods(tenant), 1))
    client = browser.at(tenant)
    post(client, tenant, "many", **fields)
    with scope.tenant(tenant.pk):
        assert not BulkItem.objects.exists()
    assert statuses(tenant) == ["purchased"]


def test_another_shops_orders_are_not_changed_by_their_ids(tenant: Tenant) -> None:
    other = makers.shop()
    number = order_of(other, makers.friend(other), (makers.goods(other), 1))
    order_of(tenant, makers.friend(tenant), (makers.goods(tenant), 1))
    post(browser.at(tenant), tenant, "many", to="paid", pick=ids(other, number))
    assert run(tenant).total == 0
    assert statuses(other) == ["purchased"]


def test_the_picking_list_sums_pieces_by_product_and_option(tenant: Tenant) -> None:
    shirt = makers.goods(tenant, "上衣", options={("黑",): 9, ("白",): 9})
    tea = makers.goods(tenant, "茶", stock=20)
    numbers = [order_of(tenant, makers.friend(tenant), (tea, pieces)) for pieces in (1, 2, 4)]
    for _ in range(2):
        browser.order(tenant, shirt, 3)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=numbers[2]), "cancelled")
    client = browser.at(tenant, "staff")
    page = client.get(post(client, tenant, "print", everything="1", sheet="picking"))
    found = [
        (row["name"], row["variant_label"], row["pieces"], row["orders"]) for row in page.context["rows"]
    ]
    assert found == [("上衣", "黑", 6, 2), ("茶", "", 3, 2)]
    assert "9 pieces for 4 orders" in page.content.decode()
    one = client.get(post(client, tenant, "print", pick=ids(tenant, numbers[1]), sheet="picking"))
    assert [row["pieces"] for row in one.context["rows"]] == [2]


@pytest.mark.parametrize("size", ["a4", "label"])
def test_each_order_gets_a_slip_of_the_wanted_size(tenant: Tenant, size: str) -> None:
    tea, cake = makers.goods(tenant, "茶", price=100), makers.goods(tenant, "糕", price=50)
    number = order_of(tenant, makers.friend(tenant), (tea, 2), (cake, 1))
    other = order_of(tenant, makers.friend(tenant), (tea, 1))
    client = browser.at(tenant)
    where = post(client, tenant, "print", pick=ids(tenant, number, other), sheet="slips")
    shown = client.get(f"{where}&size={size}").content.decode()
    assert f'class="slips slips-{size}"' in shown
    assert shown.count('<article class="slip">') == 2
    for part in (number, other, "小美", "×2", "NT$250"):
        assert part in shown
    assert "memo" not in shown


def file_of(
    tenant: Tenant, kind: str, client: Client | None = None, **fields: Any
) -> tuple[Client, str, bytes]:
    """Ask for the file, work its job, fetch it; who asked, its page, its bytes."""
    client = client or browser.at(tenant)
    page = post(client, tenant, "export", kind=kind, **fields)
    with scope.tenant(tenant.pk):
        wanted = Export.objects.order_by("-pk")[0]
    with scope.nowhere():
        tasks.write_orders(tenant_id=tenant.pk, export_id=wanted.pk)
    answer = client.get(f"{page}/file")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert f'filename="{tenant.slug}-orders-' in answer.headers["Content-Disposition"]
    return client, page, b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def filled(tenant: Tenant) -> tuple[str, str]:
    """Two orders with everything that is hard for a file: formulas, Chinese, quotes, lines."""
    tea, cake = makers.goods(tenant, "=cmd|茶", price=100), makers.goods(tenant, '糕，甜"', price=50)
    first = order_of(tenant, makers.friend(tenant), (tea, 2), (cake, 1))
    second = order_of(tenant, makers.friend(tenant), (cake, 3))
    with scope.tenant(tenant.pk):
        order = Order.objects.get(number=first)
        change.set_tracking(HOUSE, order, "0912345678")
        change.set_memo(HOUSE, order, "+886 請打電話\n週五")
        change.set_status(HOUSE, Order.objects.get(number=second), "paid")
    return first, second


def test_the_csv_opens_rightly_in_excel(tenant: Tenant) -> None:
    first, second = filled(tenant)
    _, _, data = file_of(tenant, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert "Tracking number tracking_number" in header
    assert "Memo memo" in header
    named = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["Order number"], row["Product"], row["Quantity"], row["Order total"]) for row in named] == [
        (second, '糕，甜"', "3", "150"),
        (first, "'=cmd|茶", "2", "250"),
        (first, '糕，甜"', "1", ""),
    ]
    assert named[1]["Memo memo"] == "'+886 請打電話\n週五"
    assert named[1]["Tracking number tracking_number"] == "0912345678"
    assert named[0]["Status"] == "paid"
    assert named[0]["Customer"] == "小美"


def test_the_workbook_holds_texts_and_numbers_and_never_a_formula(tenant: Tenant) -> None:
    first, _ = filled(tenant)
    _, _, data = file_of(tenant, "xlsx")
    header, *rows = load_workbook(io.BytesIO(data)).active.iter_rows()
    names = [cell.value for cell in header]
    row = dict(zip(names, rows[1], strict=True))
    assert row["Order number"].value == first
    assert (row["Product"].value, row["Product"].data_type) == ("'=cmd|茶", "s")
    assert (row["Quantity"].value, row["Quantity"].data_type) == (2, "n")
    assert row["Tracking number tracking_number"].value == "0912345678"
    assert "f" not in {cell.data_type for cells in rows for cell in cells}


def test_the_file_holds_what_the_list_shows_or_what_was_picked(tenant: Tenant) -> None:
    first, second = filled(tenant)
    client, _, data = file_of(tenant, "csv", status="paid")
    assert second in data.decode()
    assert first not in data.decode()
    _, _, data = file_of(tenant, "csv", client, pick=ids(tenant, first), status="paid")
    assert first in data.decode()
    assert second not in data.decode()
    _, _, data = file_of(tenant, "csv", client, q=second)
    assert first not in data.decode()


def test_only_who_may_fetches_it_and_not_for_ever(tenant: Tenant) -> None:
    filled(tenant)
    client, page, _ = file_of(tenant, "csv", browser.at(tenant, "manager"))
    for rest in ("", "/file"):
        assert browser.at(tenant, "staff").get(f"{page}{rest}").status_code == 403
        assert browser.at(makers.shop()).get(f"{page}{rest}").status_code == 403
        assert browser.stranger().get(f"{page}{rest}").status_code == 302
    other = makers.shop()
    assert browser.at(other).get(page.replace(tenant.slug, other.slug)).status_code == 404
    with scope.tenant(tenant.pk):
        name = Export.objects.get().file
        Export.objects.update(created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    assert (export.folder() / name).exists()
    with scope.nowhere():
        tasks.forget_exports()
    assert not (export.folder() / name).exists()
    assert client.get(f"{page}/file").status_code == 404


def test_a_job_that_runs_twice_makes_one_file(tenant: Tenant) -> None:
    filled(tenant)
    client, page, _ = file_of(tenant, "csv")
    with scope.tenant(tenant.pk):
        made = Export.objects.get()
    with scope.nowhere():
        tasks.write_orders(tenant_id=tenant.pk, export_id=made.pk)
    assert [file.name for file in export.folder().iterdir()] == [made.file]
    shown = client.get(page).content.decode()
    assert "2 / 2" in shown
    assert "Save the CSV" in shown


def test_a_worker_that_was_replaced_finishes_nothing(tenant: Tenant) -> None:
    filled(tenant)
    with scope.tenant(tenant.pk):
        asked = export.ask(
            HOUSE, kind="csv", language="en", search="", status="", picked=[], command="e" * 16
        )
        old, new = export.begin(asked.pk), export.begin(asked.pk)
        assert old is not None
        assert new is not None
        assert not export.finish(old, "old.csv", 1)
        assert export.finish(new, "new.csv", 1)
        assert Export.objects.get().file == "new.csv"
