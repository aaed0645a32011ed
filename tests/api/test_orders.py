"""Orders and customers by the public API."""

import pytest

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.orders.models import OrderChange
from plusone.tenants.models import Tenant
from tests import makers
from tests.api.caller import Caller, caller, hear


@pytest.fixture
def shop(tenant: Tenant) -> Caller:
    return caller(tenant)


@pytest.fixture
def tea(tenant: Tenant) -> Product:
    return makers.goods(tenant, "高山茶", price=500, options={("大",): 5, ("小",): 5})


def order(shop: Caller, product: Product, text: str, person: str = "") -> str:
    hear(shop.tenant, makers.text(person or makers.friend(shop.tenant), f"{product.code} {text}"))
    return str(shop.call("GET", "orders?limit=1")["items"][0]["number"])


def test_an_order_shows_what_was_bought_by_whom_at_which_price(shop: Caller, tea: Product) -> None:
    buyer = makers.friend(shop.tenant)
    number = order(shop, tea, "大+2", buyer)
    shown = shop.call("GET", f"orders/{number}")
    assert shown["customer"] == {**shown["customer"], "display_name": "小美", "line_user_id": buyer}
    assert shown["lines"] == [
        {"product_code": tea.code, "variant": "大", "name": "高山茶", "quantity": 2, "unit_price": 500}
    ]
    assert (shown["status"], shown["source"], shown["total"], shown["currency"]) == (
        "purchased",
        "chat",
        1000,
        "TWD",
    )
    assert (shown["tracking_number"], shown["memo"]) == ("", "")
    assert shown["placed_at"].endswith("Z")


def test_status_tracking_and_memo_change_and_leave_a_history(shop: Caller, tea: Product) -> None:
    number = order(shop, tea, "大+1")
    given = {"status": "shipped", "tracking_number": "907123456789", "memo": "已電話確認"}
    assert shop.call("PATCH", f"orders/{number}", given) == {**shop.call("GET", f"orders/{number}"), **given}
    with scope.tenant(shop.tenant.pk):
        history = OrderChange.objects.order_by("id").values_list("what", "after", "actor_kind")
        assert list(history)[1:] == [
            ("status", "shipped", "token"),
            ("tracking", "907123456789", "token"),
            ("memo", "已電話確認", "token"),
        ]


def test_cancelling_gives_back_and_needs_the_pieces_to_come_back(shop: Caller, tea: Product) -> None:
    first = order(shop, tea, "大+4")
    shop.call("PATCH", f"orders/{first}", {"status": "cancelled"})
    assert makers.stock_of(shop.tenant, tea) == [5, 5]
    order(shop, tea, "大+3")
    refused = shop.call("PATCH", f"orders/{first}", {"memo": "x", "status": "paid"}, status=409)
    assert [(e["field"], e["code"]) for e in refused["errors"]] == [("status", "not_enough")]
    again = shop.call("GET", f"orders/{first}")
    assert (again["status"], again["memo"], makers.stock_of(shop.tenant, tea)) == ("cancelled", "", [2, 5])


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"status": "lost"}, "status", "unknown_value"),
        ({"status": None}, "status", "unknown_value"),
        ({"tracking_number": "9" * 61}, "tracking_number", "too_long"),
        ({"memo": "\x00"}, "memo", "malformed"),
        ({"total": 5}, "total", "unknown_field"),
    ],
)
def test_bad_changes_change_nothing(
    shop: Caller, tea: Product, body: dict[str, object], field: str, code: str
) -> None:
    number = order(shop, tea, "大+1")
    before = shop.call("GET", f"orders/{number}")
    errors = shop.call("PATCH", f"orders/{number}", body, status=422)["errors"]
    assert [(e["field"], e["code"]) for e in errors] == [(field, code)]
    assert shop.call("GET", f"orders/{number}") == before


def test_orders_are_found_by_status_number_and_name(shop: Caller, tea: Product) -> None:
    first, second = order(shop, tea, "大+1"), order(shop, tea, "小+1")
    shop.call("PATCH", f"orders/{first}", {"status": "paid"})
    assert [o["number"] for o in shop.call("GET", "orders?status=paid")["items"]] == [first]
    assert [o["number"] for o in shop.call("GET", f"orders?search={second}")["items"]] == [second]
    assert len(shop.call("GET", "orders?search=小美")["items"]) == 2
    shop.call("GET", "orders?status=lost", status=422)


def test_a_customers_figures_leave_out_what_was_cancelled(shop: Caller, tea: Product) -> None:
    buyer = makers.friend(shop.tenant)
    gone, kept = order(shop, tea, "大+1", buyer), order(shop, tea, "小+2", buyer)
    shop.call("PATCH", f"orders/{gone}", {"status": "cancelled"})
    (shown,) = shop.call("GET", "customers?search=小美")["items"]
    placed = shop.call("GET", f"orders/{kept}")["placed_at"]
    assert shown == {
        "id": shown["id"],
        "line_user_id": buyer,
        "display_name": "小美",
        "joined_at": shown["joined_at"],
        "order_count": 1,
        "order_total": 1000,
        "last_order_at": placed,
    }
    assert shop.call("GET", f"customers/{shown['id']}") == shown
    assert shop.call("GET", f"customers?search={kept}")["items"] == [shown]
    assert shop.call("GET", "customers?search=nobody")["items"] == []


def test_customers_without_orders_count_zero(shop: Caller) -> None:
    makers.friend(shop.tenant)
    (shown,) = shop.call("GET", "customers")["items"]
    assert (shown["order_count"], shown["order_total"], shown["last_order_at"]) == (0, 0, None)


def test_another_shop_sees_none_of_it(shop: Caller, tea: Product) -> None:
    number = order(shop, tea, "大+1")
    customer = shop.call("GET", "customers")["items"][0]["id"]
    stranger = caller(makers.shop())
    stranger.call("GET", f"orders/{number}", status=404)
    stranger.call("PATCH", f"orders/{number}", {"status": "paid"}, status=404)
    stranger.call("GET", f"customers/{customer}", status=404)
    assert stranger.call("GET", "orders")["items"] == stranger.call("GET", "customers")["items"] == []
