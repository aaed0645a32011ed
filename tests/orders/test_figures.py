"""The dashboard (JG13) over HTTP: figures agree with the orders behind them, midnight is the shop's."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.orders.models import Order
from plusone.orders.rules import periods
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def shown(client: Client, tenant: Tenant, unit: str) -> Any:
    """What the page was drawn with."""
    answer = client.get(browser.path(tenant, "figures/"), {"by": unit})
    assert answer.status_code == 200
    return answer.context


def tally(context: Any, name: str) -> Any:
    """One figure of the page."""
    return next(one for one in context["tallies"] if one["name"] == name)


def behind(client: Client, url: str) -> tuple[int, int]:
    """Count and worth of the orders that a figure leads to, as its page says and as it lists."""
    context = client.get(url).context
    rows = context["slice"].rows
    assert (len(rows), sum(order.total for order in rows)) == (context["count"], context["worth"])
    return context["count"], context["worth"]


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_each_figure_agrees_with_the_orders_it_leads_to(tenant: Tenant, unit: str) -> None:
    tea, soap = makers.goods(tenant, "茶", 250, 50), makers.goods(tenant, "皂", 100, 50)
    often = makers.friend(tenant)
    for product, pieces in ((tea, 2), (soap, 1), (tea, 1)):
        browser.order(tenant, product, pieces, person=often)
    browser.order(tenant, soap, 3)
    gone = browser.order(tenant, tea, 9).number
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"orders/{gone}/status"), {"status": "cancelled"})
    context = shown(client, tenant, unit)
    orders, sales = tally(context, "Orders"), tally(context, "Sales")
    assert (orders["value"], sales["value"]) == (4, 1150)
    assert behind(client, orders["url"]) == (4, 1150)
    assert (tally(context, "Buyers")["value"], tally(context, "Bought more than once")["value"]) == (2, 1)
    assert behind(client, tally(context, "Bought more than once")["url"]) == (3, 850)
    best = client.get(browser.path(tenant, "figures/best"), {"by": unit}).content.decode()
    assert re.findall(r">([茶皂])<|(×\d+) · (in \d orders)|figures\">(NT\$\d+)<", best) == [
        *[("茶", "", "", ""), ("", "×3", "in 2 orders", ""), ("", "", "", "NT$750")],
        *[("皂", "", "", ""), ("", "×4", "in 2 orders", ""), ("", "", "", "NT$400")],
    ]
    assert behind(client, re.findall(r'href="([^"]+)"', best)[0].replace("&amp;", "&")) == (2, 750)
    assert [(one["orders"], one["worth"]) for one in context["sources"]] == [(4, 1150)]
    assert behind(client, context["sources"][0]["url"]) == (4, 1150)
    assert behind(client, context["steps"][0]["url"]) == (4, 1150)
    assert sum(value for _, value in context["sales_points"]) == 1150


@pytest.mark.parametrize("zone", ["Asia/Taipei", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_midnight_is_the_shops_own(database: None, zone: str, unit: str) -> None:
    """An order of the last moment before a step belongs to the one before, one at midnight to the step."""
    tenant = makers.shop(timezone=zone)
    product = makers.goods(tenant)
    numbers = [browser.order(tenant, product).number for _ in range(3)]
    period = periods.latest(unit, makers.today(tenant))
    edge = periods.midnight(period.steps[-1], zone)
    began = periods.midnight(period.steps[0], zone)
    tick = datetime.timedelta(microseconds=1)
    with scope.tenant(tenant.pk):
        for number, moment in zip(numbers, (edge, edge - tick, began - tick), strict=True):
            Order.objects.filter(number=number).update(placed_at=moment)
    client = browser.at(tenant)
    context = shown(client, tenant, unit)
    assert [step["orders"] for step in context["steps"][:2]] == [1, 1]
    assert (tally(context, "Orders")["value"], tally(context, "Orders")["before"]) == (2, 1)
    for step in context["steps"][:2]:
        assert behind(client, step["url"]) == (1, 100)


def test_days_of_daylight_saving_have_23_and_25_hours() -> None:
    for day, hours in ((datetime.date(2026, 3, 8), 23), (datetime.date(2026, 11, 1), 25)):
        began, ended = (
            periods.midnight(one, "America/New_York").astimezone(datetime.UTC)
            for one in (day, day + datetime.timedelta(days=1))
        )
        assert ended - began == datetime.timedelta(hours=hours)


@given(st.sampled_from(sorted(periods.UNITS)), st.dates(datetime.date(2001, 1, 1), datetime.date(2100, 1, 1)))
def test_steps_follow_without_gap_and_today_is_in_the_last(unit: str, today: datetime.date) -> None:
    period = periods.latest(unit, today)
    one_day = datetime.timedelta(days=1)
    follows = [*period.steps[1:], period.end]
    assert [periods.last_day(period, step) + one_day for step in period.steps] == follows
    assert period.steps[-1] <= today < period.end
    assert len(period.steps) == periods.UNITS[unit]
    assert periods.before(period).end == period.steps[0]


def test_a_shop_without_orders_has_a_page_and_odd_questions_do_no_harm(tenant: Tenant) -> None:
    client = browser.at(tenant)
    assert "No orders in this time" in client.get(browser.path(tenant, "figures/")).content.decode()
    for query in ({"from": "2026-02-31"}, {"from": "x", "to": "9999-12-31"}, {"product": "\x00'"}):
        assert client.get(browser.path(tenant, "figures/orders"), query).status_code == 200


def test_the_page_costs_the_same_statements_however_many_orders(tenant: Tenant) -> None:
    client = browser.at(tenant)
    browser.order(tenant, makers.goods(tenant))
    client.get(browser.path(tenant, "figures/"))
    few = statements(client, tenant)
    for name in ("紅茶", "綠茶"):
        browser.order(tenant, makers.goods(tenant, name))
    assert statements(client, tenant) == few


def statements(client: Client, tenant: Tenant) -> int:
    """How many statements the page costs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(browser.path(tenant, "figures/")).status_code == 200
    return len(captured)
