"""The phone page in a browser, against the real simulator process and a small shop that answers through LINE's API."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "plusone" / "simulator" / "static" / "phone"
LANGUAGES = ("zh-hant", "ja", "en")
CHANNEL, TOKEN = "2000000001", "phone-page-token"
CHROMIUM_ARGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

e2e = pytest.mark.e2e


@dataclass
class Shop:
    """A bot: what it heard, and the simulator it answers to."""

    address: str = ""
    line: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, event: dict[str, Any]) -> None:
        known = any(one["webhookEventId"] == event["webhookEventId"] for one in self.heard)
        self.heard.append(event)
        messages = [] if known else _answer_to(event)
        if messages and event.get("replyToken"):
            body = {"replyToken": event["replyToken"], "messages": messages}
            post(f"{self.line}/v2/bot/message/reply", body, TOKEN)

    def wait_for(self, right: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            for event in self.heard:
                if right(event):
                    return event
            time.sleep(0.02)
        raise AssertionError(f"never heard; heard {[event['type'] for event in self.heard]}")


def _answer_to(event: dict[str, Any]) -> list[dict[str, Any]]:
    if event["type"] == "postback":
        return [{"type": "text", "text": f"data {event['postback']['data']}"}]
    if event["type"] != "message" or event["message"]["type"] != "text":
        return []
    return _ANSWERS.get(
        event["message"]["text"], [{"type": "text", "text": f"heard {event['message']['text']}"}]
    )


def _chip(text: str) -> dict[str, Any]:
    return {"type": "action", "action": {"type": "message", "label": text, "text": text}}


_BUTTON = {"type": "postback", "label": "Take it", "data": "take=1", "displayText": "I take it"}
_ANSWERS: dict[str, list[dict[str, Any]]] = {
    "sizes": [{"type": "text", "text": "Which size?", "quickReply": {"items": [_chip("S"), _chip("M")]}}],
    "card": [
        {
            "type": "flex",
            "altText": "card",
            "contents": {
                "type": "bubble",
                "body": {
                    "type": "box",
                    "layout": "vertical",
                    "contents": [
                        {"type": "text", "text": "Tea <b>tin</b>", "weight": "bold", "color": "#aa0000"},
                        {"type": "button", "action": _BUTTON},
                    ],
                },
            },
        }
    ],
}


def post(address: str, body: dict[str, Any], token: str = "", method: str = "POST") -> dict[str, Any]:
    """One JSON call over real HTTP."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urlopen(Request(address, json.dumps(body).encode(), headers, method=method), timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    bot = Shop()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["events"]
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            for event in events:
                threading.Thread(target=bot.hear, args=(event,), daemon=True).start()

        def log_message(self, format: str, *args: Any) -> None:
            """Keeps the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    bot.address = f"http://127.0.0.1:{server.server_port}/"
    yield bot
    server.shutdown()


@pytest.fixture(scope="module")
def simulator_page(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "plusone.simulator", "--port", str(port)]
    data = tmp_path_factory.mktemp("phone")
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen([*command, "--data", str(data)], cwd=ROOT, env=environment)
    shop.line = f"http://127.0.0.1:{port}"
    _wait_until_up(shop.line)
    yield shop.line
    process.terminate()
    process.wait(20)


def _wait_until_up(address: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            urlopen(f"{address}/control/world", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the simulator did not start")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def cast(simulator_page: str, shop: Shop) -> dict[str, Any]:
    shop.heard.clear()
    post(f"{simulator_page}/control/reset", {})
    account = {"channel_id": CHANNEL, "secret": "s" * 32, "access_token": TOKEN, "name": "Tea shop"}
    return post(f"{simulator_page}/control/seed", account | {"webhook_url": shop.address})


@pytest.fixture
def phone(simulator_page: str, cast: dict[str, Any], chromium: Browser) -> Iterator[Callable[..., Page]]:
    troubles: list[str] = []
    context = chromium.new_context(viewport={"width": 390, "height": 844})

    def open_page(person: str, chat: str, language: str = "en") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda line: troubles.append(line.text) if "Security Policy" in line.text else None
        )
        page.goto(f"{simulator_page}/?lang={language}#person={person}&chat={chat}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_page
    context.close()
    assert troubles == []


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def bubbles(page: Page, who: str) -> Locator:
    return page.locator(f'[data-testid=bubble][data-from="{who}"]')


def say(page: Page, text: str) -> None:
    part(page, "composer").fill(text)
    part(page, "send").click()


@e2e
def test_what_one_writes_is_answered_and_read(phone: Callable[..., Page], cast: dict[str, Any]) -> None:
    page = phone("amin", cast["chats"]["amin"])
    say(page, "+1\n謝謝")
    expect(bubbles(page, "me")).to_have_text("+1\n謝謝")
    expect(bubbles(page, "account")).to_have_text("heard +1\n謝謝")
    expect(page.locator(".read")).to_be_visible()
    expect(part(page, "composer")).to_have_value("")


@e2e
def test_enter_sends_and_shift_enter_breaks_the_line(
    phone: Callable[..., Page], cast: dict[str, Any]
) -> None:
    page = phone("amin", cast["chats"]["amin"])
    part(page, "composer").press_sequentially("a")
    part(page, "composer").press("Shift+Enter")
    part(page, "composer").press_sequentially("b")
    part(page, "composer").press("Enter")
    expect(bubbles(page, "me")).to_have_text("a\nb")


@e2e
def test_quoting_a_photo(phone: Callable[..., Page], cast: dict[str, Any], shop: Shop) -> None:
    lin = phone("lin", cast["group"])
    part(lin, "photo").click()
    part(lin, "sample-photo-1").click()
    expect(bubbles(lin, "me").locator("img")).to_be_visible()
    photo = bubbles(lin, "me").get_attribute("data-message-id")

    amin = phone("amin", cast["group"])
    bubbles(amin, "other").click(button="right")
    part(amin, "menu-quote").click()
    say(amin, "+2")
    expect(bubbles(amin, "me").get_by_test_id("quoted")).to_contain_text("Lin")
    heard = shop.wait_for(lambda event: event.get("message", {}).get("text") == "+2")
    assert heard["message"]["quotedMessageId"] == photo


@e2e
def test_editing_in_a_group_only(phone: Callable[..., Page], cast: dict[str, Any], shop: Shop) -> None:
    page = phone("amin", cast["group"])
    say(page, "+1")
    bubbles(page, "me").click()
    part(page, "menu-edit").click()
    say(page, "+3")
    expect(bubbles(page, "me")).to_have_text("+3")
    expect(page.get_by_text("Edited", exact=True)).to_be_visible()
    assert shop.wait_for(lambda event: event["type"] == "messageEdited")["message"]["text"] == "+3"

    alone = phone("amin", cast["chats"]["amin"])
    say(alone, "+1")
    bubbles(alone, "me").click()
    expect(part(alone, "menu-unsend")).to_be_visible()
    expect(part(alone, "menu-edit")).to_have_count(0)


@e2e
def test_taking_a_message_back_shows_on_every_phone(
    phone: Callable[..., Page], cast: dict[str, Any], shop: Shop
) -> None:
    mine, other = phone("amin", cast["group"]), phone("sakura", cast["group"])
    say(mine, "oops")
    expect(bubbles(other, "other")).to_have_text("oops")
    bubbles(other, "other").click()
    expect(part(other, "menu-unsend")).to_have_count(0)
    bubbles(mine, "me").click()
    part(mine, "menu-unsend").click()
    expect(bubbles(mine, "me")).to_have_count(0)
    expect(other.get_by_text("阿明 unsent a message")).to_be_visible()
    shop.wait_for(lambda event: event["type"] == "unsend")


@e2e
def test_own_photo_and_sticker(phone: Callable[..., Page], cast: dict[str, Any], shop: Shop) -> None:
    page = phone("amy", cast["chats"]["amy"])
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
    part(page, "photo").click()
    file = {"name": "mine.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    part(page, "photo-file").set_input_files([file])  # type: ignore[list-item]
    expect(bubbles(page, "me").locator("img")).to_have_count(1)
    part(page, "sticker").click()
    part(page, "sticker-2").click()
    expect(bubbles(page, "me").locator("svg.sticker")).to_be_visible()
    shop.wait_for(lambda event: event.get("message", {}).get("type") == "image")
    shop.wait_for(lambda event: event.get("message", {}).get("type") == "sticker")


@e2e
def test_quick_replies_go_when_a_message_comes(phone: Callable[..., Page], cast: dict[str, Any]) -> None:
    page = phone("amin", cast["chats"]["amin"])
    say(page, "sizes")
    expect(part(page, "quick-reply")).to_have_text(["S", "M"])
    part(page, "quick-reply").last.click()
    expect(bubbles(page, "me").last).to_have_text("M")
    expect(bubbles(page, "account").last).to_have_text("heard M")
    expect(part(page, "quick-reply")).to_have_count(0)


@e2e
def test_a_flex_button_posts_back(phone: Callable[..., Page], cast: dict[str, Any]) -> None:
    page = phone("amin", cast["chats"]["amin"])
    say(page, "card")
    text = bubbles(page, "account").get_by_text("Tea <b>tin</b>")
    expect(text).to_have_css("color", "rgb(170, 0, 0)")
    part(page, "flex-button").click()
    expect(bubbles(page, "me").last).to_have_text("I take it")
    expect(bubbles(page, "account").last).to_have_text("data take=1")


@e2e
def test_a_fault_from_the_panel_reaches_the_shop(
    phone: Callable[..., Page], cast: dict[str, Any], simulator_page: str
) -> None:
    page = phone("amin", cast["chats"]["amin"])
    part(page, "pane-line").click()
    part(page, "tab-faults").click()
    part(page, "fault-duplicates").click()
    expect(part(page, "fault-duplicates")).to_have_attribute("aria-checked", "true")
    part(page, "tab-log").click()
    part(page, "pane-phone").click()
    say(page, "+1")
    part(page, "pane-line").click()
    expect(page.locator("[data-testid=log-row][data-what=duplicate]")).to_be_visible()
    part(page, "tab-faults").click()
    part(page, "faults-reset").click()
    expect(part(page, "fault-duplicates")).to_have_attribute("aria-checked", "false")


@e2e
def test_blocking_closes_the_chat_and_unblocking_opens_it(
    phone: Callable[..., Page], cast: dict[str, Any], shop: Shop
) -> None:
    page = phone("kenta", cast["chats"]["kenta"])
    part(page, "chat-menu").click()
    part(page, "menu-blocked").click()
    expect(part(page, "composer")).to_be_hidden()
    shop.wait_for(lambda event: event["type"] == "unfollow")
    part(page, "join").click()
    expect(part(page, "composer")).to_be_visible()
    shop.wait_for(lambda event: event["type"] == "follow")


@e2e
def test_another_person_sees_the_same_group(phone: Callable[..., Page], cast: dict[str, Any]) -> None:
    page = phone("amin", cast["group"])
    say(page, "+1")
    part(page, "person-sakura").click()
    expect(bubbles(page, "other")).to_have_text("+1")
    assert f"person=sakura&chat={cast['group']}" in page.url
    page.go_back()
    expect(bubbles(page, "me")).to_have_text("+1")


@e2e
def test_the_keyboard_alone_quotes(phone: Callable[..., Page], cast: dict[str, Any]) -> None:
    page = phone("amin", cast["chats"]["amin"])
    say(page, "+1")
    more = part(page, "bubble-menu").first
    more.focus()
    more.press("Enter")
    expect(part(page, "menu-quote")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(part(page, "menu-copy")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(part(page, "composer")).to_be_focused()
    expect(part(page, "about")).to_contain_text("阿明")


@e2e
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_sticks_out_and_targets_are_large(
    phone: Callable[..., Page], cast: dict[str, Any], language: str
) -> None:
    page = phone("amin", cast["group"], language)
    say(page, "sizes")
    expect(part(page, "quick-reply")).to_have_count(2)
    for width in (360, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for pane in ("chats", "phone", "line"):
            if part(page, f"pane-{pane}").is_visible():
                part(page, f"pane-{pane}").click()
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert page.evaluate(SMALL_TARGETS) == []


SMALL_TARGETS = """[...document.querySelectorAll('button, a, select, input:not([type=file])')]
  .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.closest('.words, .meta'))
  .filter(node => node.getBoundingClientRect().height < 43.5)
  .map(node => node.dataset.testid || node.textContent)"""


def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "words" / f"{language}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language: str) -> None:
    here, english = _words(language), _words("en")
    assert list(here) == list(english)
    for key, text in here.items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_every_text_that_the_page_asks_for_is_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    asked = set(re.findall(r"""\bt\("([a-z_0-9.]+)"[,)]""", source))
    assert asked - set(_words("en")) == set()
    assert len(asked) > 80
