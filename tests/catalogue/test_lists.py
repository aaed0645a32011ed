"""The list of products: counts, categories, order, copies, many at once."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.models import AuditEntry
from plusone.catalogue import actions
from plusone.catalogue.models import Product
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def names(client: Client, tenant: Tenant, **query: str) -> list[str]:
    """The names on the list's page."""
    answer = client.get(browser.path(tenant, "products/"), query)
    return [product.name for product in answer.context["slice"].rows]


def counts(client: Client, tenant: Tenant, **query: str) -> list[int]:
    """What the chips count: all, on sale, stopped, low."""
    answer = client.get(browser.path(tenant, "products/"), query)
    return [chip["count"] for chip in answer.context["filters"]]


def hide(tenant: Tenant, product: Product) -> None:
    """Take the product off sale."""
    with scope.tenant(tenant.pk):
        actions.show_or_hide(HOUSE, product, False)


def now(tenant: Tenant, product: Product) -> Product:
    """The product as it is now, removed or not."""
    with scope.tenant(tenant.pk):
        return Product.objects.prefetch_related("variants").get(pk=product.pk)


def bulk(client: Client, tenant: Tenant, products: list[Product], verb: str, value: str = "") -> str:
    """Do something to many, and what the next page says."""
    sent = {"code": [product.code for product in products], "verb": verb, "value": value}
    return client.post(browser.path(tenant, "products/bulk"), sent, follow=True).content.decode()


def undo(client: Client, tenant: Tenant) -> Any:
    """Press the undo of the last change of many."""
    with scope.tenant(tenant.pk):
        entry = AuditEntry.objects.filter(subject="products").latest("id")
    return client.post(browser.path(tenant, f"products/undo/{entry.pk}"))


def test_chips_count_what_they_lead_to(tenant: Tenant) -> None:
    makers.goods(tenant, "高山茶", stock=30)
    makers.goods(tenant, "鳳梨酥", stock=3)
    hide(tenant, makers.goods(tenant, "鳳梨乾", stock=9))
    makers.goods(tenant, "襪子", options={("黑",): 20, ("白",): 1})
    client = browser.at(tenant)
    assert counts(client, tenant) == [4, 3, 1, 3]
    assert counts(client, tenant, q="鳳梨") == [2, 1, 1, 2]
    for show, count in zip(("", "sale", "stopped", "low"), counts(client, tenant), strict=True):
        assert len(names(client, tenant, show=show)) == count


def test_a_chip_keeps_the_search_and_the_category(tenant: Tenant) -> None:
    makers.goods(tenant, "茶 & 糖", category="茶&糖")
    answer = browser.at(tenant).get(browser.path(tenant, "products/"), {"q": "茶 &", "category": "茶&糖"})
    url = answer.context["filters"][1]["url"]
    follow = browser.at(tenant).get(browser.path(tenant, f"products/{url}"))
    assert [product.name for product in follow.context["slice"].rows] == ["茶 & 糖"]


def test_categories_are_made_by_writing_them(tenant: Tenant) -> None:
    for name, category in (("烏龍", "茶"), ("紅茶", "茶"), ("餅", "點心"), ("無", "")):
        makers.goods(tenant, name, category=category)
    client = browser.at(tenant)
    found = client.get(browser.path(tenant, "products/")).context["categories"]
    assert [(one["name"], one["count"]) for one in found] == [("茶", 2), ("點心", 1)]
    assert names(client, tenant, category="茶") == ["紅茶", "烏龍"]
    assert '<option value="點心">' in client.get(browser.path(tenant, "products/new")).content.decode()


def order(client: Client, tenant: Tenant, product: Product, before: Product | None) -> int:
    """Put the product before the other, or at the end; the status."""
    sent = {"code": product.code, "before": before.code if before else ""}
    return client.post(browser.path(tenant, "products/order/place"), sent).status_code


def test_products_are_put_in_order(tenant: Tenant) -> None:
    a, b, c, d = (makers.goods(tenant, name) for name in "ABCD")
    client = browser.at(tenant)
    assert names(client, tenant) == ["D", "C", "B", "A"]
    assert order(client, tenant, a, d) == 204
    assert names(client, tenant) == ["A", "D", "C", "B"]
    assert order(client, tenant, d, None) == 204
    assert names(client, tenant) == ["A", "C", "B", "D"]
    assert order(client, tenant, b, c) == 204
    assert names(client, tenant) == ["A", "B", "C", "D"]
    makers.goods(tenant, "E")
    assert names(client, tenant) == ["E", "A", "B", "C", "D"]
    shown = client.get(browser.path(tenant, "products/order")).context["products"]
    assert [product.name for product in shown] == ["E", "A", "B", "C", "D"]


def test_plus_one_means_the_newest_whatever_the_order(tenant: Tenant) -> None:
    old, new = makers.goods(tenant, "舊"), makers.goods(tenant, "新")
    order(browser.at(tenant), tenant, old, new)
    with scope.tenant(tenant.pk):
        assert [product.name for product in Product.objects.on_show()] == ["新", "舊"]
        assert [product.name for product in Product.objects.on_show().arranged()] == ["舊", "新"]


def test_there_is_always_room_between_two(tenant: Tenant) -> None:
    """Also for products from before there was an order: they all stand at place 0."""
    goods = [makers.goods(tenant, str(number)) for number in range(4)]
    with scope.tenant(tenant.pk):
        Product.objects.update(place=0)
        wanted = [product.pk for product in reversed(goods)]
        for round_ in range(60):
            moved = goods[round_ % 4]
            other = goods[(round_ + 1 + round_ // 4 % 3) % 4]
            actions.put_before(HOUSE, Product.objects.get(pk=moved.pk), other)
            wanted.remove(moved.pk)
            wanted.insert(wanted.index(other.pk), moved.pk)
            assert list(Product.objects.arranged().values_list("pk", flat=True)) == wanted


def test_pages_follow_the_order(tenant: Tenant) -> None:
    for number in range(120):
        makers.goods(tenant, f"{number:03d}")
    with scope.tenant(tenant.pk):
        Product.objects.filter(code__endswith="5").update(place=7)
    client, seen = browser.at(tenant), []
    url = "?"
    while url:
        rows = client.get(browser.path(tenant, f"products/{url}")).context["slice"]
        seen.append([product.pk for product in rows.rows])
        url = rows.older_url
    with scope.tenant(tenant.pk):
        assert [pk for page in seen for pk in page] == list(
            Product.objects.arranged().values_list("pk", flat=True)
        )
    back = client.get(browser.path(tenant, f"products/{rows.newer_url}")).context["slice"]
    assert [product.pk for product in back.rows] == seen[1]


def test_a_copy_has_all_but_code_stock_and_sale(tenant: Tenant) -> None:
    product = makers.goods(tenant, "襪子", options={("黑",): 5, ("白",): -1}, category="衣")
    with scope.tenant(tenant.pk):
        actions.pictures.add(HOUSE, product, [actions.pictures.Shot("a.jpg", "b.jpg")] * 2)
    answer = browser.at(tenant).post(browser.path(tenant, f"products/{product.code}/copy"))
    with scope.tenant(tenant.pk):
        made = Product.objects.latest("id")
        assert actions.pictures.gallery(made) == actions.pictures.gallery(product_now := now(tenant, product))
        assert product_now.code != made.code
    assert answer.headers["Location"] == browser.path(tenant, f"products/{made.code}/")
    assert (made.name, made.category, made.is_public) == ("襪子", "衣", False)
    assert makers.stock_of(tenant, made) == [0, -1]
    assert makers.stock_of(tenant, product) == [5, -1]


@pytest.mark.parametrize(
    ("verb", "value", "field", "after", "before"),
    [
        ("hide", "", "is_public", False, True),
        ("category", "新分類", "category", "新分類", ""),
        ("price", "1,250", "price", 1250, 100),
    ],
)
def test_many_are_changed_at_once_and_back(
    tenant: Tenant, verb: str, value: str, field: str, after: object, before: object
) -> None:
    goods = [makers.goods(tenant, name) for name in "ABC"]
    client = browser.at(tenant)
    said = bulk(client, tenant, goods[:2], verb, value)
    assert "2 products were changed" in said
    assert [getattr(now(tenant, one), field) for one in goods] == [after, after, before]
    assert undo(client, tenant).headers["HX-Refresh"] == "true"
    assert [getattr(now(tenant, one), field) for one in goods] == [before] * 3
    undo(client, tenant)
    assert "already been undone" in client.get(browser.path(tenant, "products/")).content.decode()


def test_an_undo_leaves_what_was_changed_again(tenant: Tenant) -> None:
    first, second = makers.goods(tenant), makers.goods(tenant)
    client = browser.at(tenant)
    bulk(client, tenant, [first, second], "price", "500")
    with scope.tenant(tenant.pk):
        Product.objects.filter(pk=first.pk).update(price=700)
    undo(client, tenant)
    assert (now(tenant, first).price, now(tenant, second).price) == (700, 100)


def test_stock_of_many_moves_by_a_delta_and_says_where_it_cannot(tenant: Tenant) -> None:
    plenty, few = makers.goods(tenant, "多", stock=10), makers.goods(tenant, "少", stock=2)
    endless = makers.goods(tenant, "無限", stock=-1)
    socks = makers.goods(tenant, "襪子", options={("黑",): 5, ("白",): 5})
    client = browser.at(tenant)
    said = bulk(client, tenant, [plenty, few, endless, socks], "stock", "-3")
    assert "1 product was changed" in said
    for sentence in ("“少” has only 2 left", "“無限” is unlimited", "“襪子” comes in options"):
        assert sentence in said
    assert [makers.stock_of(tenant, one) for one in (plenty, few, endless, socks)] == [[7], [2], [-1], [5, 5]]
    undo(client, tenant)
    assert makers.stock_of(tenant, plenty) == [10]


def test_many_are_removed_but_those_with_orders_are_hidden_and_each_is_told(tenant: Tenant) -> None:
    free, sold = makers.goods(tenant, "沒賣過"), makers.goods(tenant, "賣過")
    browser.order(tenant, sold)
    client = browser.at(tenant)
    said = bulk(client, tenant, [free, sold], "remove")
    assert "1 product was changed" in said
    assert "“賣過” has orders: it was taken off sale instead" in said
    assert now(tenant, free).removed_at is not None
    assert (now(tenant, sold).removed_at, now(tenant, sold).is_public) == (None, False)
    undo_path = browser.path(tenant, "products/undo/")
    undo_urls = [line for line in said.split('hx-post="') if line.startswith(undo_path)]
    assert len(undo_urls) == 2
    for line in undo_urls:
        client.post(line.partition('"')[0])
    assert (now(tenant, free).removed_at, now(tenant, free).is_public) == (None, True)
    assert now(tenant, sold).is_public is True


@pytest.mark.parametrize(
    ("verb", "value"),
    [("price", "abc"), ("price", "-5"), ("price", "100000000"), ("stock", "0"), ("stock", "x"),
     ("category", "長" * 61), ("fly", ""), ("", "")],
)  # fmt: skip
def test_what_cannot_be_done_to_many_is_refused(tenant: Tenant, verb: str, value: str) -> None:
    product = makers.goods(tenant)
    said = bulk(browser.at(tenant), tenant, [product], verb, value)
    assert "notice-loss" in said.replace('notice notice-loss" id="connection-trouble"', "")
    assert now(tenant, product).version == product.version


def test_products_of_another_shop_are_not_changed(tenant: Tenant) -> None:
    other = makers.shop()
    theirs = [makers.goods(other) for _ in range(2)]
    mine = makers.goods(tenant)
    assert mine.code == theirs[0].code
    bulk(browser.at(tenant), tenant, theirs, "hide")
    assert [now(other, one).is_public for one in theirs] == [True, True]
    assert now(tenant, mine).is_public is False


def test_staff_may_look_but_not_touch(tenant: Tenant) -> None:
    product = makers.goods(tenant)
    client = browser.at(tenant, "staff")
    assert client.get(browser.path(tenant, "products/order")).status_code == 200
    assert order(client, tenant, product, None) == 403
    assert client.post(browser.path(tenant, "products/bulk"), {"verb": "hide"}).status_code == 403
    assert client.get(browser.path(tenant, "products/import")).status_code == 403
    assert client.get(browser.path(tenant, "products/export.csv")).status_code == 200


@pytest.mark.parametrize("count", [3, 60])
def test_the_list_asks_as_often_for_many_as_for_few(tenant: Tenant, count: int) -> None:
    for number in range(count):
        makers.goods(tenant, f"1{number}", category=f"{number % 5}", stock=5)
    client, url = browser.at(tenant), browser.path(tenant, "products/")
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        client.get(url, {"q": "1", "show": "low"})
    tables = ("plusone_product", "plusone_variant")
    told = [query["sql"] for query in asked if any(table in query["sql"] for table in tables)]
    assert len(told) == 4, told  # the page, its options, the chips' counts, the categories
