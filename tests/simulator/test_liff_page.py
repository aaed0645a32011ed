"""A small shop's LIFF page in a browser: the stand-in SDK from the phone and from elsewhere."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import CHANNEL, Sim
from .signing_in import LIFF

pytestmark = pytest.mark.e2e

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>shop</title>
<p id="who">…</p><p id="state"></p><p id="result"></p>
<button id="login">login</button><button id="logout">logout</button><button id="send">send</button>
<button id="share">share</button><button id="close">close</button>
<script src="{sdk}"></script><script src="/shop.js"></script></html>"""
SCRIPT = """
const say = (id, words) => { document.getElementById(id).textContent = words; };
const on = (id, act) => { document.getElementById(id).onclick = async () => {
  try { say('result', JSON.stringify(await act()) ?? 'nothing'); }
  catch (error) { say('result', error.code); }
}; };
on('login', () => liff.login());
on('logout', () => { liff.logout(); say('who', 'nobody'); });
on('send', () => liff.sendMessages([{type: 'text', text: 'from the page'}]));
on('share', () => liff.shareTargetPicker([{type: 'text', text: 'look'}]));
on('close', () => liff.closeWindow());
liff.init({liffId: LIFF_ID}).then(async () => {
  const address = location.pathname + location.search + location.hash;
  say('state', JSON.stringify([liff.isInClient(), address, liff.getContext()?.type]));
  if (!liff.isLoggedIn()) return say('who', 'nobody');
  const [profile, friend] = [await liff.getProfile(), await liff.getFriendship()];
  say('who', `${profile.displayName} ${liff.getDecodedIDToken().name} ${friend.friendFlag}`);
}).catch((error) => say('who', `${error.code} ${error.message}`));
"""


@dataclass
class LiffShop:
    """Pages at `url`; `sim` knows them as a LIFF app."""

    sim: Sim
    url: str

    @property
    def link(self) -> str:
        return f"{self.sim.url}/{LIFF}"


def _handler(sim: Sim) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script = self.path == "/shop.js"
            text = (
                SCRIPT.replace("LIFF_ID", f"'{LIFF}'")
                if script
                else PAGE.replace("{sdk}", f"{sim.url}/liff/sdk.js")
            )
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if script else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the test's output quiet."""

    return Handler


@pytest.fixture
def shop(login: Sim) -> Iterator[LiffShop]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(login))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/t/demo/liff/"
    login.call("PATCH", f"liff-apps/{LIFF}", {"endpoint": url})
    yield LiffShop(login, url)
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    troubles: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en")
    page = context.new_page()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert troubles == []


def test_a_link_in_a_chat_opens_the_page_as_its_person(shop: LiffShop, page: Page) -> None:
    sim = shop.sim
    sim.push(sim.user("kenta"), f"{shop.link}/product/p1?a=1")
    page.goto(f"{sim.url}/?lang=en#person=kenta&chat={sim.chat('kenta')}")
    page.get_by_test_id("messages").get_by_role("link").click()
    frame = page.frame_locator("[data-testid=liff-frame]")
    expect(frame.locator("#who")).to_have_text("健太 健太 true")
    expect(frame.locator("#state")).to_have_text('[true,"/t/demo/liff/product/p1?a=1","utou"]')
    frame.locator("#send").click()
    expect(page.locator('[data-testid=bubble][data-from="me"]')).to_contain_text("from the page")
    frame.locator("#close").click()
    expect(page.get_by_test_id("liff-frame")).to_have_count(0)


def test_the_next_person_on_the_same_phone_is_somebody_else(shop: LiffShop, page: Page) -> None:
    sim = shop.sim
    sim.push(sim.group, f"https://liff.line.me/{LIFF}")
    for person, name in (("kenta", "健太"), ("amy", "Amy")):
        page.goto(f"{sim.url}/?lang=en#person={person}&chat={sim.group}")
        page.get_by_test_id("messages").get_by_role("link").click()
        frame = page.frame_locator("[data-testid=liff-frame]")
        expect(frame.locator("#who")).to_have_text(f"{name} {name} true")
        expect(frame.locator("#state")).to_contain_text("group")
        frame.locator("#close").click()


def test_another_browser_signs_in_at_line(shop: LiffShop, page: Page) -> None:
    page.goto(f"{shop.link}/orders?x=1")
    expect(page.locator("#who")).to_have_text("nobody")
    expect(page.locator("#state")).to_have_text('[false,"/t/demo/liff/orders?x=1",null]')
    page.click("#login")
    expect(page.get_by_role("heading", level=1)).to_have_text("小鋪")
    page.get_by_text("さくら").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("#who")).to_have_text("さくら さくら true")
    expect(page.locator("#state")).to_have_text('[false,"/t/demo/liff/orders?x=1","none"]')
    page.click("#send")
    expect(page.locator("#result")).to_have_text("FORBIDDEN")
    page.reload()
    expect(page.locator("#who")).to_have_text("さくら さくら true")
    page.click("#logout")
    page.reload()
    expect(page.locator("#who")).to_have_text("nobody")


def test_sharing_asks_with_whom(shop: LiffShop, page: Page) -> None:
    sim = shop.sim
    page.goto(sim.call("POST", "liff/open", {"person": "amy", "url": shop.link})["url"])
    page.click("#share")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#result")).to_have_text("nothing")
    page.click("#share")
    page.get_by_label("團購群").check()
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.locator("#result")).to_have_text('{"status":"success"}')
    assert sim.bubbles(sim.group)[-1]["body"]["text"] == "look"


def test_a_token_that_line_forgot_is_no_login(shop: LiffShop, page: Page) -> None:
    sim = shop.sim
    page.goto(sim.call("POST", "liff/open", {"person": "amy", "url": shop.link})["url"])
    expect(page.locator("#who")).to_contain_text("Amy")
    sim.advance(12 * 3600 + 1)
    page.reload()
    expect(page.locator("#who")).to_have_text("nobody")


def test_the_sign_in_page_fits_a_phone(shop: LiffShop, page: Page) -> None:
    sim = shop.sim
    sim.call("PATCH", f"liff-apps/{LIFF}", {"bot_prompt": "normal"})
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "none"})
    page.goto(shop.link)
    page.click("#login")
    expect(page.get_by_text("Add as a friend")).to_be_visible()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    heights = "[...document.querySelectorAll('button, label')].map(n => n.getBoundingClientRect().height)"
    assert min(page.evaluate(heights)) >= 44
