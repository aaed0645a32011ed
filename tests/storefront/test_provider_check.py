"""Are Login channel and official account of one provider? What the newest buyers say of it."""

import secrets

import pytest
from pytest_django.fixtures import Settings

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.storefront import provider_check
from plusone.storefront.actions import sessions
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant
from plusone.tenants.views.check import tell
from tests import makers
from tests.running import Account, Product
from tests.tenants import browser


@pytest.fixture
def account(product: Product, tenant: Tenant, settings: Settings) -> Account:
    """The shop's account at the simulator; the shop has a Login channel, too."""
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = product.simulator.url
    with scope.tenant(tenant.pk):
        login = str(secrets.randbelow(10**9) + 4 * 10**9)
        tenants.connect_channel(HOUSE, login_channel_id=login, login_secret="a" * 32, liff_id=f"{login}-shop")
    return product.connect(tenant)


def enter(tenant: Tenant, *users: str) -> None:
    with scope.tenant(tenant.pk):
        for user in users:
            sessions.open_session(user)


def said(tenant: Tenant) -> list[tuple[str, str]]:
    return [(one.code, one.level) for one in provider_check.check(tenant)]


def test_nobody_came_in_yet(account: Account, tenant: Tenant) -> None:
    assert said(tenant) == [("provider_unread", "unknown")]


def test_one_known_buyer_is_enough(account: Account, tenant: Tenant) -> None:
    enter(tenant, account.people["amy"], makers.user_id(), makers.user_id(), makers.user_id())
    assert said(tenant) == [("provider_same", "ok")]


def test_strangers_only_are_suspicious_then_certain(account: Account, tenant: Tenant) -> None:
    enter(tenant, makers.user_id())
    assert said(tenant) == [("provider_differs", "warning")]
    enter(tenant, makers.user_id(), makers.user_id())
    assert said(tenant) == [("provider_differs", "wrong")]
    told = [tell(finding) for finding in provider_check.check(tenant)]
    assert "none of the 3" in told[0].text or "3" in told[0].text


def test_without_a_token_or_login_channel_nothing_is_said(account: Account, tenant: Tenant) -> None:
    enter(tenant, makers.user_id())
    with scope.tenant(tenant.pk):
        Channel.objects.update(login_channel_id="")
    assert said(tenant) == []


def test_the_fragment_is_for_those_who_see_settings(account: Account, tenant: Tenant) -> None:
    enter(tenant, account.people["amy"])
    shown = browser.at(tenant).get(browser.path(tenant, "settings/line/check/provider")).content.decode()
    assert "are of the same provider." in shown
    assert "<ul" not in shown
