"""The styleguide in a browser: every part, three languages, phone and desk, light and dark."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import PICTURES, SIZES
from tests.ports import free_port
from tests.running import until

HERE = Path(__file__).resolve().parent
AXE = (HERE / "vendor" / "axe.min.js").read_text()
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
EXEMPT = ".row-link, .skip-link, .text-link, .sr-only, label *"
TOO_SMALL = """(exempt) => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((element) => element.offsetHeight && element.offsetHeight < 44 && !element.matches(exempt))
  .map((element) => element.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The parts' own site, as a process."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "parts_site.py"), str(port)], stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/styleguide")
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {address}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone page that fails the test when the content policy or a script complains."""
    yield from _watched(browser, "phone", "light")


def _watched(browser: Browser, size: str, theme: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [text for text in complaints if not text.startswith("Failed to load resource")] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("language", ["zh-hant", "ja", "en"])
def test_every_part_fits_and_is_accessible(
    site: str, browser: Browser, language: str, size: str, theme: str
) -> None:
    for page in _watched(browser, size, theme):
        page.goto(f"{site}/styleguide?lang={language}")
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"styleguide-{language}-{size}-{theme}.png", full_page=True)
        assert page.evaluate(TOO_WIDE) <= 0
        assert size == "desk" or page.evaluate(TOO_SMALL, EXEMPT) == []
        assert _axe(page) == []


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_error_pages_say_what_to_do_in_each_language(site: str, page: Page, code: int) -> None:
    headings = set()
    for language in ("zh-hant", "ja", "en"):
        page.goto(f"{site}/{code}?lang={language}")
        headings.add(page.locator("h1").inner_text())
        assert _axe(page) == []
    assert len(headings) == 3


def _axe(page: Page) -> list[tuple[str, str]]:
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [(fault["id"], node["html"]) for fault in found["violations"] for node in fault["nodes"]]


def test_the_language_of_the_page_is_marked(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=zh-hant")
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    expect(page.locator("#part-status")).to_contain_text("已售完/取消")
    page.goto(f"{site}/styleguide")
    assert page.locator("html").get_attribute("lang") == "zh-Hant"


def test_a_chosen_theme_stays(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    page.get_by_label("You and your settings").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "plusone-dark"


def test_a_menu_closes_with_escape_and_from_outside(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    more = page.locator(".door-more details")
    more.locator("summary").click()
    for door in ("Messages", "Settings"):  # visible is not enough: the sheet once hung below the screen
        expect(page.get_by_role("link", name=door)).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert more.get_attribute("open") is None
    more.locator("summary").click()
    page.locator("h1").click()
    assert more.get_attribute("open") is None


def test_what_cannot_be_taken_back_asks_first(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    page.get_by_role("button", name="Send campaign").click()
    sheet = page.get_by_role("dialog", name="Send to 1,284 friends?")
    expect(sheet).to_contain_text("Can be stopped for")
    sheet.get_by_role("button", name="Not now").click()
    expect(sheet).to_be_hidden()


def test_a_notice_can_be_closed(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    notices = page.locator("#notices .notice:visible")
    expect(notices).to_have_count(1)
    notices.get_by_label("Close").click()
    expect(notices).to_have_count(0)


def test_a_relative_time_turns_exact_on_a_press(site: str, page: Page) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    moment = page.locator("button.when")
    expect(moment.locator("span:visible")).to_have_text("just now")
    moment.click()
    expect(moment.locator("span:visible")).to_contain_text("CST")


def test_a_picture_is_shown_refused_or_cut(site: str, page: Page, tmp_path: Path) -> None:
    page.goto(f"{site}/styleguide?lang=en")
    field = page.locator(".image-input").first
    chooser = field.locator("input[type=file]")
    (tmp_path / "note.txt").write_text("no picture")
    chooser.set_input_files(tmp_path / "note.txt")
    expect(field.get_by_role("alert")).to_contain_text("neither a JPG nor a PNG")
    Image.new("RGB", (600, 300), "#5243c2").save(tmp_path / "wide.png")
    chooser.set_input_files(tmp_path / "wide.png")
    expect(field.locator("canvas")).to_be_visible()
    field.get_by_label("Crop to a square").check()
    until(lambda: page.evaluate(_SIDES) == [300, 300], 15)


_SIDES = (
    "() => createImageBitmap(document.querySelector('.image-input input[type=file]').files[0])"
    ".then((picture) => [picture.width, picture.height])"
)
