"""Nothing of a shop goes on by itself after an import (P24): all that was under way is set into the archive,
then every sweep of the timetable runs.
"""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.chat.actions import deliver, menus
from plusone.chat.models import MenuBoard, OutboxMessage, RichMenu
from plusone.chat.rules.slots import Slot
from plusone.chat.tasks import menus as menu_tasks
from plusone.orders.actions import bulk
from plusone.orders.models import BulkChange, Order, Round
from plusone.orders.tasks import rounds
from plusone.schedule import TIMETABLE
from plusone.tenants.actions import exporting, importing
from plusone.tenants.models import Tenant
from tests import makers
from tests.chat import menu_makers
from tests.orders import groupbuy
from tests.tenants import archives, browser

# Every task of the timetable: run below, or why it moves nothing of a shop.
SWEEPS: dict[str, Callable[[], Any] | str] = {
    "chat.sweep_menus": menu_tasks.sweep,
    "orders.remind_rounds": rounds.remind_rounds,
    "chat.fetch_missing_profiles": "asks LINE for names, says nothing",
    "chat.ask_quotas": "asks LINE for figures, says nothing",
    "chat.look_at_all_menus": "asks LINE what it has, changes nothing there",
    "tenants.watch_plans": "this installation's own plan of the shop",
    "tenants.forget_archives": "files of this machine",
    "tenants.forget_tries": "of no shop",
    "base.retry_stalled": "jobs of this installation; none comes along",
    "base.forget_old": "jobs of this installation",
    "chat.forget_old": "old texts",
    "orders.forget_exports": "files of this machine",
    "storefront.forget_old": "sessions, which stay behind",
}


@pytest.fixture(scope="module")
def busy(database: None) -> Tenant:
    """A shop in the middle of everything, which the old place does not stop."""
    tenant = archives.busy_shop()
    live, going, leaving = (menu_makers.made(tenant, name) for name in ("live", "going", "leaving"))
    product = makers.goods(tenant)
    browser.order(tenant, product)
    found = groupbuy.a_round(tenant, product, chats=[groupbuy.known_group(tenant)], remind_push=True)
    with scope.tenant(tenant.pk):
        RichMenu.objects.filter(pk__in=[live.pk, leaving.pk]).update(state="live", line_id="richmenu-1")
        RichMenu.objects.filter(pk=going.pk).update(state="publishing", mark="a" * 12)
        RichMenu.objects.filter(pk=leaving.pk).update(state="removing")
        menus.add_slot(HOUSE, RichMenu.objects.get(pk=live.pk), Slot(live.pk, frozenset(range(7))))
        MenuBoard.objects.update(next_turn=numbers.database_now() - datetime.timedelta(minutes=1))
        Round.objects.filter(pk=found.pk).update(
            remind_at=numbers.database_now() - datetime.timedelta(seconds=30)
        )
        bulk.start(HOUSE, Order.objects.all(), "paid", "c" * 22)
    return tenant


def test_after_an_import_no_sweep_finds_work(busy: Tenant, tmp_path: Path) -> None:
    came = _moved(busy, tmp_path)
    _sweep()
    assert _jobs_of(came) == set()
    with scope.tenant(came.pk):
        assert not OutboxMessage.objects.filter(state__in=["ready", "leased", "retry", "parked"]).exists()
        assert not BulkChange.objects.filter(finished_at=None).exists()
        assert dict(RichMenu.objects.values_list("name", "state")) == {
            "live": "live",
            "going": "failed",
            "leaving": "failed",
        }
        assert MenuBoard.objects.get().next_turn is None
    assert all(one.tenant_id != came.pk for one in deliver.claim("test", 500))


def test_the_owner_reads_what_was_stopped_and_goes_on(busy: Tenant, tmp_path: Path) -> None:
    came = _moved(busy, tmp_path)
    owner = browser.at(came)
    assert "was imported; LINE" in owner.get(browser.path(came, "messages/menus/")).content.decode()
    with scope.tenant(came.pk):
        found = Round.objects.get()
        going = RichMenu.objects.get(name="going")
    shown = owner.get(browser.path(came, f"orders/rounds/{found.pk}/")).content.decode()
    assert "No reminder before closing." in shown
    owner.post(browser.path(came, f"messages/menus/{going.pk}/publish"))
    assert "chat.work_on_menu" in _jobs_of(came)


@pytest.mark.parametrize(
    ("model", "job"),
    [(RichMenu, "chat.work_on_menu"), (MenuBoard, "chat.turn_menu"), (Round, "orders.remind_tenant")],
)
def test_without_the_fence_it_would_go_on(
    busy: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Any, job: str
) -> None:
    """The twin: a row that comes in as it left is worked on."""
    monkeypatch.setattr(model, "arriving", classmethod(lambda _cls, row: row))
    came = _moved(busy, tmp_path)
    _sweep()
    assert job in _jobs_of(came)


def test_every_task_of_the_timetable_was_thought_of() -> None:
    assert set(SWEEPS) == {entry.task for entry in TIMETABLE}


def _moved(busy: Tenant, folder: Path) -> Tenant:
    exporting.export(busy, folder / "shop.tar.gz", passphrase="海闊天空")
    slug = f"{busy.slug}-{folder.name[-20:].strip('_-').lower().replace('_', '-')}"
    return importing.bring_in(folder / "shop.tar.gz", slug=slug[:40], passphrase="海闊天空").tenant


def _sweep() -> None:
    for sweep in SWEEPS.values():
        if callable(sweep):
            sweep()


def _jobs_of(tenant: Tenant) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name from procrastinate_jobs where (args ->> 'tenant_id')::bigint = %s", [tenant.pk]
        )
        return {name for (name,) in cursor.fetchall()}
