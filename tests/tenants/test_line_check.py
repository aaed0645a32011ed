"""The connection check against the simulator: each wrong setting is named, and none of them is guessed."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import actions as tenants
from plusone.tenants import line_check
from plusone.tenants.models import Channel, Role, Tenant
from plusone.tenants.views.check import tell
from tests import makers
from tests.ports import free_port
from tests.running import Product

HINTS = {"groups_unread", "redelivery_unread", "login_missing", "liff_missing", "login_secret_missing"}
SOUND = {"secret_right", "connected", "webhook_set", "webhook_answers", "quota"}


@pytest.fixture
def shop(product: Product, tenant: Tenant, settings: Settings) -> Tenant:
    """A shop whose account at the simulator is connected rightly."""
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = product.simulator.url
    product.connect(tenant)
    return tenant


def codes(tenant: Tenant) -> set[str]:
    return {finding.code for finding in line_check.check(tenant)} - HINTS


def connect(tenant: Tenant, **fields: str) -> None:
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, **fields)


def channel_id(tenant: Tenant) -> str:
    with scope.tenant(tenant.pk):
        return Channel.objects.get().channel_id


def at_line(product: Product, tenant: Tenant, **fields: Any) -> None:
    url = f"{product.simulator.url}/control/channels/{channel_id(tenant)}"
    product.simulator.http.patch(url, json=fields).raise_for_status()


def test_all_is_right(shop: Tenant) -> None:
    found = line_check.check(shop)
    assert {finding.code for finding in found} == SOUND | HINTS - {"login_secret_missing"}
    assert not [finding for finding in found if finding.level == "wrong"]


def test_missing_fields_are_each_named(product: Product, shop: Tenant) -> None:
    connect(shop, channel_id="", secret="", token="")
    missing = [finding.facts["field"] for finding in line_check.check(shop) if finding.code == "missing"]
    assert missing == ["channel_id", "secret", "token"]


def test_a_wrong_secret(shop: Tenant) -> None:
    connect(shop, secret="f" * 32)
    assert codes(shop) == SOUND - {"secret_right"} | {"secret_wrong"}


def test_a_wrong_channel_id(shop: Tenant) -> None:
    connect(shop, channel_id="1111111111")
    assert {"channel_unknown", "token_of_another_channel"} <= codes(shop)


def test_a_refused_token(shop: Tenant) -> None:
    connect(shop, token="expired")
    assert codes(shop) == {"secret_right", "token_refused"}


def test_a_token_that_cannot_be_one(shop: Tenant) -> None:
    connect(shop, token="with space")
    assert codes(shop) == {"secret_right", "token_refused"}


def test_the_token_of_another_account(product: Product, shop: Tenant) -> None:
    other = makers.shop()
    product.connect(other)
    with scope.tenant(other.pk):
        token = Channel.objects.get().access_token()
    connect(shop, token=token)
    assert {"token_of_another_channel", "another_account", "webhook_elsewhere"} <= codes(shop)
    with scope.tenant(shop.pk):
        before = Channel.objects.get().bot_user_id
    line_check.check(shop)
    with scope.tenant(shop.pk):
        assert Channel.objects.get().bot_user_id == before


def test_a_changed_account_is_stored_once_it_is_proven(product: Product, shop: Tenant) -> None:
    connect(shop, bot_user_id=makers.user_id())
    assert "account_stored" in codes(shop)
    assert codes(shop) == SOUND


def test_a_missing_account_id_is_stored(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        known = Channel.objects.get().bot_user_id
    connect(shop, bot_user_id="")
    assert "account_stored" in codes(shop)
    with scope.tenant(shop.pk):
        assert Channel.objects.get().bot_user_id == known


def test_webhook_not_set_off_or_elsewhere(product: Product, shop: Tenant) -> None:
    at_line(product, shop, webhook_active=False)
    assert "webhook_off" in codes(shop)
    at_line(product, shop, webhook_active=True, webhook_url=f"{product.url}/t/another-shop/webhook")
    assert {"webhook_elsewhere", "webhook_failed"} <= codes(shop)
    at_line(product, shop, webhook_url="")
    assert "webhook_missing" in codes(shop)


def test_a_webhook_on_another_machine_is_named(product: Product, shop: Tenant) -> None:
    """The path is ours, and our own host is not known to the check: so the address itself is said."""
    elsewhere = f"http://127.0.0.1:{free_port()}/t/{shop.slug}/webhook"
    at_line(product, shop, webhook_url=elsewhere)
    found = {one.code: one for one in line_check.check(shop)}
    assert "webhook_failed" in found
    with translation.override("en"):
        told = tell(found["webhook_failed"])
    assert told.text == f"LINE could not connect to {elsewhere}."
    assert told.advice.startswith("Is that this server?")


def test_the_whole_address_counts_where_we_know_our_own(
    product: Product, shop: Tenant, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://shop.example"
    assert "webhook_elsewhere" in codes(shop)
    settings.PUBLIC_URL = product.url
    assert codes(shop) == SOUND


@pytest.mark.parametrize(
    ("cap", "used", "level"),
    [(500, 0, "ok"), (500, 470, "warning"), (500, 500, "wrong"), (500, 600, "wrong")],
)
def test_the_quota_left(product: Product, shop: Tenant, cap: int, used: int, level: str) -> None:
    at_line(product, shop, quota=cap, used=used)
    (quota,) = [finding for finding in line_check.check(shop) if finding.code == "quota"]
    assert (quota.level, quota.facts["left"]) == (level, max(0, cap - used))
    at_line(product, shop, quota=None)
    assert "quota_unlimited" in codes(shop)


@pytest.mark.parametrize(
    ("login", "liff", "expected"),
    [
        ("1234567890", "1234567890-AbcdEfgh", set()),
        ("1234567890", "9999999999-AbcdEfgh", {"liff_of_another_channel"}),
        ("1234567890", "https://liff.line.me/1234567890-AbcdEfgh", {"liff_malformed"}),
        ("my channel", "", {"login_malformed"}),
    ],
)
def test_liff_and_login(shop: Tenant, login: str, liff: str, expected: set[str]) -> None:
    connect(shop, login_channel_id=login, liff_id=liff)
    assert codes(shop) - SOUND == expected


def test_a_silent_line_is_told_apart_from_a_wrong_setting(shop: Tenant, settings: Settings) -> None:
    settings.LINE_API_URL = "http://127.0.0.1:9"
    assert codes(shop) == {"line_silent"}


def test_a_secret_sealed_with_a_lost_key(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        sealed = b"\x00" * 40
        Channel.objects.update(sealed_token=sealed)
    assert codes(shop) == {"sealed_with_another_key"}


def test_every_finding_has_its_sentence_and_tells_no_secret(product: Product, shop: Tenant) -> None:
    seen = [*line_check.check(shop)]
    for fields in ({"secret": "f" * 32}, {"token": "expired"}, {"channel_id": "", "secret": "", "token": ""}):
        connect(shop, **fields)
        seen += line_check.check(shop)
    with translation.override("en"):
        for finding in seen:
            told = tell(finding)
            assert told.text.endswith("."), finding
            assert told.advice or finding.level == "ok", finding
            assert not {"f" * 32, "expired"} & set((told.text + told.advice).split())


def test_the_fragment_is_for_those_who_see_settings(product: Product, shop: Tenant) -> None:
    url = f"/t/{shop.slug}/console/settings/line/check"
    assert Client().get(url).status_code == 302
    browser = Client()
    browser.force_login(makers.member(shop, Role.STAFF).user)
    assert browser.get(url).status_code == 403
    browser.force_login(makers.member(shop).user)
    shown = browser.get(url, headers={"Accept-Language": "en"})
    assert shown.status_code == 200
    assert "The connection works." in shown.content.decode()
    at_line(product, shop, webhook_active=False)
    assert "1 setting needs mending." in browser.get(url, headers={"Accept-Language": "en"}).content.decode()
