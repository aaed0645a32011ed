"""The waiting list on the shop's pages, and small mercies: undo in the basket, cancel an item, pictures."""

from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import pictures
from plusone.catalogue.models import Product
from plusone.orders.actions import merge, rounds, waiting
from plusone.orders.models import Order, Waiting
from plusone.storefront.rules import baskets
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import a_round, say
from tests.storefront import buyers


def _wait(shop: Tenant, client: Client, product: Product, quantity: object = 1, option: int = 0) -> str:
    """Send the form; the page that follows."""
    form = {"variant": buyers.variants(shop, product)[option], "quantity": quantity}
    answer = client.post(buyers.path(shop, f"p/{product.public_id}/wait"), form)
    return buyers.text(client.get(answer["Location"]))


def _waiting(shop: Tenant) -> list[tuple[int, str]]:
    with scope.tenant(shop.pk):
        return list(Waiting.objects.waiting().values_list("quantity", "source"))


def test_join_see_ones_place_and_leave(shop: Tenant) -> None:
    product, person = makers.goods(shop, "限量茶", stock=0), makers.friend(shop)
    first = say(shop, "+1", person=makers.friend(shop))
    makers.hear(shop, makers.tap(makers.friend(shop), first.facts["buttons"][0]["data"]))
    client = buyers.at(shop, person)
    assert "Join the waiting list" in buyers.text(client.get(buyers.path(shop, f"p/{product.public_id}")))
    said = _wait(shop, client, product, 2)
    assert "You are on the waiting list" in said
    assert "×2 · number 2 in line" in said
    page = buyers.text(client.get(buyers.path(shop, f"p/{product.public_id}")))
    assert "You are on the waiting list. ×2" in page
    _wait(shop, client, product, 3)
    assert _waiting(shop) == [(1, "chat"), (3, "liff")]
    variant = buyers.variants(shop, product)[0]
    left = client.post(buyers.path(shop, f"waiting/{variant}/leave"))
    assert "gave your place" in buyers.text(client.get(left["Location"]))
    again = client.post(buyers.path(shop, f"waiting/{variant}/leave"))
    assert "were not on that waiting list" in buyers.text(client.get(again["Location"]))
    assert _waiting(shop) == [(1, "chat")]


def test_what_comes_is_ordered_in_turn(shop: Tenant) -> None:
    product, person = makers.goods(shop, stock=0), makers.friend(shop)
    client = buyers.at(shop, person)
    _wait(shop, client, product, 2)
    variant = buyers.variants(shop, product)[0]
    with scope.tenant(shop.pk):
        catalogue.adjust(HOUSE, variant, 5, "delivery")
        assert waiting.fill([variant]) == 1
    (order,) = buyers.orders(shop, person)
    assert (order.source, order.total) == ("liff", 200)
    assert "number 1 in line" not in buyers.text(client.get(buyers.path(shop, "orders")))


def test_one_option_of_several_can_be_waited_for(shop: Tenant) -> None:
    shirt = makers.goods(shop, "上衣", options={("黑",): 4, ("白",): 0})
    client = buyers.at(shop)
    page = buyers.text(client.get(buyers.path(shop, f"p/{shirt.public_id}")))
    assert "Order now" in page
    assert "Join the waiting list" in page
    assert "白 ×1 · number 1 in line" in " ".join(_wait(shop, client, shirt, 1, 1).split()).replace(
        "· ×", "×"
    )


@pytest.mark.parametrize("quantity", ["0", "100", "-1", "x", "1.5", ""])
def test_numbers_outside_1_to_99_do_not_wait(quantity: str, shop: Tenant) -> None:
    product = makers.goods(shop, stock=0)
    assert "1 to 99" in _wait(shop, buyers.at(shop), product, quantity)
    assert _waiting(shop) == []


def test_who_waits_is_whom_line_named_and_rounds_are_kept_to(shop: Tenant) -> None:
    product, other = makers.goods(shop, stock=0), makers.goods(shop, stock=0)
    assert "Sign in with LINE" in _wait(shop, buyers.stranger(), product)
    client = buyers.at(shop)
    foreign = {"variant": buyers.variants(shop, other)[0], "quantity": 1, "customer_id": 1}
    client.post(buyers.path(shop, f"p/{product.public_id}/wait"), foreign)
    found = a_round(shop, product)
    with scope.tenant(shop.pk):
        rounds.set_closing(HOUSE, found, numbers.database_now())
    assert "The group buy is closed" in _wait(shop, client, product)
    assert _waiting(shop) == []


def test_what_was_taken_out_of_the_basket_can_be_put_back(shop: Tenant) -> None:
    product, other = makers.goods(shop, "茶"), makers.goods(shop, "杯")
    client = buyers.at(shop)
    for one, pieces in ((product, 3), (other, 1)):
        buyers.order(client, shop, one, pieces, do="basket")
    variant = buyers.variants(shop, product)[0]
    answer = client.post(buyers.path(shop, "basket/pieces"), {"variant": variant, "quantity": 0})
    page = client.get(answer["Location"]).content.decode()
    undo = buyers.path(shop, f"basket/back?line={variant}x3")
    assert f'hx-post="{undo}"' in page
    assert client.post(undo)["HX-Refresh"] == "true"
    assert client.cookies["basket"].value == f"{buyers.variants(shop, other)[0]}x1.{variant}x3"
    client.post(buyers.path(shop, "basket/back?line=<script>"))
    assert "script" not in client.cookies["basket"].value


def test_cancel_one_item_and_then_the_last(shop: Tenant) -> None:
    tea, cup, person = makers.goods(shop, "茶"), makers.goods(shop, "杯"), makers.friend(shop)
    client = buyers.at(shop, person)
    for product in (tea, cup):
        buyers.order(client, shop, product, 2, do="basket")
    client.post(buyers.path(shop, "basket/order"), {"command": "x"})
    (order,) = buyers.orders(shop, person)
    place = buyers.path(shop, f"orders/{order.public_id}")
    first, second = sorted(order.lines.all(), key=lambda line: line.pk)
    answer = client.post(f"{place}/change", {"line": first.pk, "cancel": "1"})
    page = buyers.text(client.get(answer["Location"]))
    assert "That item is cancelled; the rest of your order stays" in page
    assert first.name not in page.replace("×0", "")
    assert (makers.stock_of(shop, tea), makers.stock_of(shop, cup)) == ([10], [8])
    again = client.post(f"{place}/change", {"line": first.pk, "cancel": "1"})
    assert "ask the shop" in buyers.text(client.get(again["Location"]))
    client.post(f"{place}/change", {"line": second.pk, "cancel": "1"})
    assert buyers.orders(shop, person)[0].status == "cancelled"
    assert makers.stock_of(shop, cup) == [10]


def test_a_merged_order_leads_to_the_one_it_went_into(shop: Tenant) -> None:
    product, person = makers.goods(shop, "茶", 100), makers.friend(shop)
    client = buyers.at(shop, person)
    for _ in range(2):
        buyers.order(client, shop, product)
    source, target = buyers.orders(shop, person)
    with scope.tenant(shop.pk):
        merge.merge(HOUSE, target, [Order.objects.get(pk=source.pk)])
        catalogue.change(HOUSE, product, replace(catalogue.draft_of(product), price=999))
    page = client.get(buyers.path(shop, f"orders/{source.public_id}")).content.decode()
    assert buyers.path(shop, f"orders/{target.public_id}") in page
    assert "Pay and report a transfer" not in page
    into = buyers.text(client.get(buyers.path(shop, f"orders/{target.public_id}")))
    assert "NT$100 × 1" in into  # as the buyer saw it, though it costs more now
    assert "NT$200" in into
    assert "Still to pay NT$200" in buyers.text(client.get(buyers.path(shop, "orders")))


def test_further_pictures_are_a_gallery(shop: Tenant) -> None:
    product = makers.goods(shop, "茶")
    page = buyers.path(shop, f"p/{product.public_id}")
    with scope.tenant(shop.pk):
        catalogue.set_picture(HOUSE, product, "a.jpg", "a-small.jpg")
    assert "gallery" not in buyers.stranger().get(page).content.decode()
    with scope.tenant(shop.pk):
        pictures.add(HOUSE, product, [pictures.Shot("b.jpg", "b-small.jpg")])
    shown = buyers.stranger().get(page).content.decode()
    assert shown.index("/files/a.jpg") < shown.index("/files/b.jpg")
    assert "茶, picture 2 of 2" in shown
    assert 'tabindex="0"' in shown


LIES = st.dictionaries(
    st.sampled_from(["price", "unit_price", "total", "customer", "tenant", "order", "status", "cancelled"]),
    st.text(st.characters(codec="utf-8"), max_size=12),
    max_size=6,
)


@given(quantity=st.one_of(st.integers(-(10**9), 10**9).map(str), st.text(max_size=6)), lies=LIES)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_from_outside_changes_a_price(
    quantity: str, lies: dict[str, str], fuzzed: tuple[Tenant, Client]
) -> None:
    """P21: a changed line keeps its price, and its number is one from 1 to 99."""
    shop, client = fuzzed
    (order,) = buyers.orders(shop)
    before = order.lines.all()[0]
    client.post(
        buyers.path(shop, f"orders/{order.public_id}/change"),
        {**lies, "line": str(before.pk), "quantity": quantity},
    )
    (after,) = buyers.orders(shop)
    line = after.lines.all()[0]
    assert line.quantity == (baskets.pieces_in(quantity) or before.quantity)
    assert (line.unit_price, after.total, after.status) == (120, 120 * line.quantity, "purchased")


@pytest.fixture(scope="module")
def fuzzed(database: None) -> tuple[Tenant, Client]:
    """A shop, and a buyer with one order in it."""
    shop = buyers.shop(commands_a_minute=100_000)
    client = buyers.at(shop)
    buyers.order(client, shop, makers.goods(shop, price=120, stock=-1))
    return shop, client
