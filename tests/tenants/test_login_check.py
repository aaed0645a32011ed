"""The connection check of LINE Login and LIFF, at the simulator: each wrong setting has its remedy."""

import secrets
from typing import Any

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.tenants import actions as tenants
from plusone.tenants import line_check
from plusone.tenants.findings import Finding
from plusone.tenants.models import Channel, Tenant
from plusone.tenants.views.check import tell
from tests.running import Product
from tests.tenants import browser

OF_LOGIN = {"login_right", "liff_known"}


@pytest.fixture
def shop(product: Product, tenant: Tenant, settings: Settings) -> Tenant:
    """A shop whose account, Login channel and LIFF app at the simulator are all right."""
    settings.LINE_API_URL = settings.LINE_DATA_API_URL = product.simulator.url
    login = str(secrets.randbelow(10**9) + 3 * 10**9)
    connect(tenant, login_channel_id=login, login_secret=secrets.token_hex(16), liff_id=f"{login}-shop")
    product.connect(tenant)
    return tenant


def connect(tenant: Tenant, **fields: str) -> None:
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, **fields)


def at_line(product: Product, tenant: Tenant, **fields: Any) -> None:
    """Change the LIFF app's settings at LINE."""
    with scope.tenant(tenant.pk):
        liff_id = Channel.objects.get().liff_id
    url = f"{product.simulator.url}/control/liff-apps/{liff_id}"
    product.simulator.http.patch(url, json=fields).raise_for_status()


def found(tenant: Tenant) -> dict[str, Finding]:
    """What the check says of LINE Login and LIFF."""
    said = line_check.check(tenant, "https://shop.example")
    return {one.code: one for one in said if one.code.startswith(("login", "liff", "line_"))}


def test_all_is_right(shop: Tenant) -> None:
    assert set(found(shop)) == OF_LOGIN
    assert {one.level for one in found(shop).values()} == {"ok"}


def test_the_login_channel_is_unknown_or_its_secret_wrong(shop: Tenant) -> None:
    connect(shop, login_secret="f" * 32)
    assert found(shop)["login_secret_wrong"].level == "wrong"
    connect(shop, login_channel_id="1234512345", liff_id="")
    assert set(found(shop)) == {"login_unknown", "liff_missing"}
    connect(shop, login_secret="")
    assert set(found(shop)) == {"login_secret_missing", "liff_missing"}


def test_the_liff_id_is_unknown_and_the_right_one_is_named(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        right = Channel.objects.get().liff_id
    connect(shop, liff_id=right.replace("shop", "another"))
    unknown = found(shop)["liff_unknown"]
    assert (unknown.level, unknown.facts["others"]) == ("wrong", right)


@pytest.mark.parametrize(
    ("scopes", "missing"),
    [(["openid"], "profile"), (["profile"], "openid"), ([], "openid, profile"), (["openid", "profile"], "")],
)
def test_a_scope_is_missing(product: Product, shop: Tenant, scopes: list[str], missing: str) -> None:
    at_line(product, shop, scopes=scopes)
    said = found(shop).get("liff_scope_missing")
    assert (said.facts["missing"] if said else "") == missing


def test_the_endpoint_leads_elsewhere(product: Product, shop: Tenant, settings: Settings) -> None:
    at_line(product, shop, endpoint="https://shop.example/t/another-shop/liff/")
    elsewhere = found(shop)["liff_elsewhere"]
    assert elsewhere.facts["wanted"] == f"https://shop.example/t/{shop.slug}/liff/"
    at_line(product, shop, endpoint=f"https://old.example/t/{shop.slug}/liff")
    assert set(found(shop)) == OF_LOGIN
    settings.PUBLIC_URL = "https://shop.example"
    assert "liff_elsewhere" in found(shop)


def test_no_liff_app_at_all(product: Product, shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        liff_id = Channel.objects.get().liff_id
    product.simulator.http.delete(f"{product.simulator.url}/control/liff-apps/{liff_id}").raise_for_status()
    assert found(shop)["liff_unknown"].facts["others"] == ""


def test_a_silent_line_is_no_wrong_setting(shop: Tenant, settings: Settings) -> None:
    settings.LINE_API_URL = "http://127.0.0.1:9"
    assert set(found(shop)) == {"line_silent", "login_unread"}


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
def test_every_finding_has_its_sentence_and_tells_no_secret(
    product: Product, shop: Tenant, language: str
) -> None:
    seen = list(found(shop).values())
    at_line(product, shop, scopes=[], endpoint="https://old.example/")
    seen += found(shop).values()
    for fields in ({"login_secret": "f" * 32}, {"login_channel_id": "1234512345"}, {"login_secret": ""}):
        connect(shop, **fields)
        seen += found(shop).values()
    with translation.override(language):
        for finding in seen:
            told = tell(finding)
            assert told.text, finding
            assert told.advice or finding.level == "ok", finding
            assert "f" * 32 not in told.text + told.advice


def test_the_guide_stores_step_by_step_and_shows_the_addresses(tenant: Tenant) -> None:
    owner = browser.at(tenant)
    url = browser.path(tenant, "settings/line/guide")
    page = owner.get(url).content.decode()
    assert f"http://testserver/t/{tenant.slug}/webhook" in page
    assert f"http://testserver/t/{tenant.slug}/liff/" in page
    assert f"http://testserver/t/{tenant.slug}/liff/enter/line/back" in page
    saved = owner.post(url, {"channel_id": "1650000077", "secret": "ab" * 16})
    assert saved["Location"].endswith("guide#check")
    again = owner.get(url).content.decode()
    assert again.count("Filled in") >= 1
    assert "ab" * 16 not in again
    with scope.tenant(tenant.pk):
        assert Channel.objects.get().secrets()[0] == "ab" * 16
    wrong = owner.post(url, {"channel_id": "x"})
    assert wrong.status_code == 422
    assert "A channel ID has only digits." in wrong.content.decode()
