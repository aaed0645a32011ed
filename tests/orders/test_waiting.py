"""The waiting list: offered when sold out, filled in order as pieces come, each place once."""

import pytest
from django.db import IntegrityError

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.models import Event
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import stock
from plusone.catalogue.models import Product
from plusone.chat.models import OutboxMessage
from plusone.customers import actions as customers
from plusone.orders.actions import change, waiting
from plusone.orders.models import Order, OrderLine, Status, Waiting
from plusone.orders.tasks.waiting import fill_waiting
from plusone.tenants.models import Tenant
from tests import makers
from tests.meeting import all_at_once, in_place_of_the_lock
from tests.orders.crowd import variant_of
from tests.orders.groupbuy import say, text_of

UNLOCKED = stock._LOCK.replace("for update of v", "").replace(
    " where v.tenant_id", " cross join pg_sleep(0.1) where v.tenant_id"
)


def tap(tenant: Tenant, person: str, data: str, group: str = "") -> OutboxMessage:
    """The person taps the button; the answer."""
    event = makers.tap(person, data, group=group)
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        return OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}")


def queue(tenant: Tenant, goods: Product, *wanted: int) -> list[str]:
    """So many friends wait for so many pieces each."""
    people = [makers.friend(tenant) for _ in wanted]
    for person, pieces in zip(people, wanted, strict=True):
        refused = say(tenant, f"+{pieces}", person=person)
        assert refused.facts["error"] == "sold_out"
        tap(tenant, person, refused.facts["buttons"][0]["data"])
    return people


def serve(tenant: Tenant) -> None:
    """The jobs that stock.came queued, run as the worker would, each twice."""
    with scope.tenant(tenant.pk):
        events = list(Event.objects.filter(name="stock.came").values_list("pk", flat=True))
        for event in events:
            fill_waiting(event_id=event)
            fill_waiting(event_id=event)


def got(tenant: Tenant) -> list[int]:
    with scope.tenant(tenant.pk):
        rows = OrderLine.objects.exclude(order__status=Status.CANCELLED).filter(
            order__cause__startswith="waiting:"
        )
        return list(rows.order_by("order_id").values_list("quantity", flat=True))


def test_sold_out_offers_the_list_and_a_place(tenant: Tenant) -> None:
    goods = makers.goods(tenant, "限量茶", stock=0)
    first, second = queue(tenant, goods, 1, 2)
    again = say(tenant, "+3", person=second)
    answer = tap(tenant, second, again.facts["buttons"][0]["data"])
    assert (answer.facts["place"], answer.facts["quantity"]) == (2, 3)
    assert "number 2" in text_of(answer)
    with scope.tenant(tenant.pk):
        assert list(Waiting.objects.order_by("id").values_list("quantity", flat=True)) == [1, 3]
    left = tap(tenant, first, answer.facts["buttons"][0]["data"])
    assert "off the waiting list" in text_of(left)
    assert "not on the waiting list" in text_of(tap(tenant, first, answer.facts["buttons"][0]["data"]))


def test_it_fills_in_order_when_somebody_cancels(tenant: Tenant) -> None:
    goods = makers.goods(tenant, "限量茶", stock=3)
    order = say(tenant, "+3").facts["number"]
    people = queue(tenant, goods, 2, 2, 1)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=order), Status.CANCELLED)
    serve(tenant)
    assert got(tenant) == [2, 1]
    assert makers.stock_of(tenant, goods) == [0]
    with scope.tenant(tenant.pk):
        told = list(OutboxMessage.objects.filter(kind="waiting_filled").order_by("id"))
        assert [row.user_id for row in told] == people[:2]
        assert told[0].ways == ["push", "ride"]
        assert "only 1 were left" in text_of(told[1])
        assert list(Waiting.objects.waiting().values_list("quantity", flat=True)) == [1]
    undo = tap(tenant, people[0], told[0].facts["buttons"][0]["data"])
    assert undo.kind == "cancelled"
    serve(tenant)
    assert got(tenant) == [1, 1]


def test_it_fills_when_stock_comes_in(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    queue(tenant, goods, 5, 4)
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 20, "delivery")
    serve(tenant)
    assert got(tenant) == [5, 4]
    assert makers.stock_of(tenant, goods) == [11]


def test_what_is_not_on_sale_is_not_given_and_nonsense_is_answered(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    (person,) = queue(tenant, goods, 1)
    with scope.tenant(tenant.pk):
        catalogue.show_or_hide(HOUSE, Product.objects.get(), False)
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 5, "delivery")
    serve(tenant)
    assert got(tenant) == []
    for data in ("wait=", "wait=1x0", "wait=99999999999999999999x1", "wait=x", "wait=1x100"):
        assert tap(tenant, person, data).facts == {"gone": True}


def crowd_fills(tenant: Tenant, variant: int) -> list[Exception]:
    """Six who fill the list at the same moment; the errors they met."""
    return all_at_once(tenant, *[lambda: waiting.fill([variant])] * 6)


def a_queue_with_stock(tenant: Tenant) -> int:
    goods = makers.goods(tenant, stock=0)
    variant = variant_of(tenant, goods)
    with scope.tenant(tenant.pk):
        for _ in range(4):
            person = customers.meet([makers.user_id()])
            waiting.join(next(iter(person.values())), variant, 1, source="chat", chat_key="")
        catalogue.adjust(HOUSE, variant, 9, "delivery")
    return variant


def test_many_who_fill_at_once_serve_each_place_once(tenant: Tenant) -> None:
    variant = a_queue_with_stock(tenant)
    assert crowd_fills(tenant, variant) == []
    assert got(tenant) == [1, 1, 1, 1]
    with scope.tenant(tenant.pk):
        assert not Waiting.objects.waiting().exists()


def test_without_the_turn_the_same_crowd_breaks(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: all see the same places open, and only the order's cause, unique in the table, is left."""
    variant = a_queue_with_stock(tenant)
    monkeypatch.setattr(stock, "take_turn", in_place_of_the_lock())
    monkeypatch.setattr(stock, "_LOCK", UNLOCKED)
    errors = crowd_fills(tenant, variant)
    assert errors
    assert {type(error) for error in errors} == {IntegrityError}
    assert len(got(tenant)) == 4
