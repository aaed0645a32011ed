"""The buyer's shop through LINE as the simulator plays it: a shared link anywhere, LIFF over the chat."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.e2e.conftest import SIZES, Demo, OpenPhone, picture, say

NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
LIFF = "1650000002-shop"
Console = Callable[..., Page]
OpenShop = Callable[..., Page]


@pytest.fixture
def shop(demo: Demo, browser: Browser) -> Iterator[OpenShop]:
    """Open a page of the shop in a browser of its own: shop("basket", language="ja", size="desk")."""
    pages: list[Page] = []
    troubles: list[str] = []

    def open_shop(path: str = "", *, language: str = "zh-hant", size: str = "phone") -> Page:
        width, height = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height}, locale="zh-TW")
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda line: troubles.append(line.text) if "Content Security" in line.text else None
        )
        pages.append(page)
        page.goto(f"{demo.shop}/t/demo/liff/{path}?lang={language}")
        return page

    yield open_shop
    for page in pages:
        page.close()
    assert troubles == []


def test_a_shared_link_leads_to_an_order(shop: OpenShop, console: Console) -> None:
    """JG20: the link from the product's page, opened elsewhere, signed in with LINE, ordered on the page."""
    desk = console("products/", size="desk")
    desk.locator("a.row-link", has_text="阿里山高山茶").click()
    desk.get_by_label("要放在哪裡").fill("OpenChat 一群")
    link = desk.locator("#share-made [data-copy-text]")
    expect(link).to_contain_text("via=OpenChat")
    picture(desk, "share-desk")
    page = shop()
    page.goto(link.inner_text())
    page.get_by_role("button", name="多一個").click()
    page.get_by_role("button", name="立即下單").click()
    page.get_by_role("button", name="用 LINE 登入").click()
    sign_in_at_line(page, "健太")
    expect(page.get_by_label("數量")).to_have_value("2")
    page.get_by_role("button", name="立即下單").click()
    expect(page.get_by_role("status")).to_contain_text("訂單已成立")
    number = NUMBER.search(page.locator("h1").inner_text())
    assert number
    expect(page.locator("main")).to_contain_text("1,360")
    picture(page, "shop-ordered")
    order = console(f"orders/{number[0]}/")
    expect(order.locator("main")).to_contain_text("OpenChat 一群")


def test_liff_over_the_chat_orders_shows_and_cancels(phone: OpenPhone, demo: Demo, console: Console) -> None:
    """JG19: the page opens as the person whose chat it is; nothing is asked again."""
    chat = phone("amy", language="en")
    frame = open_liff(chat, demo)
    frame.get_by_role("link", name="手工鳳梨酥 12 入").click()
    expect(frame.locator("[data-signed-out]")).to_be_hidden()  # signed in without a question
    frame.get_by_role("button", name="Order now").click()
    expect(frame.get_by_role("status")).to_contain_text("your order has been placed")
    number = NUMBER.search(frame.locator("h1").inner_text())
    assert number
    picture(chat, "liff-ordered")
    expect(chat.locator("[data-testid=bubble][data-from=account]").last).to_contain_text(number[0])
    frame.get_by_role("link", name="My orders").first.click()
    frame.get_by_role("link", name=number[0]).click()
    frame.get_by_role("button", name="Cancel this order").click()
    frame.get_by_role("button", name="Yes, cancel").click()
    expect(frame.get_by_role("status")).to_contain_text("is cancelled")
    order = console(f"orders/{number[0]}/")
    expect(order.locator("main")).to_contain_text("已售完/取消")


def test_a_transfer_is_reported_and_the_team_sees_it(shop: OpenShop, console: Console) -> None:
    """轉帳回報: from the order to the report, and its state for both sides."""
    page = shop()
    page.get_by_role("link", name="手工鳳梨酥 12 入").click()
    page.get_by_role("button", name="立即下單").click()
    page.get_by_role("button", name="用 LINE 登入").click()
    sign_in_at_line(page, "健太")
    page.get_by_role("button", name="立即下單").click()
    page.get_by_role("link", name="付款與轉帳回報").click()
    expect(page.locator("main")).to_contain_text("90001234567890")
    expect(page.get_by_label("金額")).to_have_value("450")
    page.get_by_label("轉帳帳號後五碼").fill("1234")
    page.get_by_role("button", name="送出轉帳回報").click()
    expect(page.locator(".field-error")).to_contain_text("五個數字")
    page.get_by_label("轉帳帳號後五碼").fill("54321")
    page.get_by_role("button", name="送出轉帳回報").click()
    expect(page.locator("#notices")).to_contain_text("已收到您的轉帳回報")
    expect(page.locator(".pay-reports")).to_contain_text("已回報")
    picture(page, "shop-reported")
    expect(console("orders/transfers/").locator("main")).to_contain_text("…54321")


def test_a_round_counts_down_and_says_when_it_is_over(shop: OpenShop) -> None:
    page = shop()
    page.clock.install()
    page.reload()
    closing = page.locator(".round-section .closing")
    expect(closing).to_contain_text("還剩")
    page.clock.fast_forward(240 * 3600 * 1000)
    expect(closing).to_contain_text("剛剛收單了")
    expect(closing.get_by_text("還剩")).to_be_hidden()


def test_the_basket_survives_the_sign_in(shop: OpenShop) -> None:
    page = shop()
    for name in ("手工鳳梨酥 12 入", "阿里山高山茶 150g"):
        page.locator(".shop-doors a").first.click()
        page.get_by_role("link", name=name).click()
        page.get_by_role("button", name="加入購物車").click()
        expect(page.get_by_role("status")).to_contain_text("已放進購物車")
    page.get_by_role("link", name="購物車").click()
    expect(page.locator(".basket-total")).to_contain_text("1,130")
    page.get_by_role("button", name="送出訂單").click()
    page.get_by_role("button", name="用 LINE 登入").click()
    sign_in_at_line(page, "小美")
    page.get_by_role("button", name="送出訂單").click()
    expect(page.get_by_role("status")).to_contain_text("訂單已成立")
    expect(page.locator("main")).to_contain_text("1,130")


def test_search_finds_while_typing(shop: OpenShop) -> None:
    page = shop()
    page.get_by_role("searchbox").press_sequentially("高山")
    expect(page.locator(".goods-card")).to_have_count(1)
    expect(page.locator(".goods-card")).to_contain_text("阿里山高山茶")


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_pages_are_photographed(shop: OpenShop, demo: Demo, language: str, size: str) -> None:
    page = shop(language=language, size=size)
    product = page.locator(".goods-card a", has_text="純棉圓領上衣").get_attribute("href")
    page.goto(f"{demo.shop}{product}")
    page.locator("input[name=variant]:not(:disabled) + .option-face").first.click()
    page.locator("button[value=basket]").click()
    for name, path in (("catalogue", ""), ("basket", "basket"), ("contact", "contact"), ("sign-in", "enter")):
        page.goto(f"{demo.shop}/t/demo/liff/{path}")
        look(page, f"shop-{name}-{language}-{size}")
    page.goto(f"{demo.shop}{product}")
    look(page, f"shop-product-{language}-{size}")
    page.goto(f"{demo.shop}/t/demo/liff/orders")
    page.locator("[data-shown=ask] button").click()
    sign_in_at_line(page, "Amy")
    look(page, f"shop-orders-{language}-{size}")
    page.goto(f"{demo.shop}/t/demo/liff/orders/pay")
    look(page, f"shop-pay-{language}-{size}")
    page.goto(f"{demo.shop}/t/demo/liff/card")
    look(page, f"shop-card-{language}-{size}")


def look(page: Page, name: str) -> None:
    """Keep a picture; nothing may stand out of the page, and what can be tapped is large enough."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
    small = page.evaluate(
        "() => [...document.querySelectorAll('main button, main a.btn, nav a, summary')]"
        ".filter(n => n.checkVisibility() && n.getBoundingClientRect().height < 43.5).map(n => n.outerHTML)"
    )
    assert small == [] or name.endswith("desk"), name
    picture(page, name)


def open_liff(chat: Page, demo: Demo) -> FrameLocator:
    """The person sends themselves the shop's LIFF address and taps it."""
    say(chat, f"{demo.phone}/{LIFF}")
    chat.get_by_test_id("messages").get_by_role("link").last.click()
    return chat.frame_locator("[data-testid=liff-frame]")


def sign_in_at_line(page: Page, name: str) -> None:
    """LINE's page: choose who one is, and allow."""
    page.get_by_text(name, exact=True).click()
    page.locator("button[value=allow]").click()
    page.wait_for_url("**/liff/**")
