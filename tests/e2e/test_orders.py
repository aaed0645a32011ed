"""A host's evening in the browser: a message to a buyer and its fate, many orders changed, orders merged."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPhone, ask, picture

NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
Console = Callable[..., Page]


def ordered(phone: OpenPhone, person: str, words: str = "+1") -> str:
    """The number of an order that the person places by chat."""
    found = NUMBER.search(ask(phone(person), words))
    assert found
    return found[0]


def test_a_change_of_status_offers_a_message_that_arrives_once(phone: OpenPhone, console: Console) -> None:
    number = ordered(phone, "sakura")
    page = console(f"orders/{number}/")
    page.locator("button[name=status][value=shipped]").click()
    page.locator(".offer a").click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("発送いたしました"))
    page.locator("textarea[name=text]").fill("発送しました。金曜日に届きます。")
    expect(page.locator("#preview .bubble")).to_have_text("発送しました。金曜日に届きます。")
    picture(page, "letter-phone")
    page.locator("button.main-action").dblclick()
    expect(page.locator("#letters .state-done").first).to_contain_text("LINE", timeout=15_000)
    bubbles = phone("sakura").locator("[data-testid=bubble][data-from=account]")
    expect(bubbles.last).to_contain_text("金曜日に届きます", timeout=10_000)
    assert sum("金曜日" in text for text in bubbles.all_inner_texts()) == 1
    picture(page, "letter-fate-phone")


def test_picked_orders_change_together_and_back(phone: OpenPhone, console: Console) -> None:
    numbers = [ordered(phone, person) for person in ("amin", "kenta")]
    page = console("orders/")
    bar = page.locator(".pick-bar")
    expect(bar).to_be_hidden()
    for number in numbers:
        page.locator(f"tr:has(#order-{number}) input[name=pick]").check()
    expect(bar).to_be_visible()
    expect(page.locator(".main-action")).to_be_hidden()  # it would lie on the bar's buttons
    picture(page, "picks-phone")
    bar.locator("select[name=to]").select_option("paid")
    bar.locator("button.btn-primary").click()
    expect(page.locator("#bulk-changed")).to_have_text("2", timeout=20_000)
    picture(page, "bulk-phone")
    page.locator("form[action$='/undo'] button").click()
    expect(page.locator("#bulk-changed")).to_have_text("2", timeout=20_000)
    for number in numbers:
        shown = console(f"orders/{number}/")
        expect(shown.locator("button[name=status][value=purchased]")).to_have_attribute(
            "aria-pressed", "true"
        )


def test_two_orders_of_a_buyer_become_one(phone: OpenPhone, console: Console) -> None:
    first, second = ordered(phone, "amy", "+1"), ordered(phone, "amy", "+2")
    page = console(f"orders/{first}/", size="desk")
    for box in page.locator("#others input[name=other]").all():
        if box.get_attribute("value") != second:
            box.uncheck()
    page.locator("#others button").click()
    expect(page.locator("main")).to_contain_text(second)
    expect(page.locator(".notice button[hx-post]")).to_be_visible()
    other = console(f"orders/{second}/", size="desk")
    expect(other.locator(".offer a")).to_have_text(first)
    page.locator(".notice button[hx-post]").click()
    expect(page.locator("#others input[value='" + second + "']")).to_be_visible(timeout=10_000)


def test_the_file_of_orders_is_made_and_fetched(phone: OpenPhone, console: Console) -> None:
    number = ordered(phone, "xiaomei")
    page = console("orders/")
    page.locator(f"tr:has(#order-{number}) input[name=pick]").check()
    page.locator("button[name=kind][value=csv]").click()
    with page.expect_download(timeout=20_000) as fetched:
        page.locator("a[download]").click(timeout=20_000)
    with open(fetched.value.path(), encoding="utf-8-sig") as file:
        text = file.read()
    assert number in text
    assert "tracking_number" in text
    assert text.count("\n") == 2


def test_labels_are_printed_in_their_own_size(phone: OpenPhone, console: Console) -> None:
    number = ordered(phone, "xiaomei")
    page = console("orders/", size="desk")
    page.locator(f"tr:has(#order-{number}) input[name=pick]").check()
    page.locator("button[value=slips]").click()
    page.wait_for_url("**/orders/slips?**")
    a4 = page.pdf(prefer_css_page_size=True)
    page.locator("a.chip", has_text="100 mm").click()
    expect(page.locator("a.chip", has_text="100 mm")).to_have_attribute("aria-current", "true")
    label = page.pdf(prefer_css_page_size=True)
    assert _sizes(a4) == {(210, 297)}
    assert _sizes(label) == {(100, 150)}


def _sizes(pdf: bytes) -> set[tuple[int, int]]:
    """The pages' sizes in millimetres."""
    boxes = re.findall(rb"MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf)
    return {(round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) for width, height in boxes}
