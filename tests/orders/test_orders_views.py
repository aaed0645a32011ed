"""The console's pages about orders, and its first page."""

from typing import Any

import pytest
from django.test import Client

from plusone.base import scope
from plusone.orders.models import Order, Status
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser

STATUS_WORDS = {
    "not_purchased": "not purchased yet",
    "purchased": "purchased",
    "paid": "paid",
    "shipped": "shipped",
    "cancelled": "sold out / cancelled",
    "other": "other / please ask",
}


def text(client: Client, url: str, **query: Any) -> str:
    """The page's text."""
    answer = client.get(url, query)
    assert answer.status_code == 200
    return answer.content.decode()


def status_of(tenant: Tenant, number: str) -> str:
    """The order's status as stored."""
    with scope.tenant(tenant.pk):
        return Order.objects.get(number=number).status


def test_orders_are_found_by_number_and_by_customer(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    first, second = browser.order(tenant, product).number, browser.order(tenant, product).number
    client, url = browser.at(tenant), browser.path(tenant, "orders/")
    assert first in text(client, url, q=first.lower()[-4:])
    assert second not in text(client, url, q=first)
    assert first in text(client, url, q="小美")
    assert "No order matches" in text(client, url, q="阿明")


def test_orders_are_filtered_by_status(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    open_order, paid = browser.order(tenant, product).number, browser.order(tenant, product).number
    client, url = browser.at(tenant), browser.path(tenant, "orders/")
    client.post(f"{url}{paid}/status", {"status": "paid"})
    assert paid in text(client, url, status="paid")
    assert open_order not in text(client, url, status="paid")
    assert paid not in text(client, url, status="unpaid")
    assert open_order in text(client, url, status="nonsense")


def test_a_long_list_comes_in_pages_and_back(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=200)
    numbers = [browser.order(tenant, product).number for _ in range(52)]
    client, url = browser.at(tenant), browser.path(tenant, "orders/")
    first = client.get(url)
    assert numbers[51] in first.content.decode()
    assert numbers[1] not in first.content.decode()
    older = client.get(url + first.context["slice"].older_url)
    assert numbers[0] in older.content.decode()
    assert older.context["slice"].older_url == ""
    newer = client.get(url + older.context["slice"].newer_url)
    assert [order.number for order in newer.context["slice"].rows] == numbers[:1:-1]


@pytest.mark.parametrize("cursor", ["0", "-1", "x", "99999999999999999999", "１２"])
def test_a_nonsense_cursor_means_the_first_page(tenant: Tenant, cursor: str) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    assert number in text(browser.at(tenant), browser.path(tenant, "orders/"), before=cursor)


def test_an_order_shows_everything_about_itself(tenant: Tenant) -> None:
    product = makers.goods(tenant, "阿里山茶", price=1200, stock=2)
    number = browser.order(tenant, product, 3).number
    shown = text(browser.at(tenant), browser.path(tenant, f"orders/{number}/"))
    for part in ("阿里山茶", product.code, "NT$2,400", "asked for 3, 2 were left", "小美", "Order placed"):
        assert part in shown


def test_an_unknown_order_and_another_shops_order_are_not_found(tenant: Tenant) -> None:
    other = makers.shop()
    number = browser.order(other, makers.goods(other)).number
    client = browser.at(tenant)
    for missing in (number, "NONE-20260101-0001"):
        assert client.get(browser.path(tenant, f"orders/{missing}/")).status_code == 404
        assert (
            client.post(browser.path(tenant, f"orders/{missing}/status"), {"status": "paid"}).status_code
            == 404
        )
    assert status_of(other, number) == Status.PURCHASED


@pytest.mark.parametrize(("code", "word"), STATUS_WORDS.items())
def test_each_status_can_be_given_and_taken_back(tenant: Tenant, code: str, word: str) -> None:
    product = makers.goods(tenant)
    number = browser.order(tenant, product).number
    client, url = browser.at(tenant), browser.path(tenant, f"orders/{number}/")
    if code == "purchased":
        client.post(f"{url}status", {"status": "paid"})
    before = status_of(tenant, number)
    said = client.post(f"{url}status", {"status": code, "seen": before}, follow=True).content.decode()
    assert status_of(tenant, number) == code
    assert f"The order is now “{word}”" in said
    undo = said.split('hx-post="')[-1].split('"')[0].replace("&amp;", "&")
    assert client.post(undo).headers["HX-Refresh"] == "true"
    assert status_of(tenant, number) == before


def test_cancelling_gives_the_pieces_back_and_history_tells_who(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=5)
    number = browser.order(tenant, product, 2).number
    client, url = browser.at(tenant), browser.path(tenant, f"orders/{number}/")
    client.post(f"{url}status", {"status": "cancelled"})
    assert makers.stock_of(tenant, product) == [5]
    shown = text(client, url)
    assert "purchased → sold out / cancelled" in shown
    assert "店員" in shown


def test_an_order_without_stock_cannot_come_back_and_leaves_no_trace(tenant: Tenant) -> None:
    product = makers.goods(tenant, "紅豆餅", stock=2)
    number = browser.order(tenant, product, 2).number
    client, url = browser.at(tenant), browser.path(tenant, f"orders/{number}/")
    client.post(f"{url}status", {"status": "cancelled"})
    browser.order(tenant, product, 1)
    said = client.post(f"{url}status", {"status": "purchased"}, follow=True).content.decode()
    assert f"紅豆餅 ({product.code}): 1 missing" in said
    assert status_of(tenant, number) == Status.CANCELLED
    assert makers.stock_of(tenant, product) == [1]
    with scope.tenant(tenant.pk):
        told = list(Order.objects.get(number=number).changes.order_by("pk").values_list("after", flat=True))
    assert told == ["purchased", "cancelled"]


def test_a_change_made_meanwhile_is_told_and_not_overwritten(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    client, url = browser.at(tenant), browser.path(tenant, f"orders/{number}/")
    client.post(f"{url}status", {"status": "shipped", "seen": "purchased"})
    said = client.post(
        f"{url}status", {"status": "cancelled", "seen": "purchased"}, follow=True
    ).content.decode()
    assert "Someone changed this order in the meantime" in said
    assert status_of(tenant, number) == Status.SHIPPED


def test_a_status_that_is_none_of_the_six_changes_nothing(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    url = browser.path(tenant, f"orders/{number}/status")
    said = browser.at(tenant).post(url, {"status": "exploded"}, follow=True).content.decode()
    assert "not one of the six states" in said
    assert status_of(tenant, number) == Status.PURCHASED


def test_tracking_number_and_memo_are_stored_and_said(tenant: Tenant) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    client, url = browser.at(tenant, "staff"), browser.path(tenant, f"orders/{number}/")
    client.post(f"{url}tracking", {"tracking_number": " SF123 "})
    said = client.post(f"{url}memo", {"memo": "週五到店取 <b>"}, follow=True).content.decode()
    assert 'value="SF123"' in said
    assert "週五到店取 &lt;b&gt;" in said
    with scope.tenant(tenant.pk):
        order = Order.objects.get(number=number)
    assert (order.tracking_number, order.memo) == ("SF123", "週五到店取 <b>")


@pytest.mark.parametrize(
    ("what", "field", "limit"), [("tracking", "tracking_number", 60), ("memo", "memo", 2000)]
)
def test_texts_that_are_too_long_are_refused(tenant: Tenant, what: str, field: str, limit: int) -> None:
    number = browser.order(tenant, makers.goods(tenant)).number
    url = browser.path(tenant, f"orders/{number}/{what}")
    said = browser.at(tenant).post(url, {field: "x" * (limit + 1)}, follow=True).content.decode()
    assert "Nothing was saved" in said
    with scope.tenant(tenant.pk):
        assert getattr(Order.objects.get(number=number), field) == ""


def test_today_counts_what_is_to_do_and_sums_what_was_sold(tenant: Tenant) -> None:
    product = makers.goods(tenant, price=300, stock=11)
    number = browser.order(tenant, product, 2).number
    gone = browser.order(tenant, product, 1).number
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"orders/{gone}/status"), {"status": "cancelled"})
    page = client.get(browser.path(tenant))
    todos = {todo["name"]: todo["value"] for todo in page.context["todos"]}
    assert todos == {"Orders to be paid": 1, "Products low in stock": 1}
    assert (page.context["sales_today"], page.context["orders_today"], page.context["sales_total"]) == (
        600,
        1,
        600,
    )
    assert len(page.context["sales"]) == 14
    assert number in page.content.decode()


def test_the_live_part_is_silent_until_an_order_comes_in(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    browser.order(tenant, product)
    client, url = browser.at(tenant), browser.path(tenant, "live")
    after = client.get(browser.path(tenant)).context["newest"]
    assert client.get(url, {"after": after}).status_code == 204
    number = browser.order(tenant, product).number
    shown = text(client, url, after=after)
    assert number in shown
    assert shown.count('class="arrived"') == 1
    assert "1 new order<" in shown
    assert "<html" not in shown


def test_a_customers_orders_come_as_a_fragment(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    outcome = browser.order(tenant, product)
    other = browser.order(tenant, product)
    shown = text(browser.at(tenant), browser.path(tenant, f"customers/{outcome.ask.customer_id}/orders"))
    assert outcome.number in shown
    assert other.number not in shown
    assert "<html" not in shown
