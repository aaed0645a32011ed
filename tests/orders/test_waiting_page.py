"""The console's waiting list: who waits for what, pieces given by hand, somebody taken off and put back."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.models import AuditEntry
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import stock
from plusone.catalogue.models import Product, StockMovement
from plusone.chat.models import OutboxMessage
from plusone.customers import actions as customers
from plusone.customers.models import Contact
from plusone.orders.actions import waiting
from plusone.orders.models import Order, Waiting
from plusone.tenants.models import Tenant
from tests import makers
from tests.meeting import all_at_once, in_place_of_the_lock
from tests.orders.crowd import variant_of
from tests.orders.groupbuy import a_round
from tests.orders.test_waiting import UNLOCKED, got, serve
from tests.tenants import browser


def queue(tenant: Tenant, goods: Product, *wanted: int) -> list[int]:
    """So many friends wait for so many pieces each; the ids of their places."""
    variant = variant_of(tenant, goods)
    people = [makers.friend(tenant) for _ in wanted]
    with scope.tenant(tenant.pk):
        met = customers.meet(people)
        for person, pieces in zip(people, wanted, strict=True):
            waiting.join(met[person], variant, pieces, source="chat", chat_key="")
        return list(Waiting.objects.waiting().filter(variant_id=variant).values_list("pk", flat=True))


def shown(person: Client, tenant: Tenant, query: str = "") -> dict[str, list[int]]:
    """What the page lists: product to pieces, in order."""
    found: Any = person.get(browser.path(tenant, f"orders/waiting/{query}")).context["queues"]
    return {one.variant.product.name: [row.quantity for _, row, _ in one.people] for one in found}


def act(person: Client, tenant: Tenant, pk: int, what: str, **form: object) -> str:
    """Press it; what the next page says."""
    path = browser.path(tenant, f"orders/waiting/{pk}/{what}")
    return person.post(path, form, follow=True).content.decode()


def test_it_says_who_waits_for_what_and_is_reached_from_product_round_and_tabs(tenant: Tenant) -> None:
    tea, oil = makers.goods(tenant, "限量茶", stock=0), makers.goods(tenant, "苦茶油", stock=0)
    queue(tenant, tea, 2, 1)
    queue(tenant, oil, 3)
    found = a_round(tenant, tea)
    staff = browser.at(tenant, "staff")
    assert shown(staff, tenant) == {"苦茶油": [3], "限量茶": [2, 1]}
    assert shown(staff, tenant, f"?product={tea.code}") == {"限量茶": [2, 1]}
    assert shown(staff, tenant, f"?round={found.pk}") == {"限量茶": [2, 1]}
    assert shown(staff, tenant, "?show=ready") == {}
    for path in (f"products/{tea.code}/", f"products/{tea.code}/stock", f"orders/rounds/{found.pk}/"):
        assert "orders/waiting/" in browser.at(tenant).get(browser.path(tenant, path)).content.decode()
    for nonsense in ("?product=%00", "?round=x", f"?round={'9' * 30}", "?show=x"):
        assert shown(staff, tenant, nonsense) == {"苦茶油": [3], "限量茶": [2, 1]}


def test_a_piece_given_by_hand_goes_out_of_turn_and_from_the_stock(tenant: Tenant) -> None:
    goods = makers.goods(tenant, "限量茶", stock=0)
    first, second = queue(tenant, goods, 2, 2)
    staff = browser.at(tenant, "staff")
    assert "Nothing is left in stock" in act(staff, tenant, second, "give", pieces=2)
    assert "1 to 99 pieces" in act(staff, tenant, second, "give", pieces=100)
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 3, "delivery")
    said = act(staff, tenant, second, "give", pieces=1)
    assert "has got ×1" in said
    assert "wait no more" in act(staff, tenant, second, "give", pieces=1)
    serve(tenant)
    assert (got(tenant), makers.stock_of(tenant, goods)) == ([1, 2], [0])
    with scope.tenant(tenant.pk):
        assert Order.objects.get(cause=f"waiting:{second}").changes.get().actor_kind == "member"
        assert OutboxMessage.objects.filter(kind="waiting_filled").count() == 2
        assert Waiting.objects.get(pk=first).order_id


def test_pieces_beside_the_stock_come_in_and_go_out_at_once(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    first, second = queue(tenant, goods, 1, 1)
    staff, owner = browser.at(tenant, "staff"), browser.at(tenant)
    assert "Nothing is left" in act(staff, tenant, second, "give", pieces=1, on_top="1")
    assert "has got ×1" in act(owner, tenant, second, "give", pieces=1, on_top="1")
    serve(tenant)
    assert makers.stock_of(tenant, goods) == [0]
    with scope.tenant(tenant.pk):
        moves = StockMovement.objects.order_by("id").values_list("reason", "quantity")
        assert list(moves) == [("received", 1), ("order", -1)]
        assert list(Waiting.objects.waiting().values_list("pk", flat=True)) == [first]
        catalogue.show_or_hide(HOUSE, goods, False)
    assert "not on sale" in act(owner, tenant, first, "give", pieces=1, on_top="1")
    assert makers.stock_of(tenant, goods) == [0]


def test_who_is_taken_off_can_be_put_back_in_the_old_place(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    first, _second = queue(tenant, goods, 1, 2)
    staff = browser.at(tenant, "staff")
    said = act(staff, tenant, first, "removal")
    undo = said.partition('hx-post="')[2].partition('"')[0]
    assert shown(staff, tenant) == {"高山茶": [2]}
    assert "wait no more" in act(staff, tenant, first, "removal")
    assert staff.post(undo).headers["HX-Refresh"] == "true"
    assert shown(staff, tenant) == {"高山茶": [1, 2]}
    history = browser.at(tenant).get(browser.path(tenant, "settings/history")).content.decode()
    assert "off the waiting list of 高山茶" in history
    act(staff, tenant, first, "removal")
    with scope.tenant(tenant.pk):
        row = Waiting.objects.get(pk=first)
        user_id = Contact.objects.get(pk=row.contact_id).line_user_id
        person = customers.meet([user_id])[user_id]
        waiting.join(person, row.variant_id, 5, source="chat", chat_key="")
    staff.post(undo)
    assert shown(staff, tenant) == {"高山茶": [2, 5]}
    with scope.tenant(tenant.pk):
        assert AuditEntry.objects.filter(action="waiting.put_back").count() == 1


def test_who_was_taken_off_while_pieces_came_is_served_when_put_back(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    (only,) = queue(tenant, goods, 2)
    staff = browser.at(tenant, "staff")
    act(staff, tenant, only, "removal")
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 2, "delivery")
    serve(tenant)
    assert got(tenant) == []
    staff.post(browser.path(tenant, f"orders/waiting/{only}/removal?undo=1"))
    assert got(tenant) == [2]


@pytest.mark.parametrize("way", ["switch", "many", "form"])
def test_what_comes_on_sale_again_is_given_to_those_who_wait(tenant: Tenant, way: str) -> None:
    goods = makers.goods(tenant, stock=0)
    queue(tenant, goods, 1)
    with scope.tenant(tenant.pk):
        product = Product.objects.get()
        catalogue.show_or_hide(HOUSE, product, False)
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 5, "delivery")
    serve(tenant)
    assert got(tenant) == []
    with scope.tenant(tenant.pk):
        product = Product.objects.get()
        if way == "switch":
            catalogue.show_or_hide(HOUSE, product, True)
        elif way == "many":
            catalogue.bulk.show_or_hide(HOUSE, [product], True)
        else:
            draft = catalogue.draft_of(product)
            catalogue.change(HOUSE, product, type(draft)(draft.name, draft.price, variants=draft.variants))
    serve(tenant)
    assert got(tenant) == [1]


def test_what_becomes_unlimited_is_given_to_those_who_wait(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    queue(tenant, goods, 4, 7)
    with scope.tenant(tenant.pk):
        catalogue.set_stock(HOUSE, variant_of(tenant, goods), -1, "edit")
    serve(tenant)
    assert got(tenant) == [4, 7]


def test_the_page_serves_what_nobody_was_told_of(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=0)
    queue(tenant, goods, 2, 2)
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 3, "delivery")
    staff = browser.at(tenant, "staff")
    assert shown(staff, tenant, "?show=ready") == {"高山茶": [2, 2]}
    fill = browser.path(tenant, "orders/waiting/fill")
    assert "2 people got their orders" in staff.post(fill, follow=True).content.decode()
    assert got(tenant) == [2, 1]
    assert "0 people" in staff.post(fill, follow=True).content.decode()


def many_give(tenant: Tenant, pk: int) -> list[Exception]:
    """Six who give to the same place at the same moment; the errors they met."""
    return all_at_once(tenant, *[lambda: waiting.give(HOUSE, Waiting.objects.get(pk=pk), 1)] * 6)


def a_place_with_stock(tenant: Tenant) -> int:
    goods = makers.goods(tenant, stock=0)
    (place,) = queue(tenant, goods, 1)
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant_of(tenant, goods), 9, "delivery")
    return place


def test_many_who_give_at_once_give_once(tenant: Tenant) -> None:
    errors = many_give(tenant, a_place_with_stock(tenant))
    assert [type(error) for error in errors] == [waiting.NotWaiting] * 5
    assert got(tenant) == [1]


def test_without_the_turn_they_run_into_each_other(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: all see the place open, and only the order's cause, unique in the table, is left."""
    place = a_place_with_stock(tenant)
    meet = in_place_of_the_lock()
    monkeypatch.setattr(stock, "take_turn", meet)
    monkeypatch.setattr(catalogue, "take_turn", meet)
    monkeypatch.setattr(stock, "_LOCK", UNLOCKED)
    errors = many_give(tenant, place)
    assert IntegrityError in {type(error) for error in errors}
    assert got(tenant) == [1]
