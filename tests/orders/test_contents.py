"""What is in an order: pieces changed, one line cancelled, orders merged, taken apart; stock stays right."""

import re
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product
from plusone.catalogue.rules import Wish
from plusone.chat.models import OutboxMessage
from plusone.customers import actions as customers
from plusone.orders.actions import change, lines, merge
from plusone.orders.actions.take import Ask, take
from plusone.orders.models import Order, OrderLine
from plusone.proving.invariants import INVARIANTS
from plusone.tenants.models import Tenant
from tests import makers
from tests.hooks.test_buyers import heard, say
from tests.tenants import browser


@pytest.fixture
def tea(tenant: Tenant) -> Product:
    return makers.goods(tenant, "茶", price=100, stock=10)


@pytest.fixture
def cake(tenant: Tenant) -> Product:
    return makers.goods(tenant, "糕", price=50, stock=10)


def order_of(tenant: Tenant, person: str, *wanted: tuple[Product, int]) -> str:
    """An order with a line a product; its number."""
    with scope.tenant(tenant.pk):
        buyer = customers.meet([person])[person]
        wishes = tuple(Wish(product.variants.get().pk, pieces) for product, pieces in wanted)
        ask = Ask(
            f"test:{makers.user_id()}", buyer.customer_id, buyer.contact_id, wishes, "chat", person, HOUSE
        )
        return take([ask])[0].number


def shown(tenant: Tenant, number: str) -> tuple[str, int, dict[str, int]]:
    """The order's status, total, and pieces by name."""
    with scope.tenant(tenant.pk):
        order = Order.objects.get(number=number)
        return order.status, order.total, {line.name: line.quantity for line in order.lines.order_by("pk")}


def line_id(tenant: Tenant, number: str, name: str) -> int:
    with scope.tenant(tenant.pk):
        return int(OrderLine.objects.get(order__number=number, name=name).pk)


def change_pieces(client: Client, tenant: Tenant, number: str, name: str, pieces: int | str) -> str:
    """Post the line's form; the page that follows."""
    url = browser.path(tenant, f"orders/{number}/lines/{line_id(tenant, number, name)}")
    return client.post(url, {"quantity": pieces}, follow=True).content.decode()


def undo(client: Client, page: str) -> None:
    """Press the notice's undo."""
    found = re.findall(r'hx-post="([^"]*undo=1[^"]*)"', page)
    assert client.post(found[-1].replace("&amp;", "&")).headers["HX-Refresh"] == "true"


def broken(tenant: Tenant) -> dict[str, list[Any]]:
    """Which of the storm's invariants about orders and stock do not hold in this shop."""
    names = {"stock is its ledger", "pieces sold are pieces moved", "totals add up"}
    wrong = {}
    with psycopg.connect(settings.DATABASE_URL) as connection:
        connection.execute("set role plusone_app")
        connection.execute("select set_config('app.tenant', %s, false)", [str(tenant.pk)])
        for one in INVARIANTS:
            if one.name in names and (rows := connection.execute(one.sql).fetchall()):
                wrong[one.name] = rows
    return wrong


def test_pieces_are_changed_and_taken_back(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = order_of(tenant, makers.friend(tenant), (tea, 2), (cake, 1))
    client = browser.at(tenant, "staff")
    page = change_pieces(client, tenant, number, "茶", 5)
    assert "茶 is now ×5." in page
    assert "茶 ×2 → ×5" in page
    assert shown(tenant, number) == ("purchased", 550, {"茶": 5, "糕": 1})
    assert makers.stock_of(tenant, tea) == [5]
    undo(client, page)
    assert shown(tenant, number) == ("purchased", 250, {"茶": 2, "糕": 1})
    assert makers.stock_of(tenant, tea) == [8]
    assert broken(tenant) == {}


def test_more_than_is_left_gives_what_is_left_and_says_so(tenant: Tenant, tea: Product) -> None:
    number = order_of(tenant, makers.friend(tenant), (tea, 2))
    client = browser.at(tenant)
    assert "Only 10 of 50 were available" in change_pieces(client, tenant, number, "茶", 50)
    assert "it stays at 10" in change_pieces(client, tenant, number, "茶", 50)
    for nonsense in ("100", "-1", "x", ""):
        assert "0 to 99 pieces" in change_pieces(client, tenant, number, "茶", nonsense)
    assert shown(tenant, number)[2] == {"茶": 10}


def test_one_line_is_cancelled_and_the_last_one_ends_the_order(
    tenant: Tenant, tea: Product, cake: Product
) -> None:
    number = order_of(tenant, makers.friend(tenant), (tea, 2), (cake, 3))
    client = browser.at(tenant)
    page = change_pieces(client, tenant, number, "茶", 0)
    assert "茶 is cancelled; its pieces are back in stock." in page
    assert "Item cancelled" in page
    assert shown(tenant, number) == ("purchased", 150, {"茶": 0, "糕": 3})
    assert makers.stock_of(tenant, tea) == [10]
    assert broken(tenant) == {}
    page = change_pieces(client, tenant, number, "糕", 0)
    assert "That was the last item" in page
    assert shown(tenant, number) == ("cancelled", 150, {"茶": 0, "糕": 3})
    assert makers.stock_of(tenant, cake) == [10]
    undo(client, page)
    assert shown(tenant, number) == ("purchased", 150, {"茶": 0, "糕": 3})
    assert (makers.stock_of(tenant, tea), makers.stock_of(tenant, cake)) == ([10], [7])
    assert broken(tenant) == {}


@pytest.mark.parametrize("status", ["shipped", "cancelled"])
def test_a_settled_order_keeps_its_pieces(tenant: Tenant, tea: Product, status: str) -> None:
    number = order_of(tenant, makers.friend(tenant), (tea, 2))
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(), status)
    left = makers.stock_of(tenant, tea)
    for pieces in (0, 5):
        assert "can no longer be changed" in change_pieces(browser.at(tenant), tenant, number, "茶", pieces)
    assert makers.stock_of(tenant, tea) == left
    assert broken(tenant) == {}


def together(client: Client, tenant: Tenant, number: str, *others: str) -> str:
    """Post the form that merges the others into this order; the page that follows."""
    url = browser.path(tenant, f"orders/{number}/merge")
    return client.post(url, {"other": others}, follow=True).content.decode()


def test_open_orders_become_one_and_are_taken_apart(tenant: Tenant, tea: Product, cake: Product) -> None:
    person = makers.friend(tenant)
    first, second, third = (
        order_of(tenant, person, (tea, 1)),
        order_of(tenant, person, (tea, 2), (cake, 1)),
        order_of(tenant, person, (cake, 2)),
    )
    client = browser.at(tenant)
    stock = makers.stock_of(tenant, tea), makers.stock_of(tenant, cake)
    page = client.get(browser.path(tenant, f"orders/{first}/")).content.decode()
    assert f'value="{second}"' in page
    assert f'value="{third}"' in page
    page = together(client, tenant, first, second, third)
    assert "2 orders are part of this one now" in page
    assert f"Order {second} merged into this one" in page
    with scope.tenant(tenant.pk):
        lines = OrderLine.objects.filter(order__number=first).order_by("pk").values_list("name", "quantity")
        assert list(lines) == [("茶", 1), ("茶", 2), ("糕", 1), ("糕", 2)]
    assert shown(tenant, first)[:2] == ("purchased", 450)
    assert shown(tenant, second) == ("cancelled", 0, {})
    assert (makers.stock_of(tenant, tea), makers.stock_of(tenant, cake)) == stock
    assert broken(tenant) == {}
    other = client.get(browser.path(tenant, f"orders/{second}/")).content.decode()
    assert f"merged into {first}" in other
    assert f"Merged into order {first}" in other
    said = client.post(browser.path(tenant, f"orders/{second}/status"), {"status": "paid"}, follow=True)
    assert f"merged into {first}; change that one" in said.content.decode()
    undo(client, page)
    assert shown(tenant, first) == ("purchased", 100, {"茶": 1})
    assert shown(tenant, second) == ("purchased", 250, {"茶": 2, "糕": 1})
    assert shown(tenant, third) == ("purchased", 100, {"糕": 2})
    assert broken(tenant) == {}


def test_a_chain_of_merges_comes_apart_link_by_link(tenant: Tenant, tea: Product, cake: Product) -> None:
    person = makers.friend(tenant)
    a, b, c = (
        order_of(tenant, person, (tea, 1)),
        order_of(tenant, person, (cake, 2)),
        order_of(tenant, person, (tea, 3)),
    )
    client = browser.at(tenant)
    together(client, tenant, b, a)
    together(client, tenant, c, b)
    assert shown(tenant, c)[1] == 500
    with scope.tenant(tenant.pk):
        merge.take_apart(HOUSE, Order.objects.get(number=a))
    assert (shown(tenant, a), shown(tenant, c)[1]) == (("purchased", 100, {"茶": 1}), 400)
    with scope.tenant(tenant.pk):
        merge.take_apart(HOUSE, Order.objects.get(number=b))
    assert (shown(tenant, b), shown(tenant, c)) == (
        ("purchased", 100, {"糕": 2}),
        ("purchased", 300, {"茶": 3}),
    )
    assert broken(tenant) == {}


def test_what_does_not_go_together_stays_apart(tenant: Tenant, tea: Product) -> None:
    person = makers.friend(tenant)
    open_, paid, strange = (
        order_of(tenant, person, (tea, 1)),
        order_of(tenant, person, (tea, 1)),
        order_of(tenant, makers.friend(tenant), (tea, 1)),
    )
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"orders/{paid}/status"), {"status": "paid"})
    assert "not purchased yet or purchased" in together(client, tenant, open_, paid)
    assert "Select at least one" in together(client, tenant, open_, strange)
    assert "Select at least one" in together(client, tenant, open_)
    with scope.tenant(tenant.pk), pytest.raises(merge.CannotMerge, match="others"):
        merge.merge(HOUSE, Order.objects.get(number=open_), [Order.objects.get(number=strange)])
    assert broken(tenant) == {}


def test_after_the_whole_was_cancelled_a_part_does_not_come_back_alive(tenant: Tenant, tea: Product) -> None:
    """Its pieces are back in stock; an open order that still lists them would sell them twice."""
    person = makers.friend(tenant)
    first, second = order_of(tenant, person, (tea, 1)), order_of(tenant, person, (tea, 2))
    client = browser.at(tenant)
    page = together(client, tenant, first, second)
    client.post(browser.path(tenant, f"orders/{first}/status"), {"status": "cancelled"})
    assert makers.stock_of(tenant, tea) == [10]
    undo(client, page)
    assert shown(tenant, second) == ("cancelled", 0, {})
    assert broken(tenant) == {}


def two_lines(tenant: Tenant, tea: Product, cake: Product) -> tuple[str, str]:
    """A buyer with one order of two lines by chat; their id and its number."""
    person = makers.friend(tenant)
    return person, str(say(tenant, person, f"{tea.code}+2\n{cake.code}+3").facts["number"])


def data(row: OutboxMessage, kind: str, place: int = 0) -> str:
    """What a button of this kind sends."""
    return str([button["data"] for button in row.facts["buttons"] if button["kind"] == kind][place])


def test_a_named_item_is_asked_about_and_cancelled_alone(tenant: Tenant, tea: Product, cake: Product) -> None:
    person, number = two_lines(tenant, tea, cake)
    question = say(tenant, person, f"取消 {tea.code}")
    assert (question.kind, question.facts["part"]) == ("cancel_question", True)
    assert [line["name"] for line in question.facts["lines"]] == ["茶"]
    done = heard(tenant, makers.tap(person, data(question, "cancel")))
    assert (done.kind, done.facts["total"]) == ("line_cancelled", 150)
    assert shown(tenant, number) == ("purchased", 150, {"茶": 0, "糕": 3})
    assert heard(tenant, makers.tap(person, data(question, "cancel"))).facts["already"] is True
    told = say(tenant, person, "履歷").facts["orders"][0]["lines"]
    assert [line["name"] for line in told] == ["糕"]
    assert broken(tenant) == {}


@pytest.mark.parametrize("words", ["確定取消", "はい、キャンセル", "confirm cancel"])
def test_a_written_yes_answers_the_question_that_was_asked(
    tenant: Tenant, tea: Product, cake: Product, words: str
) -> None:
    person, number = two_lines(tenant, tea, cake)
    say(tenant, person, f"取消 {cake.code}")
    assert say(tenant, person, words).kind == "line_cancelled"
    assert shown(tenant, number) == ("purchased", 200, {"茶": 2, "糕": 0})


def test_a_written_yes_without_a_question_asks_when_there_are_several_items(
    tenant: Tenant, tea: Product, cake: Product
) -> None:
    person, number = two_lines(tenant, tea, cake)
    question = say(tenant, person, "確定取消")
    assert question.kind == "cancel_question"
    assert shown(tenant, number)[0] == "purchased"
    assert say(tenant, person, "確定取消").kind == "cancelled"
    assert shown(tenant, number)[0] == "cancelled"


def test_cancel_alone_offers_the_whole_and_each_item(tenant: Tenant, tea: Product, cake: Product) -> None:
    person, number = two_lines(tenant, tea, cake)
    question = say(tenant, person, "取消")
    assert [button["kind"] for button in question.facts["buttons"]] == ["cancel", "drop", "drop", "keep"]
    assert heard(tenant, makers.tap(person, data(question, "drop", 1))).kind == "line_cancelled"
    assert shown(tenant, number)[2] == {"茶": 2, "糕": 0}
    assert heard(tenant, makers.tap(person, data(question, "drop", 0))).kind == "cancelled"
    assert shown(tenant, number)[0] == "cancelled"
    assert (makers.stock_of(tenant, tea), makers.stock_of(tenant, cake)) == ([10], [10])
    assert broken(tenant) == {}


def test_reduced_to_nothing_is_asked_about_alone_too(tenant: Tenant, tea: Product, cake: Product) -> None:
    person, _ = two_lines(tenant, tea, cake)
    question = say(tenant, person, f"{tea.code} -2")
    assert (question.kind, question.facts["part"]) == ("cancel_question", True)


def test_nobody_drops_anothers_line(tenant: Tenant, tea: Product, cake: Product) -> None:
    person, number = two_lines(tenant, tea, cake)
    drop = data(say(tenant, person, f"取消 {tea.code}"), "cancel")
    makers.hear(tenant, makers.tap(makers.friend(tenant), drop))
    other, _ = two_lines(tenant, tea, cake)
    theirs = data(say(tenant, other, f"取消 {tea.code}"), "cancel")
    mixed = f"{drop.split('.')[0]}.{theirs.split('.')[1]}"
    assert heard(tenant, makers.tap(person, mixed)).facts["already"] is True
    assert shown(tenant, number)[2] == {"茶": 2, "糕": 3}


def test_undo_of_a_merged_order_takes_its_own_lines_out(tenant: Tenant, tea: Product, cake: Product) -> None:
    person = makers.friend(tenant)
    first = say(tenant, person, f"{tea.code}+2")
    second = say(tenant, person, f"{cake.code}+1")
    numbers = str(first.facts["number"]), str(second.facts["number"])
    together(browser.at(tenant), tenant, *numbers)
    done = heard(tenant, makers.tap(person, data(second, "undo")))
    assert (done.kind, done.facts["number"]) == ("line_cancelled", numbers[0])
    assert shown(tenant, numbers[0]) == ("purchased", 200, {"茶": 2, "糕": 0})
    assert broken(tenant) == {}


def test_taken_apart_an_order_with_nothing_left_is_cancelled(
    tenant: Tenant, tea: Product, cake: Product
) -> None:
    """The one whose item was cancelled while they were one, and the one that has only lent room."""
    person = makers.friend(tenant)
    into, source = order_of(tenant, person, (tea, 2)), order_of(tenant, person, (cake, 3))
    for emptied, kept in (("糕", into), ("茶", source)):
        with scope.tenant(tenant.pk):
            merge.merge(HOUSE, Order.objects.get(number=into), Order.objects.filter(number=source))
            lines.cancel(HOUSE, OrderLine.objects.get(name=emptied))
            merge.take_apart(HOUSE, Order.objects.get(number=source))
            live = Order.objects.exclude(status="cancelled").values_list("number", flat=True)
            assert list(live) == [kept]
            change.set_status(HOUSE, Order.objects.get(number=into), "purchased")
            change.set_status(HOUSE, Order.objects.get(number=source), "purchased")
            lines.set_quantity(HOUSE, OrderLine.objects.get(name=emptied), 1)
