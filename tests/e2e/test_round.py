"""A whole round: opened by form, ordered in the group, closed, bought, shared out, paid by transfer, handed
out; through the phone page and the console.
"""

import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, OpenPhone, answers, ask, picture, say
from tests.running import until

Console = Callable[..., Page]


def group(demo: Demo) -> str:
    """The id of the demo's group chat."""
    with urllib.request.urlopen(f"{demo.phone}/control/world") as answer:
        return str(next(chat["id"] for chat in json.load(answer)["chats"] if chat["kind"] == "group"))


def test_a_whole_round(demo: Demo, phone: OpenPhone, console: Console) -> None:
    page = console("orders/rounds/new")
    page.get_by_label("開團名稱").fill("週末上衣團")
    page.locator("label:has-text('阿里山高山茶') input").check()
    page.locator("label:has-text('團購群') input").check()
    page.get_by_role("button", name="開團", exact=True).click()
    expect(page.locator("h1")).to_have_text("週末上衣團")
    address = page.url

    chat = group(demo)
    mei, ming = phone("xiaomei", chat=chat), phone("amin", chat=chat)
    assert "鳳梨酥" in ask(mei, "+1") or "高山茶" in answers(mei)[-1]
    code = re.search(r"\d{9,}", page.locator(".copy-text").first.inner_text())
    assert code
    assert "高山茶 150g ×3" in ask(mei, f"{code[0]}+3")
    assert "高山茶 150g ×2" in ask(ming, f"{code[0]}+2")

    page.goto(address)
    expect(page.locator(".tallies")).to_contain_text("5")
    page.get_by_role("button", name="立即收單").click()
    expect(page.locator(".order-line")).to_contain_text("已收單")
    picture(page, "round-closed-phone")

    page.get_by_role("link", name="少到貨…").click()
    page.get_by_label("到了幾件？").fill("3")
    page.get_by_label("每人一樣多").check()
    page.get_by_role("button", name="試算分配").click()
    expect(page.locator("table")).to_contain_text("3 → 2")
    picture(page, "round-shares-phone")
    page.get_by_role("button", name="就這樣分").click()
    expect(page.locator("#notices")).to_contain_text("2 位買家會少拿")
    expect(page.locator(".buy-counts")).to_contain_text("3")

    alone = phone("xiaomei")
    assert "12345" in ask(alone, "已匯款 12345 1,360元")
    page.goto(f"{demo.shop}/t/demo/console/orders/transfers/")
    page.get_by_label("銀行入帳明細").fill("11/25 1,360 012-*****12345")
    page.get_by_role("button", name="匯入").click()
    page.get_by_role("button", name="確認").first.click()
    expect(page.locator("#notices")).to_contain_text("已支付")
    picture(page, "transfers-phone")

    page.goto(f"{address}handout")
    expect(page.locator("main")).to_contain_text("小美")
    expect(page.locator(".handout-row", has_text="阿明")).to_contain_text("未付款")
    page.locator(".handout-row", has_text="小美").get_by_role("button", name="交貨").click()
    expect(page.locator(".handout-row", has_text="小美")).to_contain_text("已取貨")
    picture(page, "handout-phone")
    page.goto(address)
    page.get_by_role("button", name="都處理完了：結案").click()
    expect(page.locator(".order-line")).to_contain_text("已結案")


def test_a_late_plus_one_is_told_so(demo: Demo, phone: OpenPhone, console: Console) -> None:
    page = console("orders/rounds/")
    page.get_by_role("link", name="本週茶點團").click()
    page.get_by_role("button", name="立即收單").click()
    buyer = phone("amy", chat=group(demo), language="en")
    before = len(answers(buyer))  # what waits for a free answer may ride along with this one
    say(buyer, "+1")
    until(lambda: any("closed at" in one for one in answers(buyer)[before:]), 10)
    assert not any("Order received" in one for one in answers(buyer)[before:])
    page.locator("#notices button", has_text="復原").click()
    expect(page.locator(".order-line")).to_contain_text("開團中")
    say(buyer, "+1")
    until(lambda: any("Order received" in one for one in answers(buyer)[before:]), 10)


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_pages_are_photographed(console: Console, language: str, size: str) -> None:
    for name, path in (
        ("rounds", "orders/rounds/"),
        ("round", "orders/rounds/1/"),
        ("round-new", "orders/rounds/new"),
        ("handout", "orders/rounds/1/handout"),
        ("transfers", "orders/transfers/"),
        ("pickup-points", "orders/pickup-points/"),
    ):
        page = console(path, language=language, size=size)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
        picture(page, f"{name}-{language}-{size}")
