"""Every page of the product, in three languages, on phone and desk, one time in the dark: fits, is
accessible, speaks one language, complains of nothing, is light.
"""

from collections.abc import Iterator

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests.e2e import every, looking, stage
from tests.e2e.conftest import SIZES, Demo
from tests.e2e.looking import Findings
from tests.e2e.stage import Stage

LANGUAGES = ("zh-hant", "ja", "en")
DARK = "zh-hant"


@pytest.fixture(scope="module")
def played(demo: Demo, browser: Browser) -> Stage:
    """A demo with something of everything."""
    return stage.set_up(demo, browser)


def test_every_address_is_a_page_that_is_looked_at_or_says_why_not(played: Stage) -> None:
    """What neither table names must refuse GET: a form's target, no page."""
    assert every.gone() == set()
    shows = [text for text in every.unlisted() if not _refuses_get(played, text)]
    assert shows == []


def _refuses_get(played: Stage, text: str) -> bool:
    path = every.Seen(text, "").path(dict.fromkeys(every.blanks(text), "1") | played.values)
    return httpx2.get(f"{played.demo.shop}{path}", cookies=_cookies(played)).status_code == 405


def _cookies(played: Stage) -> dict[str, str]:
    """Of the owner and a signed-in buyer at once."""
    states = (played.visitors[who] for who in ("buyer", "owner"))
    return {cookie["name"]: cookie["value"] for state in states if state for cookie in state["cookies"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(played: Stage, browser: Browser, language: str) -> None:
    findings = Findings()
    for who, pages in _by_visitor():
        context = _context(browser, played.visitors[who], language)
        page = context.new_page()
        findings.watch(page)
        for one in pages:
            findings.where = f"{one.name} ({language})"
            _visit(page, played, one, findings, language)
        context.close()
    assert findings.found == []


def _by_visitor() -> Iterator[tuple[str, list[every.Seen]]]:
    for who in dict.fromkeys(one.who for one in every.SEEN):
        yield who, [one for one in every.SEEN if one.who == who]


def _context(browser: Browser, state: StorageState | None, language: str) -> BrowserContext:
    width, height = SIZES["phone"]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        storage_state=state,
        locale={"zh-hant": "zh-TW", "ja": "ja-JP", "en": "en-US"}[language],
        reduced_motion="reduce",
    )
    context.add_init_script(looking.ANSWERED)
    return context


def _visit(page: Page, played: Stage, one: every.Seen, findings: Findings, language: str) -> None:
    width, height = SIZES["phone"]
    page.set_viewport_size({"width": width, "height": height})
    path = one.path(played.values)
    answer = page.goto(f"{played.demo.shop}{path}{'&' if '?' in path else '?'}lang={language}")
    assert answer
    if answer.status != one.answers or ("sign-in" in page.url.removeprefix(path) and one.name != "sign-in"):
        findings.add(f"answers {answer.status} at {page.url}")
        return
    looking.look(page, findings, one.name, language, dark=language == DARK)
    if (heavy := looking.weight(page, answer)) > looking.MOST_BYTES:
        findings.add(f"weighs {heavy} bytes")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_simulators_pages(played: Stage, browser: Browser, language: str) -> None:
    findings = Findings()
    context = _context(browser, None, language)
    page = context.new_page()
    findings.watch(page)
    for name, address in every.simulators(played, language).items():
        findings.where = f"{name} ({language})"
        width, height = SIZES["phone"]
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        if name == "phone":
            page.wait_for_selector("body[data-ready]")
        looking.look(page, findings, name, language, dark=False)
    context.close()
    assert findings.found == []
