"""Floods cost us little and the merchant nothing (P39), and shortages are told once (JG18)."""

import datetime

import pytest
from django.db.models import F

from plusone.base import scope
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.customers import actions as customers
from plusone.orders.models import Order
from plusone.tenants.models import Member, Role, Tenant
from tests import makers
from tests.chat.at_line import AtLine


def notices(tenant: Tenant) -> list[tuple[str, str, int]]:
    """Kind, recipient and count of each notice."""
    with scope.tenant(tenant.pk):
        rows = OutboxMessage.objects.exclude(window_key="").order_by("id")
        return list(rows.values_list("purpose", "to_id", "count"))


def test_one_person_a_thousand_times_gets_nine_orders_and_ten_answers(line: AtLine) -> None:
    makers.goods(line.tenant, stock=-1)
    line.change(commands_a_minute=9)
    person = line.people["xiaomei"]
    events = [makers.text(person, "+1") for _ in range(1000)]
    events = [{**event, "replyToken": f"storm-{event['webhookEventId']}"} for event in events]
    for start in range(0, 1000, 100):
        makers.hear(line.tenant, *events[start : start + 100])
    line.send(20)
    assert [record["endpoint"] for record in line.accepted()] == ["reply"] * 10
    with scope.tenant(line.tenant.pk):
        assert Order.objects.count() == 9
        assert InboxEvent.objects.filter(state="ignored", error="too_many").count() == 990


def test_taps_and_edits_count_as_messages_do(tenant: Tenant) -> None:
    makers.goods(tenant, stock=-1)
    with scope.tenant(tenant.pk):
        Tenant.objects.filter(pk=tenant.pk).update(commands_a_minute=5)
    tapper, editor, group = makers.friend(tenant), makers.friend(tenant), makers.group_id()
    makers.hear(tenant, makers.text(tapper, "+1"), makers.text(editor, "+1", group=group, message_id="81"))
    with scope.tenant(tenant.pk):
        keep = f"keep={Order.objects.get(contact__line_user_id=tapper).public_id}"
    taps = [makers.tap(tapper, keep) for _ in range(50)]
    edits = [
        makers.event(
            editor, "messageEdited", group=group, message={"type": "text", "id": "81", "text": f"+{number}"}
        )
        for number in range(1, 51)
    ]
    makers.hear(tenant, *taps)
    makers.hear(tenant, *edits)
    with scope.tenant(tenant.pk):
        assert OutboxMessage.objects.filter(user_id=tapper).count() == 6
        assert OutboxMessage.objects.filter(user_id=editor).count() == 6


def test_eight_thousand_refusals_are_one_notice_a_manager(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=1)
    managers = [makers.manager_on_line(tenant) for _ in range(2)]
    people = [makers.user_id() for _ in range(400)]
    makers.hear(tenant, makers.text(makers.user_id(), "+1"))
    for _ in range(20):
        makers.hear(tenant, *(makers.text(person, "+1") for person in people))
    assert makers.stock_of(tenant, goods) == [0]
    with scope.tenant(tenant.pk):
        refused = OutboxMessage.objects.filter(kind="refused").count()
    assert refused == 8000
    told = notices(tenant)
    assert sorted(to for _, to, _ in told) == sorted(managers)
    assert {kind for kind, _, _ in told} == {"sold_out"}
    assert all(count > 1 for _, _, count in told)


def test_cut_order_tells_how_many_are_missing(tenant: Tenant) -> None:
    makers.goods(tenant, stock=2)
    manager = makers.manager_on_line(tenant)
    makers.hear(tenant, makers.text(makers.user_id(), "+5"))
    assert notices(tenant) == [("short", manager, 1)]
    with scope.tenant(tenant.pk):
        assert OutboxMessage.objects.get(purpose="short").facts["missing"] == 3


def test_next_window_tells_again(tenant: Tenant) -> None:
    makers.goods(tenant, stock=0)
    makers.manager_on_line(tenant)
    makers.hear(tenant, makers.text(makers.user_id(), "+1"))
    with scope.tenant(tenant.pk):
        OutboxMessage.objects.update(created_at=F("created_at") - datetime.timedelta(minutes=11))
    makers.hear(tenant, makers.text(makers.user_id(), "+1"))
    assert [count for _, _, count in notices(tenant)] == [1, 1]


@pytest.mark.parametrize(("role", "blocked"), [(Role.STAFF, False), (Role.MANAGER, True)])
def test_staff_and_those_who_blocked_the_account_get_none(tenant: Tenant, role: str, blocked: bool) -> None:
    makers.goods(tenant, stock=0)
    person = makers.friend(tenant)
    member = makers.member(tenant, role)
    with scope.tenant(tenant.pk):
        contact = customers.meet([person])[person].contact_id
        customers.pair(contact, member)
        if blocked:
            customers.block(contact)
    makers.hear(tenant, makers.text(makers.user_id(), "+1"))
    assert notices(tenant) == []


def test_notice_counts_on_and_leaves_once(line: AtLine) -> None:
    makers.goods(line.tenant, stock=0)
    manager = line.people["lin"]
    with scope.tenant(line.tenant.pk):
        customers.pair(customers.meet([manager])[manager].contact_id, _manager(line.tenant))
    for _ in range(3):
        line.writes("xiaomei", "+1")
    line.send()
    line.writes("xiaomei", "+1")
    line.send()
    pushed = [record for record in line.accepted() if record["endpoint"] == "push"]
    assert [record["to"] for record in pushed] == [manager]
    assert [(kind, count) for kind, _, count in notices(line.tenant)] == [("sold_out", 4)]


def _manager(tenant: Tenant) -> Member:
    """A manager of the shop, made inside the scope that is open."""
    return makers.member(tenant, Role.MANAGER)
