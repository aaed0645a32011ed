"""One more item for an order that stands: today's price, stock right under races, two taps add once."""

from functools import partial

import pytest
from django.db import IntegrityError
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import stock
from plusone.catalogue.models import Product
from plusone.orders.actions import change, extra
from plusone.orders.models import Order, OrderLine, Status
from plusone.tenants.models import Tenant
from tests import makers
from tests.meeting import all_at_once, in_place_of_the_lock
from tests.orders.crowd import variant_of
from tests.orders.groupbuy import a_round
from tests.orders.test_contents import shown, undo
from tests.orders.test_waiting import UNLOCKED
from tests.tenants import browser


@pytest.fixture
def tea(tenant: Tenant) -> Product:
    return makers.goods(tenant, "茶", price=100, stock=10)


@pytest.fixture
def cake(tenant: Tenant) -> Product:
    return makers.goods(tenant, "糕", price=50, stock=3)


def add(client: Client, tenant: Tenant, number: str, product: Product, pieces: int, seen: int = 0) -> str:
    """Press add as the page shows it (or showed it, with `seen`); the page that follows."""
    with scope.tenant(tenant.pk):
        version = seen or Order.objects.get(number=number).version
    form = {"variant": variant_of(tenant, product), "pieces": pieces, "seen": version}
    return client.post(browser.path(tenant, f"orders/{number}/items"), form, follow=True).content.decode()


def test_it_joins_at_todays_price_and_can_be_undone(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = browser.order(tenant, tea, 2).number
    staff = browser.at(tenant, "manager")
    page = add(staff, tenant, number, cake, 2)
    assert "糕 ×2 is in the order now" in page
    assert "Item added" in page
    assert shown(tenant, number) == (Status.PURCHASED, 300, {"茶": 2, "糕": 2})
    assert makers.stock_of(tenant, cake) == [1]
    assert "letter?kind=purchased" in page
    undo(staff, page)
    assert shown(tenant, number) == (Status.PURCHASED, 200, {"茶": 2, "糕": 0})
    assert makers.stock_of(tenant, cake) == [3]


def test_the_same_at_the_same_price_is_one_line_and_at_another_price_two(
    tenant: Tenant, tea: Product
) -> None:
    number = browser.order(tenant, tea, 2).number
    staff = browser.at(tenant, "staff")
    page = add(staff, tenant, number, tea, 3)
    assert shown(tenant, number)[1:] == (500, {"茶": 5})
    undo(staff, page)
    assert shown(tenant, number)[1:] == (200, {"茶": 2})
    with scope.tenant(tenant.pk):
        catalogue.bulk.set_price(HOUSE, [Product.objects.get(pk=tea.pk)], 120)
    add(staff, tenant, number, tea, 1)
    with scope.tenant(tenant.pk):
        lines = OrderLine.objects.order_by("pk").values_list("quantity", "unit_price")
        assert list(lines) == [(2, 100), (1, 120)]
        assert Order.objects.get(number=number).total == 320


def test_two_taps_add_once(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = browser.order(tenant, tea).number
    staff = browser.at(tenant, "staff")
    with scope.tenant(tenant.pk):
        seen = Order.objects.get(number=number).version
    add(staff, tenant, number, cake, 1, seen)
    assert "changed in the meantime" in add(staff, tenant, number, cake, 1, seen)
    assert shown(tenant, number)[2] == {"茶": 1, "糕": 1}


def test_what_is_short_sold_out_or_off_sale_is_said(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = browser.order(tenant, tea).number
    staff = browser.at(tenant, "staff")
    assert "Only 3 of 5 were left" in add(staff, tenant, number, cake, 5)
    assert "Nothing of it is left" in add(staff, tenant, number, cake, 1)
    with scope.tenant(tenant.pk):
        catalogue.show_or_hide(HOUSE, tea, False)
    assert "not on sale" in add(staff, tenant, number, tea, 1)
    for pieces in (0, 100):
        assert "1 to 99" in add(staff, tenant, number, tea, pieces)
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=number), Status.SHIPPED)
        assert OrderLine.objects.count() == 2
    assert "can no longer be changed" in add(staff, tenant, number, cake, 1)


def test_it_counts_in_the_round_even_after_closing(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = browser.order(tenant, tea).number
    found = a_round(tenant, cake, opens=-3, closes=-1)
    add(browser.at(tenant, "staff"), tenant, number, cake, 1)
    with scope.tenant(tenant.pk):
        assert OrderLine.objects.get(name="糕").round_id == found.pk


def test_the_list_to_add_from_is_searched(tenant: Tenant, tea: Product, cake: Product) -> None:
    number = browser.order(tenant, tea).number
    path = browser.path(tenant, f"orders/{number}/items/goods")
    staff = browser.at(tenant, "staff")
    page = staff.get(path, {"q": "糕"}).content.decode()
    assert cake.code in page
    assert tea.code not in page
    assert "No product on sale" in staff.get(path, {"q": "無"}).content.decode()


def crowd_adds(tenant: Tenant, numbers: list[str], variant: int) -> list[Exception]:
    """One piece into each of these orders at the same moment; the errors they met."""

    def put(number: str) -> None:
        order = Order.objects.get(number=number)
        extra.add(HOUSE, order, variant, 1, seen=order.version)

    return all_at_once(tenant, *(partial(put, number) for number in numbers))


def test_many_who_add_the_last_pieces_get_no_more_than_there_are(
    tenant: Tenant, tea: Product, cake: Product
) -> None:
    numbers = [browser.order(tenant, tea).number for _ in range(6)]
    errors = crowd_adds(tenant, numbers, variant_of(tenant, cake))
    assert [error.reason for error in errors if isinstance(error, extra.NotAdded)] == ["sold_out"] * 3
    assert makers.stock_of(tenant, cake) == [0]
    with scope.tenant(tenant.pk):
        assert OrderLine.objects.filter(name="糕").count() == 3


def test_without_locks_the_same_crowd_breaks(
    tenant: Tenant, tea: Product, cake: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: each sees three left, and only the database's own check is left."""
    numbers = [browser.order(tenant, tea).number for _ in range(6)]
    meet = in_place_of_the_lock()
    monkeypatch.setattr(stock, "take_turn", meet)
    monkeypatch.setattr(catalogue, "take_turn", meet)
    monkeypatch.setattr(stock, "_LOCK", UNLOCKED)
    errors = crowd_adds(tenant, numbers, variant_of(tenant, cake))
    assert IntegrityError in {type(error) for error in errors}


def test_shipped_with_its_number_is_one_tap_and_undone_by_one(tenant: Tenant, tea: Product) -> None:
    number = browser.order(tenant, tea).number
    staff = browser.at(tenant, "staff")
    url = browser.path(tenant, f"orders/{number}/tracking")
    form = {"tracking_number": "SF123", "shipped": "1", "seen": "purchased"}
    page = staff.post(url, form, follow=True).content.decode()
    assert "Tracking number saved" in page
    assert shown(tenant, number)[0] == Status.SHIPPED
    assert f"slips?pick={_pk(tenant, number)}" in page
    undo(staff, page)
    assert shown(tenant, number)[0] == Status.PURCHASED
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=number), Status.CANCELLED)
    assert "in the meantime" in staff.post(url, form, follow=True).content.decode()
    assert shown(tenant, number)[0] == Status.CANCELLED


def _pk(tenant: Tenant, number: str) -> int:
    with scope.tenant(tenant.pk):
        return int(Order.objects.get(number=number).pk)
