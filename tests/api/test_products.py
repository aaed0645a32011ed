"""Products by the public API."""

import threading
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from plusone.base import scope
from plusone.base.models import AuditEntry
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.tenants.models import Tenant
from tests import makers
from tests.api.caller import Caller, caller, hear

TEA = {"name": "茶", "price": 1}
SHIRT: dict[str, Any] = {
    "name": "棉質上衣",
    "price": 680,
    "variants": [
        {"options": {"顏色": "黑", "尺寸": "M"}, "stock": 3, "sku": "B-M"},
        {"options": {"顏色": "黑", "尺寸": "L"}, "stock": 4, "price": 720},
    ],
}


@pytest.fixture
def shop(tenant: Tenant) -> Caller:
    return caller(tenant)


def test_a_product_is_made_with_the_next_code_of_the_day(shop: Caller) -> None:
    made = shop.call("POST", "products", {"name": "高山茶", "price": 500, "stock": 20}, status=201)
    assert made == {
        "code": f"{makers.today(shop.tenant):%y%m%d}001",
        "name": "高山茶",
        "description": "",
        "category": "",
        "price": 500,
        "stock": 20,
        "is_public": True,
        "variants": [{"sku": "", "options": {}, "price": 500, "stock": 20}],
    }
    assert shop.call("GET", f"products/{made['code']}") == made
    with scope.tenant(shop.tenant.pk):
        assert AuditEntry.objects.get(action="product.put_up").actor_kind == "token"


def test_variants_keep_options_in_order_and_stock_is_their_sum(shop: Caller) -> None:
    made = shop.call("POST", "products", SHIRT, status=201)
    assert made["stock"] == 7
    assert [list(v["options"].items()) for v in made["variants"]] == [
        [("顏色", "黑"), ("尺寸", "M")],
        [("顏色", "黑"), ("尺寸", "L")],
    ]
    assert [(v["sku"], v["price"], v["stock"]) for v in made["variants"]] == [("B-M", 680, 3), ("", 720, 4)]


def test_unlimited_is_minus_one(shop: Caller) -> None:
    made = shop.call("POST", "products", {"name": "貼紙", "price": 0, "stock": -1}, status=201)
    assert (made["stock"], made["variants"][0]["stock"]) == (-1, -1)
    with scope.tenant(shop.tenant.pk):
        assert Variant.objects.get().unlimited


def test_a_change_touches_only_what_was_given(shop: Caller) -> None:
    made = shop.call("POST", "products", SHIRT, status=201)
    changed = shop.call("PATCH", f"products/{made['code']}", {"price": 700, "is_public": False})
    assert changed == {
        **made,
        "price": 700,
        "is_public": False,
        "variants": [{**made["variants"][0], "price": 700}, made["variants"][1]],
    }


def test_variants_are_matched_by_their_options_and_keep_what_was_not_given(shop: Caller) -> None:
    made = shop.call("POST", "products", SHIRT, status=201)
    given = [{"options": {"尺寸": "M", "顏色": "黑"}, "stock": 9}, {"options": {"尺寸": "S", "顏色": "白"}}]
    changed = shop.call("PATCH", f"products/{made['code']}", {"variants": given})
    assert [(v["options"], v["sku"], v["stock"]) for v in changed["variants"]] == [
        ({"顏色": "黑", "尺寸": "M"}, "B-M", 9),
        ({"顏色": "白", "尺寸": "S"}, "", 0),
    ]
    back = shop.call("PATCH", f"products/{made['code']}", {"variants": SHIRT["variants"][1:]})
    assert [(v["stock"], v["price"]) for v in back["variants"]] == [(4, 720)]
    with scope.tenant(shop.tenant.pk):
        assert Variant.objects.count() == 3


def test_stock_is_set_by_a_movement_of_the_difference(shop: Caller) -> None:
    product = makers.goods(shop.tenant, stock=10)
    shop.call("PATCH", f"products/{product.code}", {"stock": 4})
    with scope.tenant(shop.tenant.pk):
        assert list(StockMovement.objects.order_by("id").values_list("quantity", flat=True)) == [10, -6]


def test_a_change_of_the_name_does_not_bring_back_what_sells_meanwhile(shop: Caller) -> None:
    product = makers.goods(shop.tenant, stock=500)
    buyers = [makers.friend(shop.tenant) for _ in range(20)]

    def rename() -> None:
        for number in range(15):
            shop.call("PATCH", f"products/{product.code}", {"name": f"茶 {number}"})
        connections.close_all()

    renaming = threading.Thread(target=rename)
    renaming.start()
    for buyer in buyers:
        hear(shop.tenant, makers.text(buyer, "+2"))
    renaming.join()
    assert makers.stock_of(shop.tenant, product) == [460]


def test_etag_guards_against_overwriting(shop: Caller) -> None:
    product = makers.goods(shop.tenant)
    seen = shop.send("GET", f"products/{product.code}")["ETag"]
    shop.call("PATCH", f"products/{product.code}", {"name": "甲"}, 200, **{"If-Match": seen})
    late = shop.call("PATCH", f"products/{product.code}", {"name": "乙"}, 409, **{"If-Match": seen})
    assert late["errors"][0]["code"] == "changed_meanwhile"
    assert shop.call("GET", f"products/{product.code}")["name"] == "甲"


def test_removing(shop: Caller) -> None:
    unsold = makers.goods(shop.tenant)
    assert shop.call("DELETE", f"products/{unsold.code}") == {"removed": True}
    shop.call("GET", f"products/{unsold.code}", status=404)
    sold = makers.goods(shop.tenant)
    hear(shop.tenant, makers.text(makers.friend(shop.tenant), "+1"))
    assert shop.call("DELETE", f"products/{sold.code}") == {"removed": False, "is_public": False}
    assert shop.call("GET", f"products/{sold.code}")["is_public"] is False


def test_lists_page_by_cursor_even_while_products_are_added(shop: Caller) -> None:
    codes = [makers.goods(shop.tenant, f"茶 {n}").code for n in range(5)]
    first = shop.call("GET", "products?limit=2")
    makers.goods(shop.tenant, "新來的")
    second = shop.call("GET", f"products?limit=2&cursor={first['next']}")
    third = shop.call("GET", f"products?limit=2&cursor={second['next']}")
    seen = [item["code"] for page in (first, second, third) for item in page["items"]]
    assert (seen, third["next"]) == (codes[::-1], None)


def test_search_and_public(shop: Caller) -> None:
    makers.goods(shop.tenant, "烏龍茶")
    hidden = makers.goods(shop.tenant, "烏龍茶梅", is_public=False)
    makers.goods(shop.tenant, "餅乾")
    assert len(shop.call("GET", "products?search=烏龍")["items"]) == 2
    found = shop.call("GET", "products?search=烏龍&public=false")["items"]
    assert [item["code"] for item in found] == [hidden.code]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"price": 1}, "name", "missing"),
        ({"name": " ", "price": 1}, "name", "malformed"),
        ({"name": "a" * 121, "price": 1}, "name", "too_long"),
        ({"name": "a\x00b", "price": 1}, "name", "malformed"),
        ({"name": "a\ud800b", "price": 1}, "name", "malformed"),
        ({"name": "茶"}, "price", "missing"),
        ({"name": "茶", "price": -1}, "price", "out_of_range"),
        ({"name": "茶", "price": 10**12}, "price", "out_of_range"),
        ({"name": "茶", "price": 1.5}, "price", "wrong_type"),
        ({"name": "茶", "price": "5"}, "price", "wrong_type"),
        ({"name": "茶", "price": True}, "price", "wrong_type"),
        ({"name": "茶", "price": None}, "price", "wrong_type"),
        ({**TEA, "stock": -2}, "stock", "out_of_range"),
        ({**TEA, "colour": "red"}, "colour", "unknown_field"),
        ({**TEA, "code": "1"}, "code", "unknown_field"),
        ({**TEA, "variants": []}, "variants", "empty"),
        ({**TEA, "variants": [{}, {}]}, "variants", "options_missing"),
        ({**TEA, "variants": [{"options": {"a": "b"}}, {"options": {}}]}, "variants", "options_differ"),
        ({**TEA, "variants": [{"options": {"a": "b"}}] * 2}, "variants", "twice"),
        ({**TEA, "variants": [{"options": {"a": 5}}]}, "variants.0.options.a", "wrong_type"),
        ({**TEA, "stock": 5, "variants": [{"stock": 4}]}, "stock", "stock_of_options"),
        ([], "", "wrong_type"),
    ],
)  # fmt: skip
def test_bad_products_are_refused_and_nothing_is_stored(
    shop: Caller, body: object, field: str, code: str
) -> None:
    errors = shop.call("POST", "products", body, status=422)["errors"]
    assert (errors[0]["field"], errors[0]["code"]) == (field, code)
    assert errors[0]["message"]
    with scope.tenant(shop.tenant.pk):
        assert not Product.objects.exists()


def test_another_shops_product_does_not_exist(shop: Caller) -> None:
    theirs = makers.goods(makers.shop(), "別人的")
    mine = makers.goods(shop.tenant, "我的")
    assert mine.code == theirs.code
    stranger = caller(makers.shop())
    for method in ("GET", "PATCH", "DELETE"):
        stranger.call(method, f"products/{mine.code}", {} if method == "PATCH" else None, status=404)
    assert stranger.call("GET", "products")["items"] == []
    assert Client().get(f"/api/v1/products/{mine.code}").status_code == 401
