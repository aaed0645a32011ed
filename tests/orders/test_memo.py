"""The memo for the team: two who write at the same time lose nothing."""

import pytest
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.orders.actions import change
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


@pytest.fixture
def number(tenant: Tenant) -> str:
    return str(browser.order(tenant, makers.goods(tenant, stock=5)).number)


def memo(tenant: Tenant, number: str) -> str:
    with scope.tenant(tenant.pk):
        return Order.objects.get(number=number).memo


def write(staff: Client, tenant: Tenant, number: str, text: str, seen: str) -> tuple[int, str]:
    """Save the memo from a page that showed `seen`; the answer's status and page."""
    answer = staff.post(browser.path(tenant, f"orders/{number}/memo"), {"memo": text, "seen": seen})
    return answer.status_code, answer.content.decode()


def test_the_second_writer_gets_both_texts_back(tenant: Tenant, number: str) -> None:
    staff = browser.at(tenant, "staff")
    assert write(staff, tenant, number, "少糖", "")[0] == 302
    status, page = write(staff, tenant, number, "週五取貨", "")
    assert (status, memo(tenant, number)) == (422, "少糖")
    assert "Somebody changed this memo meanwhile" in page
    assert "少糖\n\n週五取貨" in page
    assert write(staff, tenant, number, "少糖，週五取貨", "少糖")[0] == 302
    assert memo(tenant, number) == "少糖，週五取貨"


def test_line_ends_are_no_change(tenant: Tenant, number: str) -> None:
    with scope.tenant(tenant.pk):
        change.set_memo(HOUSE, Order.objects.get(number=number), "一\n二")
    staff = browser.at(tenant, "staff")
    assert write(staff, tenant, number, "一\r\n二\r\n三", "一\r\n二")[0] == 302
    assert write(staff, tenant, number, "四", "一\n二\n三")[0] == 302
    assert memo(tenant, number) == "四"


def test_saving_the_same_twice_is_fine(tenant: Tenant, number: str) -> None:
    staff = browser.at(tenant, "staff")
    assert [write(staff, tenant, number, "少糖", "")[0] for _ in range(2)] == [302, 302]


def test_what_is_too_long_stays_in_the_form(tenant: Tenant, number: str) -> None:
    staff = browser.at(tenant, "staff")
    status, page = write(staff, tenant, number, "很" * 2001, "")
    assert (status, memo(tenant, number)) == (422, "")
    assert "很" * 2001 in page
    assert "at most 2,000 characters" in page
