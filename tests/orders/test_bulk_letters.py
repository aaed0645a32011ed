"""The buyers of many orders are told: cost before, one letter each, never twice, the fate after."""

import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import Wish
from plusone.chat.actions.quota import month_of
from plusone.chat.models import OutboxMessage, QuotaMonth
from plusone.customers.models import Contact
from plusone.orders.actions import add, bulk, bulk_letters, change
from plusone.orders.models import BulkChange, BulkLetter, BulkLetterItem, Order, OrderChange, Status
from plusone.orders.tasks.many import change_many, write_letters
from plusone.tenants.models import Tenant
from tests import makers
from tests.chat.at_line import AtLine
from tests.tenants import browser


def shipped(tenant: Tenant, status: str = "shipped") -> BulkChange:
    """All the shop's orders get this status at once, by the list's form and its job."""
    form = {"everything": "1", "to": status, "command": makers.user_id()[:20]}
    assert browser.at(tenant).post(browser.path(tenant, "orders/many"), form).status_code == 302
    with scope.tenant(tenant.pk):
        found = BulkChange.objects.order_by("-pk")[0]
    change_many(tenant_id=tenant.pk, bulk_id=found.pk)
    return found


def start(person: Client, tenant: Tenant, found: BulkChange, kind: str = "shipped") -> BulkLetter:
    """Press send, and let the job write."""
    person.post(browser.path(tenant, f"orders/many/{found.pk}/letter"), {"kind": kind})
    with scope.tenant(tenant.pk):
        letter = BulkLetter.objects.get(bulk=found, kind=kind)
    write_letters(tenant_id=tenant.pk, letter_id=letter.pk)
    return letter


def letters(tenant: Tenant) -> list[OutboxMessage]:
    with scope.tenant(tenant.pk):
        return list(OutboxMessage.objects.filter(purpose__startswith="many:").order_by("id"))


def read(person: Client, tenant: Tenant, path: str) -> Any:
    answer = person.get(browser.path(tenant, path))
    assert answer.status_code == 200
    return answer


def test_one_letter_a_buyer_in_their_language_about_all_their_orders(line: AtLine) -> None:
    tenant, people = line.tenant, line.people
    goods = makers.goods(tenant, "鳳梨酥", price=450, stock=50)
    mine = [browser.order(tenant, goods, pieces, person=people["xiaomei"]).number for pieces in (2, 1)]
    browser.order(tenant, goods, person=makers.friend(tenant, "ja"))
    found = shipped(tenant)
    owner = browser.at(tenant)
    offered = read(owner, tenant, f"orders/many/{found.pk}").content.decode()
    assert f"orders/many/{found.pk}/letter" in offered
    page = read(owner, tenant, f"orders/many/{found.pk}/letter")
    assert (page.context["people"], page.context["reached"], page.context["kind"]) == (2, 2, "shipped")
    letter = start(owner, tenant, found)
    first, second = letters(tenant)
    for part in (*mine, "・鳳梨酥 ×2", "・鳳梨酥 ×1"):
        assert part in first.facts["text"]
    assert (first.user_id, first.rank, first.ways) == (people["xiaomei"], 3, ["push", "ride"])
    assert second.language == "ja"
    assert "小美 様" in second.facts["text"]
    with scope.tenant(tenant.pk):
        noted = OrderChange.objects.filter(what="letter").values_list("order__number", flat=True)
        assert set(mine) < set(noted)
        assert len(noted) == 3
    line.send()
    after = read(owner, tenant, f"orders/letters/{letter.pk}")
    assert sum(fate["count"] for fate in after.context["fates"]) == 2
    assert after.context["over"]
    assert first.facts["text"] in line.texts()
    assert "was sent" in read(owner, tenant, f"orders/many/{found.pk}").content.decode()


def test_two_taps_and_two_runs_are_one_letter(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    for _ in range(3):
        browser.order(tenant, goods)
    found, owner = shipped(tenant), browser.at(tenant)
    letter = start(owner, tenant, found)
    assert start(owner, tenant, found).pk == letter.pk
    write_letters(tenant_id=tenant.pk, letter_id=letter.pk)
    assert len(letters(tenant)) == 3
    page = read(owner, tenant, f"orders/many/{found.pk}/letter").content.decode()
    assert "It is not sent twice" in page
    assert "Send to" not in page
    start(owner, tenant, found, "ask")
    assert len(letters(tenant)) == 6


def test_the_cost_and_who_cannot_be_reached_are_said_before(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    people = [makers.friend(tenant) for _ in range(4)]
    for person in people:
        browser.order(tenant, goods, person=person)
    with scope.tenant(tenant.pk):
        wish = [Wish(goods.variants.get().pk, 1)]
        add.enter(HOUSE, add.Newcomer("電話客", ""), wish, command="c" * 16, reserve=False)
        Contact.objects.filter(line_user_id=people[0]).update(blocked_at=numbers.database_now())
        QuotaMonth.objects.create(month=month_of(numbers.database_now()), cap=60, used=8)
        Tenant.objects.filter(pk=tenant.pk).update(quota_floor=50)
    found, owner = shipped(tenant), browser.at(tenant)
    page = read(owner, tenant, f"orders/many/{found.pk}/letter")
    told = {key: page.context[key] for key in ("people", "reached", "unreached", "pushed", "parked")}
    assert told == {"people": 5, "reached": 3, "unreached": 2, "pushed": 2, "parked": 1}
    said = page.content.decode()
    assert "1 message does not fit" in said
    assert "50 of them stay reserved" in said
    letter = start(owner, tenant, found)
    assert len(letters(tenant)) == 3
    with scope.tenant(tenant.pk):
        outcomes = BulkLetterItem.objects.values_list("outcome", flat=True).order_by("outcome")
        assert list(outcomes) == ["blocked", "no_line", "said", "said", "said"]
    after = read(owner, tenant, f"orders/letters/{letter.pk}").content.decode()
    assert "has blocked your LINE account" in after
    assert "電話客" in after


def test_the_part_of_the_quota_kept_for_answers_stays(line: AtLine) -> None:
    tenant = line.tenant
    goods = makers.goods(tenant, stock=50)
    for name in ("xiaomei", "lin"):
        browser.order(tenant, goods, person=line.people[name])
    found = shipped(tenant)
    with scope.tenant(tenant.pk):
        QuotaMonth.objects.update_or_create(
            month=month_of(numbers.database_now()), defaults={"cap": 51, "used": 0, "reserved": 0}
        )
        Tenant.objects.filter(pk=tenant.pk).update(quota_floor=50)
    letter = start(browser.at(tenant), tenant, found)
    line.send()
    assert sorted(row.state for row in letters(tenant)) == ["accepted", "parked"]
    owner = browser.at(tenant)
    owner.post(browser.path(tenant, f"orders/letters/{letter.pk}/stop"))
    assert sorted(row.state for row in letters(tenant)) == ["accepted", "suppressed"]


def test_only_orders_that_were_changed_and_still_have_the_status(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    kept, moved, had = (browser.order(tenant, goods).number for _ in range(3))
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=had), Status.SHIPPED)
    found = shipped(tenant)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=moved), Status.PAID)
    start(browser.at(tenant), tenant, found)
    (only,) = letters(tenant)
    assert kept in only.facts["text"]


def test_nothing_is_sent_while_it_is_under_way_or_after_undo(tenant: Tenant) -> None:
    browser.order(tenant, makers.goods(tenant))
    with scope.tenant(tenant.pk):
        waiting = bulk.start(HOUSE, Order.objects.all(), "paid", "c" * 16)
    owner = browser.at(tenant)
    path = browser.path(tenant, f"orders/many/{waiting.pk}/letter")
    assert "nothing was sent" in owner.post(path, {"kind": "paid"}, follow=True).content.decode()
    change_many(tenant_id=tenant.pk, bulk_id=waiting.pk)
    owner.post(browser.path(tenant, f"orders/many/{waiting.pk}/undo"))
    assert "nothing was sent" in owner.post(path, {"kind": "paid"}, follow=True).content.decode()
    assert owner.post(path, {"kind": "poem"}).status_code == 200
    assert letters(tenant) == []
    assert browser.at(tenant, "staff").get(path).status_code == 403


def test_stopping_holds_back_what_has_not_left(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    for _ in range(3):
        browser.order(tenant, goods)
    found, owner = shipped(tenant), browser.at(tenant)
    letter = start(owner, tenant, found)
    stop = browser.path(tenant, f"orders/letters/{letter.pk}/stop")
    assert "3 messages were held back" in owner.post(stop, follow=True).content.decode()
    assert {row.state for row in letters(tenant)} == {"suppressed"}
    assert "0 messages were held back" in owner.post(stop, follow=True).content.decode()


def two_workers(tenant: Tenant, letter: BulkLetter) -> int:
    """Two workers at the same letter at once; how many lines of history it left."""
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        write_letters(tenant_id=tenant.pk, letter_id=letter.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with scope.tenant(tenant.pk):
        return OrderChange.objects.filter(what="letter").count()


def a_letter(tenant: Tenant) -> BulkLetter:
    goods = makers.goods(tenant, stock=50)
    for _ in range(5):
        browser.order(tenant, goods)
    found = shipped(tenant)
    with scope.tenant(tenant.pk):
        return bulk_letters.start(HOUSE, BulkChange.objects.get(pk=found.pk), "shipped")


def test_two_workers_write_each_letter_once(tenant: Tenant) -> None:
    assert two_workers(tenant, a_letter(tenant)) == 5
    assert len(letters(tenant)) == 5


def test_without_the_lock_two_workers_write_twice(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: both take the same buyers; only the outbox's own key keeps the message single."""
    letter = a_letter(tenant)
    real = bulk_letters._buyer
    with scope.tenant(tenant.pk):
        queryset: Any = type(BulkLetter.objects.none())
    monkeypatch.setattr(queryset, "select_for_update", lambda self, **_options: self)
    monkeypatch.setattr(catalogue, "take_turn", lambda: None)

    def slow(*given: Any) -> Any:
        time.sleep(0.1)
        return real(*given)

    monkeypatch.setattr(bulk_letters, "_buyer", slow)
    assert two_workers(tenant, letter) > 5
    assert len(letters(tenant)) == 5
