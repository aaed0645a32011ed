"""Ordering on the shop's pages: once, at the shop's prices, with what there is."""

import re
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product, StockMovement
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.chat.models import OutboxMessage
from plusone.orders.actions import change
from plusone.orders.models import Order, OrderChange, OrderLine
from plusone.storefront.rules import baskets
from plusone.tenants.models import Tenant
from tests import makers
from tests.meeting import in_place_of_the_lock
from tests.storefront import buyers


def test_order_now(shop: Tenant) -> None:
    product, person = makers.goods(shop, "高山茶", 680, stock=5), makers.friend(shop)
    client = buyers.at(shop, person)
    answer = buyers.order(client, shop, product, 2)
    (order,) = buyers.orders(shop, person)
    assert answer["Location"] == buyers.path(shop, f"orders/{order.public_id}")
    assert (order.source, order.source_word, order.total, order.status) == ("liff", "", 1360, "purchased")
    assert makers.stock_of(shop, product) == [3]
    page = buyers.text(client.get(answer["Location"]))
    assert "your order has been placed" in page
    assert order.number in page
    assert "NT$1,360" in page
    with scope.tenant(shop.pk):
        placed = OrderChange.objects.get(order=order)
        assert (placed.actor_kind, placed.actor) == ("contact", str(order.contact_id))


def test_a_double_tap_orders_once(shop: Tenant) -> None:
    product = makers.goods(shop, stock=10)
    client = buyers.at(shop)
    first = buyers.order(client, shop, product, 2, command="one-tap")
    second = buyers.order(client, shop, product, 2, command="one-tap")
    assert first["Location"] == second["Location"]
    assert len(buyers.orders(shop)) == 1
    assert makers.stock_of(shop, product) == [8]
    assert "was already placed" in buyers.text(client.get(second["Location"]))


def test_an_old_pages_id_with_another_wish_is_another_order(shop: Tenant) -> None:
    """Back in the browser, three instead of two: that is no double tap."""
    product = makers.goods(shop)
    client = buyers.at(shop)
    buyers.order(client, shop, product, 2, command="same")
    buyers.order(client, shop, product, 3, command="same")
    assert [order.lines.all()[0].quantity for order in buyers.orders(shop)] == [2, 3]


def test_one_persons_command_is_not_anothers(shop: Tenant) -> None:
    product = makers.goods(shop)
    for _ in range(2):
        buyers.order(buyers.at(shop), shop, product, command="same")
    assert len(buyers.orders(shop)) == 2


def test_ten_taps_at_once_order_once(shop: Tenant) -> None:
    product = makers.goods(shop, stock=50)
    assert _taps(shop, product) == 1
    assert makers.stock_of(shop, product) == [49]


def test_without_the_turn_the_taps_collide(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the test above with the lock removed: looking for the first order finds none yet."""
    monkeypatch.setattr(catalogue, "take_turn", in_place_of_the_lock())
    failed: list[str] = []
    _taps(shop, makers.goods(shop, stock=50), failed)
    assert failed


def _taps(shop: Tenant, product: Product, failed: list[str] | None = None) -> int:
    """Ten threads send the same form; how many orders came of it."""
    clients = [Client(headers={"accept-language": "en"}, raise_request_exception=False) for _ in range(10)]
    person = makers.friend(shop)
    for client in clients:
        buyers.sign_in(client, shop, person)
    variant = buyers.variants(shop, product)[0]
    form = {"variant": variant, "quantity": 1, "command": "ten-taps", "do": "order"}
    start = threading.Barrier(10)

    def tap(client: Client) -> None:
        start.wait(10)
        try:
            answer = client.post(buyers.path(shop, f"p/{product.public_id}/order"), form)
            if answer.status_code != 302 and failed is not None:
                failed.append(str(answer.status_code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tap, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return len(buyers.orders(shop, person))


def test_partly_out_of_stock_is_said(shop: Tenant) -> None:
    product, person = makers.goods(shop, stock=2), makers.friend(shop)
    client = buyers.at(shop, person)
    answer = buyers.order(client, shop, product, 3)
    assert makers.stock_of(shop, product) == [0]
    assert "You asked for 3; there were only 2" in buyers.text(client.get(answer["Location"]))


def test_sold_out_is_said_and_managers_hear_of_it(shop: Tenant) -> None:
    manager = makers.manager_on_line(shop)
    product = makers.goods(shop, stock=0)
    client = buyers.at(shop)
    answer = buyers.order(client, shop, product)
    assert buyers.orders(shop) == []
    assert "just sold out" in buyers.text(client.get(answer["Location"]))
    with scope.tenant(shop.pk):
        assert OutboxMessage.objects.filter(to_id=manager, kind__startswith="notice").exists()


@pytest.mark.parametrize(
    "quantity", ["0", "100", "-1", "1.5", "1e1", "", "９", "2; drop table", "999999999999"]
)
def test_numbers_outside_1_to_99_are_refused(quantity: str, shop: Tenant) -> None:
    client = buyers.at(shop)
    answer = buyers.order(client, shop, makers.goods(shop), quantity)
    assert answer.status_code == 422
    assert "1 to 99" in buyers.text(answer)
    assert buyers.orders(shop) == []


def test_only_the_products_own_options_can_be_ordered(shop: Tenant) -> None:
    product, other = makers.goods(shop), makers.goods(shop)
    hidden = makers.goods(shop, is_public=False)
    client = buyers.at(shop)
    for foreign in (other, hidden, makers.goods(buyers.shop())):
        with scope.everywhere():
            wrong = foreign.variants.values_list("pk", flat=True)[0]
        assert buyers.order(client, shop, product, variant=wrong).status_code == 422
    assert buyers.order(client, shop, hidden).status_code == 404
    assert buyers.orders(shop) == []


LIES = st.dictionaries(
    st.sampled_from(
        ["price", "unit_price", "total", "subtotal", "amount", "currency", "tenant", "tenant_id", "customer",
         "customer_id", "contact_id", "user_id", "status", "source", "number", "public_id", "stock"]
    ),
    st.one_of(st.integers(-(10**12), 10**12).map(str), st.text(st.characters(codec="utf-8"), max_size=20)),
    max_size=8,
)  # fmt: skip
QUANTITIES = st.one_of(
    st.integers(1, 99), st.integers(-(10**20), 10**20), st.text(st.characters(codec="utf-8"), max_size=6)
)


@given(quantity=QUANTITIES, lies=LIES, cookie=LIES)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_from_outside_hurts_money(
    quantity: object, lies: dict[str, str], cookie: dict[str, str], fuzzed: tuple[Tenant, Product, Client]
) -> None:
    """P21: whatever else a form, an address or a cookie says, the order is worth what the shop asks."""
    shop, product, client = fuzzed
    with scope.tenant(shop.pk):
        before = Order.objects.count()
    for name, value in cookie.items():
        client.cookies[name] = value.encode("ascii", "ignore").decode().replace("\r", "").replace("\n", "")
    answer = buyers.order(client, shop, product, quantity, **{name: lies[name] for name in lies})
    right = baskets.pieces_in(str(quantity))
    with scope.tenant(shop.pk):
        made = list(Order.objects.order_by("-pk").prefetch_related("lines")[: Order.objects.count() - before])
    assert answer.status_code == (302 if right else 422)
    assert len(made) == (1 if right else 0)
    for order in made:
        (line,) = order.lines.all()
        assert (line.unit_price, line.quantity, order.total) == (120, right, 120 * (right or 0))
        assert (order.currency, order.status, order.source) == ("TWD", "purchased", "liff")


@pytest.fixture(scope="module")
def fuzzed(database: None) -> tuple[Tenant, Product, Client]:
    """A shop where stock and patience have no end."""
    shop = buyers.shop(commands_a_minute=100_000)
    return shop, makers.goods(shop, price=120, stock=-1), buyers.at(shop)


def test_the_price_is_the_moments(shop: Tenant) -> None:
    """An option's own price counts, and a page that was open while the price changed changes nothing."""
    with scope.tenant(shop.pk):
        draft = ProductDraft("盒", 100, variants=(VariantDraft(price=150, stock=9),))
        product = catalogue.put_up(HOUSE, draft)
    client = buyers.at(shop)
    buyers.order(client, shop, product, 2)
    assert buyers.orders(shop)[0].total == 300


def test_who_is_not_signed_in_comes_back_to_what_was_chosen(shop: Tenant) -> None:
    shirt = makers.goods(shop, options={("黑",): 4, ("白",): 4})
    client = buyers.stranger()
    answer = buyers.order(client, shop, shirt, 3, variant=buyers.variants(shop, shirt)[1])
    assert "/enter?next=" in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert f'data-next="{buyers.path(shop, f"p/{shirt.public_id}")}?option=1&amp;quantity=3"' in page
    back = client.get(
        buyers.path(shop, f"p/{shirt.public_id}"), {"option": "1", "quantity": "3"}
    ).content.decode()
    checked = re.findall(r'value="(\d+)"[^>]*checked', back)
    assert checked == [str(buyers.variants(shop, shirt)[1])]
    assert 'value="3"' in back
    assert buyers.orders(shop) == []


def test_the_basket_survives_and_orders_everything(shop: Tenant) -> None:
    tea, soap = makers.goods(shop, "茶", 100, stock=5), makers.goods(shop, "皂", 50, stock=1)
    client = buyers.stranger()
    for product, pieces in ((tea, 2), (soap, 3)):
        buyers.order(client, shop, product, pieces, do="basket")
    page = buyers.text(client.get(buyers.path(shop, "basket")))
    assert "Only 1 left" in page
    assert "NT$250" in page
    assert client.post(buyers.path(shop, "basket/order"), {"command": "x"})["Location"].endswith("/enter")
    person = makers.friend(shop)
    buyers.sign_in(client, shop, person)
    answer = client.post(buyers.path(shop, "basket/order"), {"command": "x"})
    (order,) = buyers.orders(shop, person)
    assert order.total == 250
    assert "there were only 1" in buyers.text(client.get(answer["Location"]))
    assert "Your basket is empty" in buyers.text(client.get(buyers.path(shop, "basket")))


def test_what_sold_out_meanwhile_stays_in_the_basket(shop: Tenant) -> None:
    tea, soap = makers.goods(shop, "茶", 100), makers.goods(shop, "皂", 50, stock=1)
    client = buyers.at(shop)
    for product in (tea, soap):
        buyers.order(client, shop, product, do="basket")
    buyers.order(buyers.at(shop), shop, soap)
    client.post(buyers.path(shop, "basket/order"), {"command": "x"})
    assert [line.name for line in buyers.orders(shop)[-1].lines.all()] == ["茶"]
    page = buyers.text(client.get(buyers.path(shop, "basket")))
    assert "皂" in page
    assert "Sold out in the meantime" in page


@pytest.mark.parametrize("held", ["", "x", "1x0", "1x100", "-1x2", "1x1.1x2", "9" * 30 + "x1", ".." * 500])
def test_an_odd_basket_is_no_error(held: str, shop: Tenant) -> None:
    client = buyers.at(shop)
    client.cookies["basket"] = held
    assert client.get(buyers.path(shop, "basket")).status_code == 200
    assert client.post(buyers.path(shop, "basket/order"), {"command": "x"}).status_code == 302
    assert buyers.orders(shop) == []


@given(st.dictionaries(st.integers(1, 10**17), st.integers(1, 99), max_size=40))
def test_a_basket_comes_back_as_it_was_written(held: dict[int, int]) -> None:
    assert (
        baskets.read(baskets.written(held)) == dict(list(held.items())) or len(baskets.written(held)) > 2000
    )


def test_pieces_in_the_basket(shop: Tenant) -> None:
    product = makers.goods(shop)
    (variant,) = buyers.variants(shop, product)
    client = buyers.stranger()
    buyers.order(client, shop, product, 98, do="basket")
    buyers.order(client, shop, product, 5, do="basket")
    assert client.cookies["basket"].value == f"{variant}x99"
    client.post(buyers.path(shop, "basket/pieces"), {"variant": variant, "quantity": 2})
    assert client.cookies["basket"].value == f"{variant}x2"
    client.post(buyers.path(shop, "basket/pieces"), {"variant": variant + 1, "quantity": 2})
    client.post(buyers.path(shop, "basket/pieces"), {"variant": variant, "quantity": 0})
    assert client.cookies["basket"].value == ""


def test_a_shared_link_is_kept_on_the_order(shop: Tenant) -> None:
    product = makers.goods(shop)
    client = buyers.at(shop)
    client.get(buyers.path(shop, f"p/{product.public_id}"), {"via": "OpenChat 一群"})
    buyers.order(client, shop, product)
    bare = buyers.at(shop)
    bare.get(buyers.path(shop, f"p/{product.public_id}"), {"via": ""})
    buyers.order(bare, shop, product)
    assert [(order.source, order.source_word) for order in buyers.orders(shop)] == [
        ("share", "OpenChat 一群"),
        ("share", ""),
    ]


def test_many_orders_a_minute_are_too_fast(database: None, line: Any) -> None:
    shop = buyers.shop(commands_a_minute=3)
    product = makers.goods(shop, stock=50)
    client = buyers.at(shop)
    for _ in range(5):
        answer = buyers.order(client, shop, product)
    assert len(buyers.orders(shop)) == 3
    assert "many orders within a minute" in buyers.text(client.get(answer["Location"]))


@pytest.mark.parametrize(
    ("pushes", "friend", "ways"),
    [(True, True, ["push", "ride"]), (False, True, ["ride"]), (True, False, ["ride"])],
)
def test_line_confirms_where_it_costs_nothing_or_the_shop_pays(
    pushes: bool, friend: bool, ways: list[str], line: Any, database: None
) -> None:
    shop = buyers.shop(push_answers=pushes)
    client = buyers.at(shop, makers.friend(shop) if friend else makers.user_id())
    page = buyers.text(client.get(buyers.order(client, shop, makers.goods(shop))["Location"]))
    with scope.tenant(shop.pk):
        told = OutboxMessage.objects.get(purpose="answer")
    assert told.ways == ways
    assert told.rank >= OutboxMessage.Rank.NOTICE  # the quota kept for answers in the chat stays untouched
    assert ("The shop will confirm it in LINE" in page) == ("push" in ways)
    assert ("Add the shop as a friend" in page) == (not friend)


def test_my_orders_change_and_cancel(shop: Tenant) -> None:
    product, person = makers.goods(shop, "茶", 100, stock=10), makers.friend(shop)
    client = buyers.at(shop, person)
    buyers.order(client, shop, product, 2)
    makers.hear(shop, makers.text(person, "+1"))
    assert buyers.text(client.get(buyers.path(shop, "orders"))).count("茶") == 2
    order = buyers.orders(shop, person)[0]
    place, line = buyers.path(shop, f"orders/{order.public_id}"), order.lines.all()[0].pk
    answer = client.post(f"{place}/change", {"line": line, "quantity": 4})
    assert "is changed" in buyers.text(client.get(answer["Location"]))
    assert makers.stock_of(shop, product) == [5]
    client.post(f"{place}/change", {"line": line, "quantity": 50})
    assert makers.stock_of(shop, product) == [0]
    client.post(f"{place}/cancel")
    assert makers.stock_of(shop, product) == [9]
    assert "nothing is to be paid" in buyers.text(client.get(place))
    assert client.post(f"{place}/cancel").status_code == 302
    assert makers.stock_of(shop, product) == [9]


def test_a_page_from_before_changes_nothing_that_ended(shop: Tenant) -> None:
    """The line was cancelled by the team, or its product taken off sale, after the page was drawn."""
    product, other = makers.goods(shop, "茶"), makers.goods(shop, "糕")
    client = buyers.at(shop)
    buyers.order(client, shop, product, 2)
    (order,) = buyers.orders(shop)
    line = order.lines.all()[0]
    place = buyers.path(shop, f"orders/{order.public_id}")
    with scope.tenant(shop.pk):
        catalogue.show_or_hide(HOUSE, product, False)
    answer = client.post(f"{place}/change", {"line": line.pk, "quantity": 5})
    assert "add more of it" in buyers.text(client.get(answer["Location"]))
    assert makers.stock_of(shop, product) == [8]
    with scope.tenant(shop.pk):
        variant = other.variants.get()
        OrderLine.objects.create(
            order=order, customer_id=order.customer_id, product=other, variant=variant,
            product_code=other.code, name="糕", asked=1, quantity=0, unit_price=100,
        )  # fmt: skip
        cancelled = OrderLine.objects.latest("pk").pk
    answer = client.post(f"{place}/change", {"line": cancelled, "quantity": 5})
    assert "ask the shop" in buyers.text(client.get(answer["Location"]))
    assert makers.stock_of(shop, other) == [10]


def test_settled_orders_are_the_shops(shop: Tenant) -> None:
    product, person = makers.goods(shop), makers.friend(shop)
    client = buyers.at(shop, person)
    buyers.order(client, shop, product, 2)
    order = buyers.orders(shop, person)[0]
    with scope.tenant(shop.pk):
        change.set_status(HOUSE, order, "paid")
        change.set_tracking(HOUSE, order, "TW123")
    place = buyers.path(shop, f"orders/{order.public_id}")
    assert "TW123" in buyers.text(client.get(place))
    for what in ("cancel", "change"):
        answer = client.post(f"{place}/{what}", {"line": order.lines.all()[0].pk, "quantity": 1})
        assert "already working on this order" in buyers.text(client.get(answer["Location"]))
    assert makers.stock_of(shop, product) == [8]


def test_another_buyers_order_is_not_there(shop: Tenant) -> None:
    product = makers.goods(shop)
    buyers.order(buyers.at(shop), shop, product)
    order = buyers.orders(shop)[0]
    line = order.lines.all()[0].pk
    thief = buyers.at(shop)
    mine = buyers.order(thief, shop, product)["Location"]
    place = buyers.path(shop, f"orders/{order.public_id}")
    assert thief.get(place).status_code == 404
    assert thief.post(f"{place}/cancel").status_code == 404
    assert thief.post(f"{place}/change", {"line": line, "quantity": 9}).status_code == 404
    assert thief.post(f"{mine}/change", {"line": line, "quantity": 9}).status_code == 404
    assert order.number not in buyers.text(thief.get(buyers.path(shop, "orders")))
    with scope.tenant(shop.pk):
        assert Order.objects.get(pk=order.pk).status == "purchased"
        assert StockMovement.objects.filter(reason__in=("cancel", "change")).count() == 0
