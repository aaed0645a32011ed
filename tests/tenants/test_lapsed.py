"""A shop whose plan is over reads, exports and pays; nothing else changes, through whatever door (JG02).
Every address of the walker's table.
"""

import datetime
import json
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client

from plusone.base import numbers, scope
from plusone.chat.models import OutboxMessage
from plusone.customers.models import Contact
from plusone.orders.actions import rounds
from plusone.orders.models import Export, Round
from plusone.tenants.models import Tenant
from plusone.tenants.models.plan import Subscription
from tests import makers
from tests.house import walk
from tests.house.walk import Route, Shop
from tests.orders import groupbuy
from tests.storefront import buyers
from tests.tenants import browser

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
CONSOLE = [
    route
    for route in walk.routes()
    if route.text.startswith(walk.CONSOLE) and not walk.is_shop(route) and "liff/admin" not in route.text
]
SHOP = [route for route in walk.routes() if walk.is_shop(route)]
API = [route for route in walk.routes() if route.text.startswith(walk.API) and "openapi" not in route.text]
# What may be done all the same, and why.
OPEN = {
    "settings/plan/pay": "pay",
    "settings/plan/portal": "pay",
    "settings/export/new": "leave with everything",
    "orders/export": "orders as a file",
    "session": "look at one's orders",
    "leave": "sign out",
}


@pytest.fixture(autouse=True)
def billing(settings: Any) -> None:
    settings.BILLING, settings.STRIPE_SECRET_KEY = True, "sk_test_nobody"
    settings.STRIPE_API_URL = settings.LINE_API_URL = settings.LINE_DATA_API_URL = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def lapsed(database: None) -> Shop:
    made = walk.marked_shop()
    _end(made.tenant)
    return made


def _end(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        ended = numbers.database_now() - datetime.timedelta(days=1)
        Subscription.objects.update_or_create(defaults={"trial_ends_at": ended, "state": "trial"})


@pytest.fixture(scope="module")
def owner(lapsed: Shop) -> Client:
    return browser.at(lapsed.tenant)


@pytest.fixture(scope="module")
def buyer(lapsed: Shop) -> Client:
    with scope.tenant(lapsed.tenant.pk):
        person = Contact.objects.order_by("pk")[0].line_user_id
    return buyers.at(lapsed.tenant, person)


def test_the_table_names_what_is_there() -> None:
    assert set(OPEN) <= {walk.own_part(route) for route in (*CONSOLE, *SHOP)}
    assert len(CONSOLE) > 80
    assert len(API) > 5


@pytest.mark.parametrize("route", CONSOLE, ids=lambda route: route.text)
def test_the_console_reads_and_says_where_to_pay(route: Route, lapsed: Shop, owner: Client) -> None:
    path = route.path(walk.values(route, lapsed.tenant.slug, lapsed))
    assert owner.get(path).status_code != 402
    if walk.own_part(route) in OPEN:
        return
    before = walk.checksum(lapsed.tenant)
    for method in UNSAFE:
        answer = _send(owner, method, path)
        assert answer.status_code == 402, method
        assert f"/t/{lapsed.tenant.slug}/console/settings/plan" in answer.content.decode()  # type: ignore[attr-defined]
    by_htmx = owner.post(path, headers={"HX-Request": "true"})
    assert by_htmx["HX-Redirect"] == f"/t/{lapsed.tenant.slug}/console/settings/plan?refused=1"
    assert walk.checksum(lapsed.tenant) == before


@pytest.mark.parametrize("route", SHOP, ids=lambda route: route.text)
def test_the_shop_shows_and_takes_nothing(route: Route, lapsed: Shop, buyer: Client) -> None:
    path = route.path(walk.values(route, lapsed.tenant.slug, lapsed))
    assert buyer.get(path).status_code != 402
    if walk.own_part(route) in OPEN:
        return
    before = walk.checksum(lapsed.tenant)
    for method in UNSAFE:
        answer = _send(buyer, method, path)
        assert answer.status_code == 402, method
        assert "is not taking orders at the moment" in answer.content.decode()  # type: ignore[attr-defined]
    assert walk.checksum(lapsed.tenant) == before


@pytest.mark.parametrize("route", API, ids=lambda route: route.text)
def test_programs_read_and_are_told(route: Route, lapsed: Shop) -> None:
    path = route.path(walk.values(route, "", lapsed))
    headers = {"authorization": f"Bearer {lapsed.token}"}
    assert Client().get(path, headers=headers).status_code in (200, 404, 405)
    for method in UNSAFE:
        answer = Client().generic(
            method, path, json.dumps({"name": "x", "price": 1}), "application/json", headers=headers
        )
        assert answer.status_code == 402
        assert answer.json()["errors"][0]["code"] == "plan_lapsed"


def test_files_are_made_of_orders_customers_and_products(lapsed: Shop, owner: Client) -> None:
    told = {"kind": "csv", "command": "c" * 22}
    asked = owner.post(browser.path(lapsed.tenant, "orders/export"), told)
    assert asked.status_code == 302
    assert "/orders/export/" in asked["Location"]
    with scope.tenant(lapsed.tenant.pk):
        assert Export.objects.filter(command="c" * 22).exists()
    for rest in ("customers/export?kind=csv", "products/export.csv", "products/export.xlsx"):
        assert owner.get(browser.path(lapsed.tenant, rest)).status_code == 200
    assert owner.post(browser.path(lapsed.tenant, "settings/export/new")).status_code == 302


def test_a_resting_shop_reminds_nobody_of_its_round(database: None) -> None:
    """The shop would refuse what they write then. Paid again, it reminds."""
    tenant = makers.shop()
    found = groupbuy.a_round(tenant, makers.goods(tenant), chats=[groupbuy.known_group(tenant)])
    with scope.tenant(tenant.pk):
        Round.objects.filter(pk=found.pk).update(
            remind_at=numbers.database_now() - datetime.timedelta(seconds=9)
        )
    _end(tenant)
    with scope.tenant(tenant.pk):
        assert rounds.remind_due() == 0
        Subscription.objects.update(trial_ends_at=numbers.database_now() + datetime.timedelta(days=1))
        assert rounds.remind_due() == 1
        assert OutboxMessage.objects.filter(kind="round_reminder").count() == 1


def _send(visitor: Client, method: str, path: str) -> HttpResponseBase:
    return visitor.post(path, walk.FORM) if method == "POST" else visitor.generic(method, path)
