"""The plan as an owner lives it: trial, paying at (the simulated) Stripe, a card that fails, and back."""

import json
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, OpenPhone, ask, picture
from tests.running import until

DAY = 86_400
GOOD, FAILS_LATER = "4242424242424242", "4000000000000341"


def test_from_trial_to_unpaid_and_back(demo: Demo, phone: OpenPhone, console: Callable[..., Page]) -> None:
    owner = console("settings/plan")
    expect(owner.get_by_text("免費試用還剩 7 天")).to_be_visible()
    picture(owner, "plan-trial")
    owner.get_by_role("button", name="到 Stripe 綁定卡片").click()
    owner.wait_for_url(f"{demo.phone}/stripe/pay/*")
    picture(owner, "plan-stripe-checkout")
    owner.get_by_label(FAILS_LATER).check()
    owner.get_by_test_id("subscribe").click()
    owner.wait_for_url(f"{demo.shop}/t/demo/console/settings/plan?back=1")
    expect(owner.get_by_role("button", name="更換卡片")).to_be_visible(timeout=15_000)

    _pass_days(demo, 8)
    _until_shown(owner, "扣款失敗")
    buyer = phone("xiaomei")
    assert "目前暫停接單" not in ask(buyer, "+1")

    _pass_days(demo, 15)
    _until_shown(owner, "已停止嘗試")
    picture(owner, "plan-unpaid")
    assert "目前暫停接單" in ask(buyer, "+1")
    picture(buyer, "plan-resting-chat")
    owner.goto(f"{demo.shop}/t/demo/console/products/")
    expect(owner.get_by_text("方案已到期")).to_be_visible()
    owner.get_by_role("switch").first.click()
    owner.wait_for_url("**/settings/plan?refused=1")
    picture(owner, "plan-refused")

    owner.get_by_role("button", name="到 Stripe 付款").click()
    owner.wait_for_url(f"{demo.phone}/stripe/portal/*")
    owner.get_by_label(GOOD).check()
    owner.get_by_test_id("save-card").click()
    owner.get_by_test_id("pay-invoice").click()
    expect(owner.get_by_test_id("status")).to_have_text("active")
    picture(owner, "plan-stripe-portal")
    owner.goto(f"{demo.shop}/t/demo/console/settings/plan")
    _until_shown(owner, "使用中")
    expect(owner.get_by_text("已付款").first).to_be_visible()
    picture(owner, "plan-active")
    assert "目前暫停接單" not in ask(buyer, "+1")


def test_the_plans_page_in_all_languages_and_sizes(console: Callable[..., Page]) -> None:
    for language, word in (("zh-hant", "方案"), ("ja", "プラン"), ("en", "Plan")):
        for size in ("phone", "desk"):
            page = console("settings/plan", language=language, size=size)
            expect(page.get_by_role("heading", level=1)).to_have_text(word)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            picture(page, f"plan-{language}-{size}")


def _pass_days(demo: Demo, days: int) -> None:
    request = urllib.request.Request(
        f"{demo.phone}/control/stripe/clock",
        json.dumps({"advance": days * DAY}).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=20).read()


def _until_shown(page: Page, words: str) -> None:
    """Stripe's events are on their way: look again until the page says it."""

    def is_shown() -> bool:
        page.reload()
        return words in page.locator("#plan-state").inner_text()

    until(is_shown, 20, 0.5)
