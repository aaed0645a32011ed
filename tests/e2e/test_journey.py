"""A stranger's first ten minutes: sign up, connect the account with the doctor's help, a product, a round,
an order by chat and one through a shared link, both paid and shipped, all of it taken out as a file.
"""

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import SIZES, Demo, OpenPhone, ask, picture
from tests.running import until

NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
GROUP = "journey-group"


@dataclass(frozen=True)
class AtLine:
    """What the stranger finds in LINE's two consoles: an official account, a Login channel, a LIFF app."""

    channel_id: str
    secret: str
    token: str
    login_id: str
    login_secret: str
    liff_id: str


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The stranger's phone browser."""
    width, height = SIZES["phone"]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-TW")
    yield context.new_page()
    context.close()


def _control(demo: Demo, path: str, body: dict[str, Any], method: str = "POST") -> Any:
    url, headers = f"{demo.phone}/control/{path}", {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def _open_account(demo: Demo) -> AtLine:
    """The part that is done at LINE: an account without a webhook, and a Login channel linked to it."""
    number = 1_700_000_000 + secrets.randbelow(10**8)
    at = AtLine(
        str(number), secrets.token_hex(16), secrets.token_urlsafe(40), str(number + 1), secrets.token_hex(16),
        f"{number + 1}-Journey1",
    )  # fmt: skip
    account = {"id": at.channel_id, "name": "阿婆的柑仔店", "secret": at.secret, "access_token": at.token}
    _control(demo, "channels", {**account, "provider": "journey"})
    login = {"id": at.login_id, "name": "阿婆的柑仔店", "secret": at.login_secret, "provider": "journey"}
    _control(demo, "login-channels", login)
    _control(demo, f"login-channels/{at.login_id}", {"linked": at.channel_id}, "PATCH")
    return at


def test_a_strangers_first_ten_minutes(demo: Demo, page: Page, phone: OpenPhone) -> None:
    began = time.monotonic()
    shop = _sign_up(demo, page)
    at = _connect(demo, page, shop)
    code = _add_product(page, shop)
    _open_round(demo, page, shop, at)
    by_chat = _order_by_chat(demo, phone, at)
    by_link = _order_by_link(demo, page, shop, code)
    for number in (by_chat, by_link):
        _pay_and_ship(page, shop, number)
    saved = _take_out(page, shop)
    assert by_chat in saved
    assert by_link in saved
    assert "手工豆腐乳" in saved
    assert time.monotonic() - began < 600


def _sign_up(demo: Demo, page: Page) -> str:
    """By LINE; the address of the new shop's console."""
    page.goto(f"{demo.shop}/sign-in/?lang=zh-hant")
    page.get_by_role("button", name=re.compile("LINE")).click()
    page.wait_for_url(f"{demo.phone}/**")
    page.get_by_label("健太").check()
    page.locator("button[value=allow]").click()
    page.wait_for_url(f"{demo.shop}/sign-up/**")
    picture(page, "journey-sign-up")
    slug = f"apo-{secrets.token_hex(3)}"
    for name, value in (
        ("name", "阿婆的柑仔店"),
        ("contact", "阿婆"),
        ("email", f"{slug}@example.com"),
        ("phone", "0912-345-678"),
        ("slug", slug),
    ):
        page.locator(f"form [name={name}]").fill(value)
    page.locator("[name=market][value=tw]").check()
    page.locator("form button.btn-primary").click()
    page.wait_for_url(f"**/t/{slug}/console/**")
    return f"{demo.shop}/t/{slug}"


def _connect(demo: Demo, page: Page, shop: str) -> AtLine:
    """First with nothing set at LINE, so that the doctor has something to say; then as it says."""
    at = _open_account(demo)
    endpoint = f"{shop}/liff/"
    app = {"channel": at.login_id, "id": at.liff_id, "name": "shop", "endpoint": endpoint}
    _control(demo, "liff-apps", {**app, "scopes": ["profile", "openid"]})
    page.goto(f"{shop}/console/settings/")
    for name, value in (
        ("channel_id", at.channel_id),
        ("secret", at.secret),
        ("token", at.token),
        ("login_channel_id", at.login_id),
        ("login_secret", at.login_secret),
        ("liff_id", at.liff_id),
    ):
        page.locator(f"#line [name={name}]").fill(value)
    page.locator("#line form button.btn-primary").click()
    page.locator("#line-check button").click()
    expect(page.locator("#line-check")).to_contain_text("Webhook", timeout=20_000)
    picture(page, "journey-doctor")
    webhook = f"{shop}/webhook"
    settings = {"webhook_url": webhook, "webhook_active": True, "redelivery": True, "allow_groups": True}
    _control(demo, f"channels/{at.channel_id}", settings, "PATCH")
    page.locator("#line-check button").last.click()
    expect(page.locator("#line-check")).to_contain_text("連線正常", timeout=20_000)
    return at


def _add_product(page: Page, shop: str) -> str:
    page.goto(f"{shop}/console/products/new")
    page.locator("[name=name]").fill("手工豆腐乳")
    page.locator("[name=price]").fill("250")
    page.locator("[name$=-stock]:visible").first.fill("20")
    page.locator("form button.btn-primary").last.click()
    page.wait_for_url("**/products/**")
    page.goto(f"{shop}/console/products/")
    found = re.search(r"\d{9,}", page.locator("main").inner_text())
    assert found
    return found[0]


def _open_round(demo: Demo, page: Page, shop: str, at: AtLine) -> None:
    """In a group that the account was invited to."""
    _control(demo, "groups", {"name": "鄰居團", "people": ["amy", "xiaomei"], "channel": at.channel_id})

    def is_known() -> bool:
        page.goto(f"{shop}/console/orders/rounds/new")
        return page.locator("[name=groups]").count() == 1

    until(is_known, 20, every=0.5)
    page.locator("[name=groups]").check()
    page.locator("[name=name]").fill("週五豆腐乳團")
    page.locator("[name=products]").first.check()
    picture(page, "journey-round")
    page.locator("form button.btn-primary").last.click()
    expect(page.locator("main h1")).to_contain_text("週五豆腐乳團")


def _order_by_chat(demo: Demo, phone: OpenPhone, at: AtLine) -> str:
    chat = _control(demo, f"channels/{at.channel_id}/friends/amy", {"state": "friend"}, "PUT")["chat"]["id"]
    buyer = phone("amy", chat=chat)
    answer = ask(buyer, "+2")
    found = NUMBER.search(answer)
    assert found, answer
    return found[0]


def _order_by_link(demo: Demo, page: Page, shop: str, code: str) -> str:
    """The link from the product's page, opened by somebody in a browser of their own."""
    page.goto(f"{shop}/console/products/{code}/")
    expect(page.locator("#share-made")).to_be_visible(timeout=10_000)
    link = page.locator("#share-made a.text-link").get_attribute("href")
    assert link
    browser = page.context.browser
    assert browser
    width, height = SIZES["phone"]
    stranger = browser.new_page(viewport={"width": width, "height": height}, locale="zh-TW")
    stranger.goto(link)
    stranger.locator("button[value=order]").click()
    stranger.locator("[data-sign-in]:visible").click(timeout=20_000)
    stranger.wait_for_url(f"{demo.phone}/**")
    stranger.get_by_label("小美").check()
    stranger.locator("button[value=allow]").click()
    stranger.wait_for_url(f"{shop}/liff/p/**", timeout=20_000)
    stranger.locator("button[value=order]").click()
    expect(stranger.locator("main")).to_contain_text(NUMBER, timeout=15_000)
    picture(stranger, "journey-shared-link")
    found = NUMBER.search(stranger.locator("main").inner_text())
    stranger.close()
    assert found
    return found[0]


def _pay_and_ship(page: Page, shop: str, number: str) -> None:
    for status in ("paid", "shipped"):
        page.goto(f"{shop}/console/orders/{number}/")
        page.locator(f"button[name=status][value={status}]").click()
        expect(page.locator(f"button[name=status][value={status}]")).to_be_disabled(timeout=10_000)


def _take_out(page: Page, shop: str) -> str:
    """The orders as CSV, as Excel would read it."""
    page.goto(f"{shop}/console/orders/")
    page.locator("[name=pick]").first.check()
    page.locator("[name=everything]").check()
    page.locator("button[formaction$='/orders/export'][value=csv]").click()
    page.wait_for_url("**/orders/export/**")
    with page.expect_download(timeout=30_000) as waited:
        page.locator("a[download]").click(timeout=30_000)
    raw = waited.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return raw.decode("utf-8-sig")
