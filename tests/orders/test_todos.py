"""Today's to-dos: each leads to the list with exactly what was counted, and goes when it is done."""

import datetime
from typing import Any

from django.db.models import F
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.customers.models import Customer
from plusone.orders.actions import change, handouts, rounds, transfers
from plusone.orders.models import BulkItem, Order, Round, Status
from plusone.orders.rules import periods
from plusone.tenants.actions import connect_channel
from plusone.tenants.models import Channel, Tenant
from tests import makers
from tests.orders.crowd import variant_of
from tests.orders.groupbuy import a_round, say
from tests.orders.test_waiting_page import queue
from tests.tenants import browser


def todos(person: Client, tenant: Tenant) -> dict[str, dict[str, Any]]:
    """What Today says is to do, by name."""
    return {one["name"]: one for one in person.get(browser.path(tenant)).context["todos"]}


def listed(person: Client, todo: dict[str, Any]) -> list[str]:
    """The orders on the list that a to-do leads to."""
    return [order.number for order in person.get(todo["url"]).context["slice"].rows]


def test_nothing_to_do_is_said(tenant: Tenant) -> None:
    page = browser.at(tenant).get(browser.path(tenant))
    assert page.context["todos"] == []
    assert "Nothing waits for you." in page.content.decode()


def test_a_shop_that_line_does_not_know_yet_is_led_to_the_guide(tenant: Tenant) -> None:
    owner, staff = browser.at(tenant), browser.at(tenant, "staff")
    with scope.tenant(tenant.pk):
        Channel.objects.update(sealed_token=b"")
    todo = todos(owner, tenant)["LINE account to connect"]
    assert (todo["value"], todo["late"]) == (1, True)
    assert owner.get(todo["url"]).status_code == 200
    assert todos(staff, tenant) == {}
    with scope.tenant(tenant.pk):
        connect_channel(HOUSE, token="renewed", channel_id="1")
    assert todos(owner, tenant) == {}


def test_what_is_unpaid_for_days_leads_to_exactly_these(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    old, paid, new = (browser.order(tenant, goods).number for _ in range(3))
    with scope.tenant(tenant.pk):
        late = Order.objects.exclude(number=new)
        late.update(placed_at=F("placed_at") - datetime.timedelta(days=3, minutes=1))
        change.set_status(HOUSE, Order.objects.get(number=paid), Status.PAID)
    staff = browser.at(tenant, "staff")
    found = todos(staff, tenant)
    assert found["Unpaid for more than three days"]["value"] == 1
    assert listed(staff, found["Unpaid for more than three days"]) == [old]
    assert listed(staff, found["Orders to be paid"]) == [new, old]
    form = {"everything": "1", "status": "overdue", "to": "other", "command": "c" * 16}
    staff.post(browser.path(tenant, "orders/many"), form)
    with scope.tenant(tenant.pk):
        assert list(BulkItem.objects.values_list("order__number", flat=True)) == [old]


def test_not_collected_counts_from_the_first_that_was(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    found = a_round(tenant, goods)
    first, second, shipped, gone = (say(tenant, "+1").facts["number"] for _ in range(4))
    staff = browser.at(tenant, "staff")
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=shipped), Status.SHIPPED)
        change.set_status(HOUSE, Order.objects.get(number=gone), Status.CANCELLED)
        handouts.set_collected(HOUSE, Order.objects.get(number=first), True)
    assert "Orders not collected" not in todos(staff, tenant)
    with scope.tenant(tenant.pk):
        Round.objects.update(closes_at=F("opens_at") + datetime.timedelta(minutes=1))
    todo = todos(staff, tenant)["Orders not collected"]
    assert (todo["value"], listed(staff, todo)) == (1, [second])
    with scope.tenant(tenant.pk):
        rounds.set_finished(HOUSE, Round.objects.get(pk=found.pk), True)
    assert "Orders not collected" not in todos(staff, tenant)


def test_rounds_that_close_today_by_the_shops_day(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    today, later = a_round(tenant, goods, name="今天"), a_round(tenant, goods, name="明天")
    with scope.tenant(tenant.pk):
        end = periods.midnight(makers.today(tenant) + datetime.timedelta(days=1), tenant.timezone)
        Round.objects.filter(pk=today.pk).update(closes_at=end)
        Round.objects.filter(pk=later.pk).update(closes_at=end + datetime.timedelta(seconds=1))
    staff = browser.at(tenant, "staff")
    todo = todos(staff, tenant)["Rounds that close today"]
    assert todo["value"] == 1
    shown = staff.get(todo["url"]).context["rows"]
    assert [row["round"].name for row in shown] == ["今天"]
    with scope.tenant(tenant.pk):
        Round.objects.update(closes_at=F("opens_at"))
    assert "No round closes today" in staff.get(todo["url"]).content.decode()


def test_transfers_and_waiting_buyers_lead_to_their_pages(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    queue(tenant, goods, 1, 1)
    with scope.tenant(tenant.pk):
        customer = Customer.objects.values_list("pk", flat=True)[0]
        transfers.report(customer, digits="12345", amount=500, said="已匯款", cause="1")
        transfers.paste(HOUSE, "11/25 680 012-*****54321")
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 3, "delivery")
    staff = browser.at(tenant, "staff")
    found = todos(staff, tenant)
    assert found["Transfers to match"]["value"] == 2
    page = staff.get(found["Transfers to match"]["url"])
    assert len(page.context["reports"]) + len(page.context["sure"]) + len(page.context["unclear"]) == 2
    assert found["Waiting buyers who can be served"]["value"] == 2
    queues = staff.get(found["Waiting buyers who can be served"]["url"]).context["queues"]
    assert [len(one.people) for one in queues] == [2]
    staff.post(browser.path(tenant, "orders/waiting/fill"))
    assert "Waiting buyers who can be served" not in todos(staff, tenant)
