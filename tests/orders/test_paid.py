"""What is paid of an order stays true when its total changes afterwards, until somebody settles the rest."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product
from plusone.orders.actions import change
from plusone.orders.models import Order, Status
from plusone.orders.rules.paid import owed, paid_after
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import a_round, say
from tests.orders.test_contents import change_pieces, undo
from tests.orders.test_todos import listed, todos
from tests.tenants import browser

MONEY = st.integers(0, 10**9)
STATUSES = st.sampled_from(Status.values)


@pytest.fixture
def tea(tenant: Tenant) -> Product:
    return makers.goods(tenant, "茶", price=100, stock=50)


def paid_order(tenant: Tenant, goods: Product, pieces: int) -> str:
    """The number of an order of so many pieces that is marked as paid."""
    number = browser.order(tenant, goods, pieces).number
    set_status(tenant, number, Status.PAID)
    return number


def set_status(tenant: Tenant, number: str, status: str) -> None:
    with scope.tenant(tenant.pk):
        change.set_status(HOUSE, Order.objects.get(number=number), status)


def page_of(staff: Client, tenant: Tenant, number: str) -> str:
    return staff.get(browser.path(tenant, f"orders/{number}/")).content.decode()


def settle(staff: Client, tenant: Tenant, number: str, paid: object) -> str:
    """Press the button with the amount that the page carries; the page that follows."""
    url = browser.path(tenant, f"orders/{number}/paid")
    return staff.post(url, {"paid": paid}, follow=True).content.decode()


def money(tenant: Tenant, number: str) -> tuple[int, int | None, int]:
    """The order's total, what is paid of it, and what is owed."""
    with scope.tenant(tenant.pk):
        order = Order.objects.get(number=number)
        return order.total, order.paid_total, order.owed


def test_more_in_a_paid_order_is_still_to_be_paid(tenant: Tenant, tea: Product) -> None:
    number, staff = paid_order(tenant, tea, 5), browser.at(tenant, "staff")
    assert money(tenant, number) == (500, 500, 0)
    assert "still to be paid" not in page_of(staff, tenant, number)
    page = change_pieces(staff, tenant, number, "茶", 8)
    assert "NT$500 of NT$800 is paid: NT$300 is still to be paid." in page
    todo = todos(staff, tenant)["Orders whose payment differs"]
    assert (todo["value"], todo["late"], listed(staff, todo)) == (1, True, [number])
    assert "NT$300 to be paid" in staff.get(todo["url"]).content.decode()
    page = settle(staff, tenant, number, 800)
    assert "still to be paid" not in page
    assert "Payment settled" in page
    assert "NT$500 → NT$800" in page
    assert "Orders whose payment differs" not in todos(staff, tenant)
    undo(staff, page)
    assert money(tenant, number) == (800, 500, 300)


def test_less_in_a_paid_order_is_to_be_given_back(tenant: Tenant, tea: Product) -> None:
    number, staff = paid_order(tenant, tea, 5), browser.at(tenant, "staff")
    page = change_pieces(staff, tenant, number, "茶", 3)
    assert "NT$500 is paid, but the order is only NT$300 now: give NT$200 back." in page
    assert "Given back" in page
    settle(staff, tenant, number, 300)
    assert money(tenant, number) == (300, 300, 0)


def test_what_changed_after_the_page_was_shown_stays_owed(tenant: Tenant, tea: Product) -> None:
    number, staff = paid_order(tenant, tea, 1), browser.at(tenant, "staff")
    change_pieces(staff, tenant, number, "茶", 2)
    change_pieces(staff, tenant, number, "茶", 4)
    settle(staff, tenant, number, 200)
    assert money(tenant, number) == (400, 200, 200)


def test_shipping_keeps_what_is_owed_and_an_open_order_owes_nothing(tenant: Tenant, tea: Product) -> None:
    number, staff = paid_order(tenant, tea, 1), browser.at(tenant, "staff")
    change_pieces(staff, tenant, number, "茶", 2)
    set_status(tenant, number, Status.SHIPPED)
    assert money(tenant, number) == (200, 100, 100)
    set_status(tenant, number, Status.PAID)
    assert money(tenant, number) == (200, 100, 100)
    set_status(tenant, number, Status.PURCHASED)
    assert money(tenant, number) == (200, None, 0)
    settle(staff, tenant, number, 200)
    assert money(tenant, number) == (200, None, 0)
    set_status(tenant, number, Status.PAID)
    assert money(tenant, number) == (200, 200, 0)


def test_the_hand_out_list_asks_for_the_rest(tenant: Tenant, tea: Product) -> None:
    found = a_round(tenant, tea)
    number = str(say(tenant, "+1").facts["number"])
    set_status(tenant, number, Status.PAID)
    staff = browser.at(tenant, "staff")
    path = browser.path(tenant, f"orders/rounds/{found.pk}/handout")
    assert number not in staff.get(path, {"show": "unpaid"}).content.decode()
    change_pieces(staff, tenant, number, "茶", 3)
    page = staff.get(path, {"show": "unpaid"}).content.decode()
    assert number in page
    assert "NT$200 to be paid" in page


@pytest.mark.parametrize("paid", ["", "x", "-1", "1" * 30, "1.5"])
def test_nonsense_changes_nothing(tenant: Tenant, tea: Product, paid: str) -> None:
    number, staff = paid_order(tenant, tea, 1), browser.at(tenant, "staff")
    settle(staff, tenant, number, paid)
    assert money(tenant, number) == (100, 100, 0)


@given(STATUSES, STATUSES, MONEY, MONEY)
def test_whoever_marks_as_paid_pays_it_all(first: str, then: str, total: int, later: int) -> None:
    paid = paid_after(Status.PAID, Status.PURCHASED, total=total, paid=None)
    assert paid == total
    assert owed(Status.PAID, total=total, paid=paid) == 0
    paid = paid_after(then, Status.PAID, total=later, paid=paid)
    assert owed(then, total=later, paid=paid) in (0, later - total)
    assert paid_after(first, then, total=later, paid=paid) in (None, total, later)
