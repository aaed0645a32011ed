"""A menu from a template: published, seen on the phone, tapped, answered; drawn on with mouse and keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SIZES, Demo, OpenPhone, picture

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
Console = Callable[..., Page]


def from_template(page: Page, template: str = "strip") -> None:
    page.locator(f"input[name=template][value={template}]").check()
    page.locator("button[name=use]").click()
    page.wait_for_url("**/messages/menus/*/")


def test_from_template_to_answer(console: Console, phone: OpenPhone) -> None:
    page = console("messages/menus/new")
    from_template(page)
    page.locator("button[name=publish]").click()
    expect(page.locator(".state-done")).to_be_visible(timeout=30_000)
    page.locator("form[action$='/show'] button").click()
    buyer = phone("amy")
    expect(buyer.locator("[data-testid^=rich-menu-area]")).to_have_count(3, timeout=15_000)
    answers = buyer.locator("[data-testid=bubble][data-from=account]")
    before = answers.count()
    buyer.get_by_test_id("rich-menu-area-2").click()
    expect(answers).to_have_count(before + 1, timeout=15_000)
    expect(buyer.locator("[data-testid=bubble][data-from=me]").last).to_contain_text("履歷")
    picture(buyer, "rich-menu-phone")


def test_the_sample_shop_has_a_menu_at_once(demo: Demo, phone: OpenPhone) -> None:
    buyer = phone("kenta")
    expect(buyer.get_by_test_id("rich-menu")).to_be_visible(timeout=15_000)
    buyer.get_by_test_id("rich-menu-bar").click()
    expect(buyer.get_by_test_id("rich-menu")).to_be_hidden()


def test_areas_are_drawn_moved_and_sized(console: Console) -> None:
    page = console("messages/menus/new", size="desk")
    from_template(page, "market")
    rows = page.locator("[data-rows] .menu-row")
    boxes = page.locator(".area-box")
    page.locator("select[aria-label]").select_option("2x1")
    expect(rows).to_have_count(2)
    for _ in range(2):
        rows.first.locator("button").click()
    expect(boxes).to_have_count(0)
    page.locator(".menu-stage").scroll_into_view_if_needed()
    stage = page.locator(".menu-stage").bounding_box()
    assert stage
    page.mouse.move(stage["x"] + 20, stage["y"] + 20)
    page.mouse.down()
    page.mouse.move(stage["x"] + 120, stage["y"] + 90, steps=5)
    page.mouse.move(stage["x"] + 220, stage["y"] + 120, steps=5)
    page.mouse.up()
    expect(boxes).to_have_count(1)
    x = rows.first.locator("[name$='-x']")
    width = rows.first.locator("[name$='-width']")
    scale = 2500 / stage["width"]
    assert abs(int(x.input_value()) - 20 * scale) < 3 * scale
    assert abs(int(width.input_value()) - 200 * scale) < 3 * scale
    before = int(x.input_value())
    boxes.first.focus()
    page.keyboard.press("ArrowRight")
    assert int(x.input_value()) == before + 10
    wide = int(width.input_value())
    boxes.first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert int(width.input_value()) == wide - 10
    box = boxes.first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 30, steps=4)
    page.mouse.up()
    assert int(x.input_value()) > before + 30
    rows.first.locator("[name$='-say']").fill("+1")
    page.locator(".menu-tap").first.click()
    expect(page.locator(".menu-said")).to_have_text("+1")
    page.locator("button[name=save]").click()
    expect(page.locator("[data-rows] .menu-row")).to_have_count(1)
    expect(page.locator("[data-rows] .menu-row [name$='-say']")).to_have_value("+1")


@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize("size", list(SIZES))
def test_pages_are_photographed(console: Console, demo: Demo, language: str, size: str) -> None:
    page = console("messages/menus/new", language=language, size=size)
    _look_at(page, f"menu-new-{language}-{size}")
    from_template(page, "tabs")
    _look_at(page, f"menu-edit-{language}-{size}")
    page = console("messages/menus/", language=language, size=size)
    _look_at(page, f"menus-{language}-{size}")


def _look_at(page: Page, name: str) -> None:
    picture(page, name)
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, name
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "async () => (await axe.run()).violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 120)}`)"
    )
    assert found == [], name
