"""The work on products in a browser: cut a picture, drag the shelf, change many, look at a table first."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.running import until

Console = Callable[..., Page]
# The sides of the file that the form would send. Asked anew each time: a promise is true to any wait.
SIDES = """async () => {
  const file = document.querySelector("#id_picture").files[0];
  const picture = file && await createImageBitmap(file);
  return picture ? [picture.width, picture.height] : [];
}"""


def names(page: Page) -> list[str]:
    """The products of the shelf, in order."""
    found: list[str] = page.locator(".shelf-item").evaluate_all("items => items.map(one => one.dataset.name)")
    return found


def test_a_shelf_is_dragged_and_moved_by_keys_and_stays_so(console: Console) -> None:
    page = console("products/order", size="desk")
    before = names(page)
    handle = page.locator(".shelf-handle").last.bounding_box()
    first = page.locator(".shelf-item").first.bounding_box()
    assert handle
    assert first
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(first["x"] + 40, first["y"] + 4, steps=8)
    with page.expect_response("**/products/order/place") as stored:
        page.mouse.up()
    assert stored.value.status == 204
    dragged = [before[-1], *before[:-1]]
    assert names(page) == dragged
    page.reload()
    assert names(page) == dragged
    with page.expect_response("**/products/order/place"):
        page.locator(".shelf-handle").first.press("ArrowDown")
    moved = [dragged[1], dragged[0], *dragged[2:]]
    page.reload()
    assert names(page) == moved


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_several_are_ticked_changed_and_taken_back(console: Console, size: str) -> None:
    page = console("products/", size=size)
    if size == "phone":
        page.locator("#pick").click()
    for number in (0, 1):
        page.locator(".tick-box").nth(number).check()
    expect(page.locator(".bulk-count")).to_contain_text("2")
    page.locator("#bulk-verb").select_option("hide")
    page.locator("#bulk .btn-primary").click()
    expect(page.locator(".switch-button[aria-checked=false]")).to_have_count(2)
    page.locator("#notices [hx-post]").last.click()
    expect(page.locator(".switch-button[aria-checked=false]")).to_have_count(0)


def test_a_table_is_seen_before_it_is_applied(console: Console, tmp_path: Path) -> None:
    page = console("products/import")
    table = tmp_path / "商品.csv"
    table.write_bytes("商品名稱,價格,庫存\n匯入的茶,123,4\n".encode("cp950"))
    page.locator("#id_file").set_input_files(table)
    page.locator("main form .btn-primary").click()
    expect(page.locator(".tally-value").first).to_have_text("1")
    expect(page.locator("main")).to_contain_text("Big5")
    page.locator("main form .btn-primary").click()
    expect(page.locator("#products")).to_contain_text("匯入的茶")


def test_a_picture_is_cut_to_a_square_before_it_is_sent(console: Console, tmp_path: Path) -> None:
    page = console("products/new")
    picture = tmp_path / "wide.png"
    Image.new("RGB", (600, 300), "#6d5bd0").save(picture)
    page.locator("#id_picture").set_input_files(picture)
    page.locator(".image-tools .toggle").check()
    until(lambda: page.evaluate(SIDES) == [300, 300], 15)
