"""Issue 2's story through the phone page: each message does what REQUIREMENTS says, in three languages
and two widths.
"""

import json
import re
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Demo, OpenPhone, answers, ask, picture, say
from tests.running import until

NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
Console = Callable[..., Page]


def stock(page: Page, product: str) -> str:
    """What the console's product page says is left."""
    return page.locator(f"tr:has-text('{product}')").first.inner_text()


def code(console: Console, product: str) -> str:
    """The product's code as the console shows it: the demo may have been made before midnight."""
    found = re.search(r"\b[0-9]{9}\b", stock(console("products/", size="desk"), product))
    assert found
    return found[0]


def test_plus_one_becomes_an_order_that_the_console_shows(phone: OpenPhone, console: Console) -> None:
    buyer = phone("xiaomei")
    answer = ask(buyer, "+1")
    number = NUMBER.search(answer)
    assert number, answer
    assert "鳳梨酥" in answer
    assert "×1" in answer
    picture(buyer, "first-order-phone")
    orders = console("orders/")
    expect(orders.get_by_text(number[0]).first).to_be_visible()
    assert "59" in stock(console("products/", size="desk"), "鳳梨酥")


def test_code_and_number(phone: OpenPhone, console: Console) -> None:
    answer = ask(phone("amin"), f"{code(console, '阿里山高山茶')}+2")
    assert "阿里山高山茶" in answer
    assert "×2" in answer
    assert "1,360" in answer


@pytest.mark.parametrize(
    ("words", "person"),
    [("我要", "amin"), ("來", "xiaomei"), ("欲しい", "sakura"), ("お願いします", "kenta")],
)
def test_one_of_the_newest_by_words(phone: OpenPhone, words: str, person: str) -> None:
    answer = ask(phone(person), words)
    assert NUMBER.search(answer)
    assert "鳳梨酥" in answer
    assert "×1" in answer


def test_reserved_is_not_purchased_yet(phone: OpenPhone, console: Console) -> None:
    buyer = phone("amin")
    number = NUMBER.search(ask(buyer, "幫我留"))
    assert number
    page = console(f"orders/{number[0]}/")
    expect(page.locator("main")).to_contain_text("未購入")
    history = ask(buyer, "履歷")
    assert number[0] in history
    assert "未購入" in history


def test_sentences_that_contain_a_command_order_nothing(phone: OpenPhone) -> None:
    buyer = phone("kenta")
    before = len(answers(buyer))
    for text in ("我覺得+1很好吃", "+1 嗎？", "昨天已經+1了"):
        say(buyer, text)
    ask(buyer, "履歷")
    assert len(answers(buyer)) == before + 1


def test_options_are_asked_for_with_buttons(phone: OpenPhone, console: Console) -> None:
    buyer = phone("amy", language="en")
    question = ask(buyer, f"{code(console, '純棉圓領上衣')}+1")
    assert "Which one" in question
    picture(buyer, "question-phone-en")
    before = len(answers(buyer))
    buyer.get_by_test_id("quick-reply").first.click()
    until(lambda: len(answers(buyer)) > before, 10)
    assert NUMBER.search(answers(buyer)[-1])


def test_undo_cancels_and_gives_the_stock_back(phone: OpenPhone, console: Console) -> None:
    buyer = phone("xiaomei")
    left = stock(console("products/", size="desk"), "阿里山高山茶")
    number = NUMBER.search(ask(buyer, f"{code(console, '阿里山高山茶')}+3"))
    assert number
    assert stock(console("products/", size="desk"), "阿里山高山茶") != left
    before = len(answers(buyer))
    buyer.get_by_test_id("quick-reply").first.click()
    until(lambda: len(answers(buyer)) > before, 10)
    assert "取消" in answers(buyer)[-1]
    assert stock(console("products/", size="desk"), "阿里山高山茶") == left


def test_a_manager_sells_by_photo_and_three_race_for_two(
    phone: OpenPhone, console: Console, demo: Demo
) -> None:
    group = _group(demo)
    boss = phone("lin", chat=group)
    boss.get_by_test_id("photo").click()
    before = len(answers(boss))
    boss.get_by_test_id("sample-photo-1").click()
    until(lambda: len(answers(boss)) > before, 10)
    made = answers(boss)[-1]
    product = re.search(r"\d{9,}", made)
    assert product, made
    for text in ("商品名：手工皂", "價格 1500", "庫存　2"):
        _quote_photo(boss)
        changed = ask(boss, text)
        assert product[0] in changed
    assert "1,500" in answers(boss)[-1]
    picture(boss, "photo-product-phone")
    buyers = [phone(person, chat=group) for person in ("amin", "xiaomei", "amy")]
    before = len(answers(boss))
    for buyer in buyers:
        buyer.get_by_test_id("composer").fill("+1")
    for buyer in buyers:
        buyer.get_by_test_id("send").click()
    until(lambda: len(answers(boss)) >= before + 3, 15)
    told = answers(boss)[before : before + 3]
    assert sum(1 for answer in told if NUMBER.search(answer)) == 2
    assert sum(1 for answer in told if not NUMBER.search(answer)) == 1
    picture(boss, "race-phone")
    row = stock(console("products/", size="desk"), "手工皂")
    assert product[0] in row
    notice = phone("lin")
    expect(notice.locator("[data-testid=bubble][data-from=account]").last).to_contain_text(
        "手工皂", timeout=10_000
    )


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_pages_are_photographed(phone: OpenPhone, console: Console, language: str, size: str) -> None:
    person = {"zh-hant": "xiaomei", "ja": "sakura", "en": "amy"}[language]
    chat = phone(person, language=language, size=size)
    ask(chat, "+1")
    picture(chat, f"phone-{language}-{size}")
    for name, path in (
        ("today", ""),
        ("orders", "orders/"),
        ("products", "products/"),
        ("product-new", "products/new"),
        ("customers", "customers/"),
        ("outbox", "messages/"),
        ("settings", "settings/"),
    ):
        page = console(path, language=language, size=size)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
        picture(page, f"{name}-{language}-{size}")


def _group(demo: Demo) -> str:
    with urllib.request.urlopen(f"{demo.phone}/control/world") as answer:
        return str(next(chat["id"] for chat in json.load(answer)["chats"] if chat["kind"] == "group"))


def _quote_photo(boss: Page) -> None:
    photo = boss.locator("[data-testid=bubble][data-from=me]:has(img)").first
    photo.click(button="right")
    boss.get_by_test_id("menu-quote").click()
