"""A team member enters an order: for a known or a new customer, once, by the same rules as everybody's."""

import re
from typing import Any

import pytest
from django.test import Client

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.customers.models import Customer
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.crowd import variant_of
from tests.orders.test_contents import broken, shown
from tests.tenants import browser

COMMAND = re.compile(r'name="command" value="([^"]+)"')


def enter(client: Client, tenant: Tenant, *rows: tuple[int, int | str], **fields: Any) -> Any:
    """Fill the form as the page gives it, and send it."""
    page = client.get(browser.path(tenant, "orders/new")).content.decode()
    command = COMMAND.search(page)
    assert command
    body = {"command": command[1], "variant": [v for v, _ in rows], "pieces": [n for _, n in rows], **fields}
    return client.post(browser.path(tenant, "orders/new"), body)


def orders(tenant: Tenant) -> list[Order]:
    with scope.tenant(tenant.pk):
        return list(Order.objects.select_related("customer").order_by("pk"))


def test_an_order_for_a_new_customer(tenant: Tenant) -> None:
    tea, cake = makers.goods(tenant, "茶", price=100, stock=5), makers.goods(tenant, "糕", price=50, stock=5)
    client = browser.at(tenant, "staff")
    rows = (variant_of(tenant, tea), 2), (variant_of(tenant, cake), 1), (variant_of(tenant, tea), 1)
    answer = enter(client, tenant, *rows, name="陳太太", phone="0912-345-678", reserve="on")
    (order,) = orders(tenant)
    assert answer.headers["Location"].endswith(f"/orders/{order.number}/")
    assert (order.customer.name, order.customer.phone, order.source) == ("陳太太", "0912-345-678", "console")
    assert shown(tenant, order.number) == ("not_purchased", 350, {"茶": 3, "糕": 1})
    assert (makers.stock_of(tenant, tea), makers.stock_of(tenant, cake)) == ([2], [4])
    page = client.get(answer.headers["Location"]).content.decode()
    assert "No LINE is known" not in page  # staff may not write to buyers
    assert "店員" in page
    assert broken(tenant) == {}


def test_an_order_for_a_known_customer_can_be_told_over_line(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "茶", stock=5)
    known = browser.order(tenant, tea).ask.customer_id
    enter(browser.at(tenant), tenant, (variant_of(tenant, tea), 1), customer=known)
    order = orders(tenant)[1]
    assert (order.customer_id, order.contact_id is not None, order.status) == (known, True, "purchased")


def test_two_presses_make_one_order(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "茶", stock=5)
    client = browser.at(tenant)
    same = {"name": "陳太太", "command": "f" * 16}
    places = {
        enter(client, tenant, (variant_of(tenant, tea), 1), **same).headers["Location"] for _ in range(2)
    }
    assert len(places) == len(orders(tenant)) == 1
    with scope.tenant(tenant.pk):
        assert Customer.objects.filter(name="陳太太").count() == 1
    assert makers.stock_of(tenant, tea) == [4]


def test_what_is_left_is_given_and_said(tenant: Tenant) -> None:
    tea = makers.goods(tenant, "茶", stock=2)
    client = browser.at(tenant)
    place = enter(client, tenant, (variant_of(tenant, tea), 3), name="陳太太").headers["Location"]
    assert "stock was short: 茶  2/3" in client.get(place).content.decode()
    answer = enter(client, tenant, (variant_of(tenant, tea), 1), name="王先生")
    assert answer.status_code == 422
    assert "no order was created" in answer.content.decode()
    with scope.tenant(tenant.pk):
        assert not Customer.objects.filter(name="王先生").exists()


@pytest.mark.parametrize(
    ("rows", "fields", "said"),
    [
        ([], {"name": "陳"}, "at least one product"),
        ([1], {}, "who the order is for"),
        ([0], {"name": "陳"}, "at least one product"),
        (["100"], {"name": "陳"}, "at least one product"),
        (["x"], {"name": "陳"}, "at least one product"),
        ([1], {"customer": "999999999"}, "no longer there"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_kept(
    tenant: Tenant, rows: list[int | str], fields: dict[str, str], said: str
) -> None:
    variant = variant_of(tenant, makers.goods(tenant, "茶"))
    answer = enter(browser.at(tenant), tenant, *((variant, pieces) for pieces in rows), **fields)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    if rows == [1]:
        assert f'name="variant" value="{variant}"' in text
    assert orders(tenant) == []


def test_another_shops_goods_and_customers_cannot_be_named(tenant: Tenant) -> None:
    other = makers.shop()
    theirs = makers.goods(other, "別家")
    customer = browser.order(other, theirs).ask.customer_id
    client = browser.at(tenant)
    mine = variant_of(tenant, makers.goods(tenant))
    assert enter(client, tenant, (variant_of(other, theirs), 1), name="陳").status_code == 422
    assert enter(client, tenant, (mine, 1), customer=customer).status_code == 422
    assert (
        client.get(browser.path(tenant, "orders/new/row"), {"variant": variant_of(other, theirs)}).status_code
        == 404
    )
    assert orders(tenant) == []


def test_people_and_goods_are_found_as_one_types(tenant: Tenant) -> None:
    makers.goods(tenant, "高山茶")
    hidden: Product = makers.goods(tenant, "藏品", is_public=False)
    with scope.tenant(tenant.pk):
        Customer.objects.create(name="陳太太", phone="0912345678")
    client = browser.at(tenant)
    for words in ("陳", "0912"):
        assert (
            "陳太太" in client.get(browser.path(tenant, "orders/new/people"), {"q": words}).content.decode()
        )
    assert "陳太太" not in client.get(browser.path(tenant, "orders/new/people"), {"q": "王"}).content.decode()
    found = client.get(browser.path(tenant, "orders/new/goods"), {"q": "茶"}).content.decode()
    assert "高山茶" in found
    assert "<html" not in found
    assert hidden.name not in client.get(browser.path(tenant, "orders/new/goods")).content.decode()
