"""The phone page in a browser, against the real simulator and a small shop that answers over LINE's API."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from .conftest import TOKEN, Sim, until

LANGUAGES = ("zh-hant", "ja", "en")

e2e = pytest.mark.e2e
Opened = Callable[..., Page]


@dataclass
class Shop:
    """A bot: what it heard; it answers each event once, through the simulator's LINE."""

    sim: Sim
    heard: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, event: dict[str, Any]) -> None:
        known = any(one["webhookEventId"] == event["webhookEventId"] for one in self.heard)
        self.heard.append(event)
        messages = [] if known else _answer_to(event)
        if messages and event.get("replyToken"):
            self.sim.line("POST", "message/reply", {"replyToken": event["replyToken"], "messages": messages})

    def wait_for(self, kind: str, **fields: Any) -> dict[str, Any]:
        """The first event of this type whose message has these fields."""
        until(lambda: any(_fits(one, kind, fields) for one in list(self.heard)))
        return next(one for one in self.heard if _fits(one, kind, fields))


def _fits(event: dict[str, Any], kind: str, fields: dict[str, Any]) -> bool:
    message = event.get("message", {})
    return event["type"] == kind and all(message.get(name) == value for name, value in fields.items())


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


def _door(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["events"]
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            for event in events:
                threading.Thread(target=shop.hear, args=(event,), daemon=True).start()

        def log_message(self, format: str, *args: Any) -> None:
            """Keeps the test's output quiet."""

    return Door


@pytest.fixture
def shop(sim: Sim) -> Iterator[Shop]:
    shop = Shop(sim)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door(shop))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    sim.set(webhook_url=f"http://127.0.0.1:{server.server_port}/")
    yield shop
    server.shutdown()
    server.server_close()


@pytest.fixture
def phone(sim: Sim, shop: Shop, browser: Browser) -> Iterator[Opened]:
    """Opens a phone; at the end no page may have had a script error or broken the page's policy."""
    troubles: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 844})

    def open_page(person: str, chat: str, language: str = "en") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console", lambda line: troubles.append(line.text) if "Security Policy" in line.text else None
        )
        page.goto(f"{sim.url}/?lang={language}#person={person}&chat={chat}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield open_page
    context.close()
    sim.call("POST", "faults/reset", {})
    assert troubles == []


def part(page: Page, name: str) -> Locator:
    return page.get_by_test_id(name)


def bubbles(page: Page, who: str) -> Locator:
    return page.locator(f'[data-testid=bubble][data-from="{who}"]')


def say(page: Page, text: str) -> None:
    part(page, "composer").fill(text)
    part(page, "send").click()


@e2e
def test_what_one_writes_is_answered_and_read(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
    say(page, "+1\n謝謝")
    expect(bubbles(page, "me")).to_have_text("+1\n謝謝")
    expect(bubbles(page, "account")).to_have_text("heard +1\n謝謝")
    expect(page.locator(".read")).to_be_visible()
    expect(part(page, "composer")).to_have_value("")


@e2e
def test_enter_sends_and_shift_enter_breaks_the_line(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
    part(page, "composer").press_sequentially("a")
    part(page, "composer").press("Shift+Enter")
    part(page, "composer").press_sequentially("b")
    part(page, "composer").press("Enter")
    expect(bubbles(page, "me")).to_have_text("a\nb")


@e2e
def test_quoting_a_photo(phone: Opened, sim: Sim, shop: Shop) -> None:
    lin = phone("lin", sim.group)
    part(lin, "photo").click()
    part(lin, "sample-photo-1").click()
    expect(bubbles(lin, "me").locator("img")).to_be_visible()
    photo = bubbles(lin, "me").get_attribute("data-message-id")

    amin = phone("amin", sim.group)
    bubbles(amin, "other").click(button="right")
    part(amin, "menu-quote").click()
    say(amin, "+2")
    expect(bubbles(amin, "me").get_by_test_id("quoted")).to_contain_text("Lin")
    heard = shop.wait_for("message", text="+2")
    assert heard["message"]["quotedMessageId"] == photo


@e2e
def test_editing_in_a_group_only(phone: Opened, sim: Sim, shop: Shop) -> None:
    page = phone("amin", sim.group)
    say(page, "+1")
    bubbles(page, "me").click()
    part(page, "menu-edit").click()
    say(page, "+3")
    expect(bubbles(page, "me")).to_have_text("+3")
    expect(page.get_by_text("Edited", exact=True)).to_be_visible()
    assert shop.wait_for("messageEdited")["message"]["text"] == "+3"

    alone = phone("amin", sim.chat("amin"))
    say(alone, "+1")
    bubbles(alone, "me").click()
    expect(part(alone, "menu-unsend")).to_be_visible()
    expect(part(alone, "menu-edit")).to_have_count(0)


@e2e
def test_taking_a_message_back_shows_on_every_phone(phone: Opened, sim: Sim, shop: Shop) -> None:
    mine, other = phone("amin", sim.group), phone("sakura", sim.group)
    say(mine, "oops")
    expect(bubbles(other, "other")).to_have_text("oops")
    bubbles(other, "other").click()
    expect(part(other, "menu-unsend")).to_have_count(0)
    bubbles(mine, "me").click()
    part(mine, "menu-unsend").click()
    expect(bubbles(mine, "me")).to_have_count(0)
    expect(other.get_by_text("阿明 unsent a message")).to_be_visible()
    shop.wait_for("unsend")


@e2e
def test_own_photo_and_sticker(phone: Opened, sim: Sim, shop: Shop) -> None:
    page = phone("amy", sim.chat("amy"))
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(picture, "PNG")
    part(page, "photo").click()
    file: FilePayload = {"name": "mine.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    part(page, "photo-file").set_input_files(file)
    expect(bubbles(page, "me").locator("img")).to_have_count(1)
    part(page, "sticker").click()
    part(page, "sticker-2").click()
    expect(bubbles(page, "me").locator("svg.sticker")).to_be_visible()
    shop.wait_for("message", type="image")
    shop.wait_for("message", type="sticker")


@e2e
def test_quick_replies_go_when_a_message_comes(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
    say(page, "sizes")
    expect(part(page, "quick-reply")).to_have_text(["S", "M"])
    part(page, "quick-reply").last.click()
    expect(bubbles(page, "me").last).to_have_text("M")
    expect(bubbles(page, "account").last).to_have_text("heard M")
    expect(part(page, "quick-reply")).to_have_count(0)


@e2e
def test_a_flex_button_posts_back(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
    say(page, "card")
    text = bubbles(page, "account").get_by_text("Tea <b>tin</b>")
    expect(text).to_have_css("color", "rgb(170, 0, 0)")
    part(page, "flex-button").click()
    expect(bubbles(page, "me").last).to_have_text("I take it")
    expect(bubbles(page, "account").last).to_have_text("data take=1")


@e2e
def test_the_menu_at_the_bottom_speaks_posts_and_switches(phone: Opened, sim: Sim, shop: Shop) -> None:
    first, second = two_menus(sim)
    sim.line("POST", f"user/all/richmenu/{first}")
    page = phone("amy", sim.chat("amy"))
    part(page, "rich-menu-area-1").click()
    expect(bubbles(page, "account").last).to_contain_text("heard history")
    part(page, "rich-menu-area-2").click()
    expect(bubbles(page, "account").last).to_contain_text("data from=menu")
    part(page, "rich-menu-area-3").click()
    expect(part(page, "rich-menu-bar")).to_contain_text("second")
    expect(part(page, "rich-menu")).to_be_hidden()
    part(page, "rich-menu-bar").click()
    expect(part(page, "rich-menu")).to_be_visible()
    told = [one["postback"] for one in shop.heard if one["type"] == "postback"][-1]
    assert told["params"] == {"newRichMenuAliasId": "second", "status": "SUCCESS"}
    sim.line("DELETE", f"richmenu/{second}")
    expect(part(page, "rich-menu-bar")).to_contain_text("first")
    other = phone("kenta", sim.group)
    expect(part(other, "rich-menu-bar")).to_be_hidden()


def two_menus(sim: Sim) -> tuple[str, str]:
    """An open menu with three areas, and a closed one that the third switches to."""
    actions = [
        {"type": "message", "text": "history"},
        {"type": "postback", "data": "from=menu", "displayText": "menu"},
        {"type": "richmenuswitch", "richMenuAliasId": "second", "data": "tab"},
    ]
    areas = [
        {"bounds": {"x": 400 * index, "y": 0, "width": 400, "height": 405}, "action": action}
        for index, action in enumerate(actions)
    ]
    first, second = (_menu(sim, name, areas) for name in ("first", "second"))
    sim.line("POST", "richmenu/alias", {"richMenuAliasId": "second", "richMenuId": second})
    return first, second


def _menu(sim: Sim, name: str, areas: list[dict[str, Any]]) -> str:
    body = {"size": {"width": 1200, "height": 405}, "selected": name == "first", "name": name}
    body |= {"chatBarText": name, "areas": areas}
    menu: str = sim.line("POST", "richmenu", body).json()["richMenuId"]
    out = io.BytesIO()
    Image.new("RGB", (1200, 405), (230, 230, 250)).save(out, "JPEG")
    headers = {"authorization": f"Bearer {TOKEN}", "content-type": "image/jpeg"}
    url = f"{sim.url}/v2/bot/richmenu/{menu}/content"
    assert sim.http.post(url, content=out.getvalue(), headers=headers).status_code == 200
    return menu


@e2e
def test_a_fault_from_the_panel_reaches_the_shop(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
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
def test_blocking_closes_the_chat_and_unblocking_opens_it(phone: Opened, sim: Sim, shop: Shop) -> None:
    page = phone("kenta", sim.chat("kenta"))
    part(page, "chat-menu").click()
    part(page, "menu-blocked").click()
    expect(part(page, "composer")).to_be_hidden()
    shop.wait_for("unfollow")
    part(page, "join").click()
    expect(part(page, "composer")).to_be_visible()
    shop.wait_for("follow")


@e2e
def test_another_person_sees_the_same_group(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.group)
    say(page, "+1")
    part(page, "person-sakura").click()
    expect(bubbles(page, "other")).to_have_text("+1")
    assert f"person=sakura&chat={sim.group}" in page.url
    page.go_back()
    expect(bubbles(page, "me")).to_have_text("+1")


@e2e
def test_the_keyboard_alone_quotes(phone: Opened, sim: Sim) -> None:
    page = phone("amin", sim.chat("amin"))
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
def test_nothing_sticks_out_and_targets_are_large(phone: Opened, sim: Sim, language: str) -> None:
    page = phone("amin", sim.group, language)
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
