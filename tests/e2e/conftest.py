"""The demo as a newcomer starts it, and a browser. No test here touches the database: everything goes
through pages.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ports import free_ports
from tests.running import until

PICTURES = Path(__file__).resolve().parents[2] / "screenshots"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
CHANNEL = "1650000001"
# A page is right or wrong, not quick or slow: five seconds are too few where three browsers share a core.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser, so `make test` leaves it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class Demo:
    """The running demo's addresses."""

    shop: str
    phone: str

    def chat(self, person: str) -> str:
        """The id of a person's 1:1 chat with the shop."""
        return f"{CHANNEL}-{person}"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """`plusone demo` in a new folder, as `make demo` starts it; stopped as Ctrl-C does.

    Each module has its own: what one story sells out or lets lapse must not be another's beginning.
    """
    port = free_ports(2)
    folder = tempfile.mkdtemp(prefix="plusone-e2e-")
    output = Path(folder) / "output"
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_URL", "PLUSONE_", "LINE_"))
    }
    with output.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "plusone", "demo", "--port", str(port)],
            env={**inherited, "PLUSONE_DATA": folder},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: _announced(process, output), 120)
        yield Demo(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


OpenPhone = Callable[..., Page]


@pytest.fixture
def phone(demo: Demo, browser: Browser) -> Iterator[OpenPhone]:
    """Open the simulator's phone as a person in a chat: phone("xiaomei"), phone("lin", chat=…,
    language=…, size=…).
    """
    pages: list[Page] = []

    def open_phone(person: str, *, chat: str = "", language: str = "zh-hant", size: str = "phone") -> Page:
        width, height = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.goto(f"{demo.phone}/?lang={language}#person={person}&chat={chat or demo.chat(person)}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_phone
    for page in pages:
        page.close()


@pytest.fixture
def console(demo: Demo, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a console page signed in by the demo's one click: console("orders/"), console("",
    language="ja", size="desk").
    """
    pages: list[Page] = []

    def open_console(path: str = "", *, language: str = "zh-hant", size: str = "phone") -> Page:
        width, height = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height})
        pages.append(page)
        page.goto(f"{demo.shop}/t/demo/console/{path}?lang={language}")
        if "sign-in" in page.url:
            page.locator("form[action$='sign-in/demo'] button").click()
            page.goto(f"{demo.shop}/t/demo/console/{path}?lang={language}")
        return page

    yield open_console
    for page in pages:
        page.close()


def say(page: Page, text: str) -> None:
    """Write in the phone's composer and send."""
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("send").click()


def answers(page: Page) -> list[str]:
    """What the account has said in the open chat."""
    return page.locator("[data-testid=bubble][data-from=account]").all_inner_texts()


def ask(page: Page, text: str) -> str:
    """Write, and wait for the account's next words."""
    before = page.locator("[data-testid=bubble][data-from=account]")
    count = before.count()
    say(page, text)
    expect(before).to_have_count(count + 1, timeout=10_000)
    return before.last.inner_text()


def picture(page: Page, name: str) -> None:
    """Keep a screenshot for people to look at."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=False)


def _announced(process: "subprocess.Popen[bytes]", output: Path) -> bool:
    said = output.read_text(errors="replace")
    assert process.poll() is None, f"the demo ended with {process.returncode}:\n{said[-4000:]}"
    return "Ctrl-C" in said
