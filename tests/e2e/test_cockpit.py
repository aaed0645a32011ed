"""The host's day with one thumb: waiting list, one more item, shipped with its number, many buyers told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPhone, ask, picture
from tests.e2e.test_first_order import code

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
SLOW = 30_000  # milliseconds: others may work on the machine as well
TEA = "阿里山高山茶"
NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
Console = Callable[..., Page]


def ordered(phone: OpenPhone, person: str, words: str = "+1") -> str:
    """The number of an order that the person places by chat."""
    found = NUMBER.search(ask(phone(person), words))
    assert found
    return found[0]


def test_a_piece_is_given_by_hand_and_the_buyer_hears_of_it(phone: OpenPhone, console: Console) -> None:
    buyer = phone("kenta")
    ask(phone("sakura"), "+60")
    assert NUMBER.search(ask(buyer, "+1")) is None
    before = buyer.locator("[data-testid=bubble][data-from=account]").count()
    buyer.get_by_test_id("quick-reply").first.click()
    expect(buyer.locator("[data-testid=bubble][data-from=account]")).to_have_count(before + 1, timeout=SLOW)
    page = console("orders/waiting/")
    expect(page.locator(".queue-row")).to_have_count(1, timeout=SLOW)
    page.locator(".queue-give summary").click()
    picture(page, "waiting-phone")
    page.locator(".queue-give .btn-primary").click()
    expect(page.locator("#notices")).to_contain_text(NUMBER, timeout=SLOW)
    expect(page.locator(".queue-row")).to_have_count(0, timeout=SLOW)
    expect(buyer.locator("[data-testid=bubble][data-from=account]").last).to_contain_text(
        NUMBER, timeout=SLOW
    )


def test_one_more_item_then_shipped_with_its_number(phone: OpenPhone, console: Console) -> None:
    number = ordered(phone, "amy", f"{code(console, TEA)}+1")
    page = console(f"orders/{number}/")
    items = page.locator(".section:has(.add-more) a.text-link")
    expect(items).to_have_count(1, timeout=SLOW)
    page.locator(".add-more summary").click()
    page.locator(".add-more input[type=search]").fill("上衣")
    row = page.locator("#add-goods li", has_text="上衣").first
    expect(page.locator("#add-goods li", has_text="高山茶")).to_have_count(0, timeout=SLOW)
    row.locator("button").click()
    expect(items).to_have_count(2, timeout=SLOW)
    page.locator("#tracking").fill("SF123456")
    page.locator("button[name=shipped]").click()
    expect(page.locator("button[name=status][value=shipped]")).to_be_disabled(timeout=SLOW)
    picture(page, "order-shipped-phone")
    expect(page.locator(".offer a")).to_be_visible(timeout=SLOW)
    page.locator("#notices button[hx-post]").click()
    expect(page.locator("button[name=status][value=purchased]")).to_be_disabled(timeout=SLOW)


def test_the_buyers_of_many_orders_are_told_once(phone: OpenPhone, console: Console) -> None:
    numbers = [ordered(phone, "amin", f"{code(console, TEA)}+{pieces}") for pieces in (1, 2)]
    page = console("orders/")
    for number in numbers:
        page.locator(f"tr:has(#order-{number}) input[name=pick]").check()
    page.locator(".pick-bar button.btn-primary").click()
    page.locator(".offer a.btn").click(timeout=SLOW)
    expect(page.locator(".bubble").first).to_contain_text(numbers[1], timeout=SLOW)
    picture(page, "bulk-letter-phone")
    page.locator("form:has(input[name=kind]) button").dblclick()
    expect(page.locator("#bulk-letter .state-done")).to_be_visible(timeout=SLOW)
    bubbles = phone("amin").locator("[data-testid=bubble][data-from=account]")
    expect(bubbles.last).to_contain_text(numbers[0], timeout=SLOW)
    assert sum(numbers[0] in text and numbers[1] in text for text in bubbles.all_inner_texts()) == 1


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_pages_are_whole_for_everybody(console: Console, language: str, size: str) -> None:
    for name, path in (
        ("today", ""),
        ("waiting", "orders/waiting/"),
        ("overdue", "orders/?status=overdue"),
        ("rounds-today", "orders/rounds/?show=today"),
        ("bulk-letter", "orders/many/1/letter"),
        ("bulk-letter-progress", "orders/letters/1"),
        ("missed", "messages/missed"),
        ("company", "settings/company"),
    ):
        page = console(path, language=language, size=size)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
        page.evaluate(AXE)
        found = page.evaluate("async () => (await axe.run()).violations.map((v) => [v.id, v.nodes[0].html])")
        assert found == [], name
        picture(page, f"{name}-{language}-{size}")
        page.close()
