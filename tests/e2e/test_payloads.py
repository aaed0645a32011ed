"""Names and notes stay data on every page (P36): a browser opens each page of a shop in which every text that
somebody can write is hostile, and nothing runs.
"""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import TypeVar
from urllib.parse import urljoin, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.http import HttpResponseBase
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from plusone.wsgi import application
from tests import hostile
from tests.hostile import Hostile
from tests.house import walk
from tests.payloads import ALL
from tests.storefront import buyers
from tests.tenants import browser as signed_in

T = TypeVar("T")
# Loaded before each page: whoever runs a script or breaks the content policy is noted.
WATCH = """window.canary = 0; window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => broken.push(event.violatedDirective));"""
FOUND = """() => ({ran: canary, broken, made: document.querySelectorAll("[data-canary]").length})"""
_ASKS_LINE = ("line/check", "check/provider")


@dataclass
class Watched:
    """A browser page and what went wrong on it."""

    page: Page
    troubles: list[str] = field(default_factory=list)

    def open(self, url: str) -> str:
        """Go there, note what ran; the page's HTML."""
        self.page.goto(url, wait_until="load")
        found = self.page.evaluate(FOUND)
        if found["ran"] or found["broken"] or found["made"]:
            self.troubles.append(f"{url}: {found}")
        return self.page.content()


@pytest.fixture(scope="module")
def shop(database: None) -> Hostile:
    return _apart(hostile.a_shop)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_told: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def site(database: None) -> Iterator[str]:
    """The web process's own application, served on loopback for this module."""
    server = make_server("127.0.0.1", 0, application, server_class=_Server, handler_class=_Quiet)
    served = threading.Thread(target=server.serve_forever, daemon=True)
    served.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    served.join()
    server.server_close()


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-TW")
    context.add_init_script(WATCH)
    context.route(
        "https://static.line-scdn.net/**",
        lambda route: route.fulfill(body="", content_type="text/javascript"),
    )
    yield _watch(context)
    context.close()


def test_no_page_of_the_console_runs_what_people_wrote(site: str, shop: Hostile, watched: Watched) -> None:
    owner = _apart(lambda: signed_in.at(shop.tenant))
    _sign_in(watched.page.context, site, owner, "sessionid")
    todo, seen = _apart(lambda: _addresses(site, shop, owner)), []
    for address in todo:
        seen.append(watched.open(address))
        further = re.search(r'<a [^>]*href="([^"]+)" rel="next"', seen[-1])
        if further:  # a long list, to its end
            todo.append(urljoin(address, further[1].replace("&amp;", "&")))
    assert watched.troubles == []
    assert len(todo) > 45
    shown = [text for text in ALL if _is_shown(text, "".join(seen))]
    assert len(shown) > 150


def test_no_page_of_the_shop_runs_what_people_wrote(site: str, shop: Hostile, watched: Watched) -> None:
    _sign_in(watched.page.context, site, _apart(lambda: buyers.at(shop.tenant, shop.people[5])), "buyer")
    start = f"{site}/t/{shop.tenant.slug}/liff/"
    todo, done = [start, f"{start}orders", f"{start}basket", f"{start}contact"], set[str]()
    while todo and len(done) < 40:
        address = todo.pop(0)
        done.add(address)
        links = re.findall(r'href="([^"]+)"', watched.open(address))
        inside = [urljoin(address, link.replace("&amp;", "&")) for link in links]
        todo += [one for one in dict.fromkeys(inside) if one.startswith(start) and one not in {*done, *todo}]
    assert watched.troubles == []
    assert len(done) == 40


def test_the_watch_sees_what_runs_and_what_is_made(watched: Watched) -> None:
    """The twin: the same texts, put into a page as they are, are noticed."""
    caught = 0
    for text in ALL[:60]:
        watched.page.set_content(f"<body>{text}<script>0</script></body>")
        found = watched.page.evaluate(FOUND)
        caught += bool(found["ran"] or found["made"])
    assert caught > 40


def _apart(work: Callable[[], T]) -> T:
    """Django refuses its database where Playwright's loop runs: in a thread of its own."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def _watch(context: BrowserContext) -> Watched:
    watched = Watched(context.new_page())
    watched.page.on("dialog", lambda dialog: watched.troubles.append(f"dialog {dialog.message}"))
    watched.page.on("pageerror", lambda error: watched.troubles.append(f"error {error}"))
    watched.page.on(
        "request",
        lambda one: watched.troubles.append(one.url) if "evil" in urlsplit(one.url).netloc else None,
    )
    return watched


def _sign_in(context: BrowserContext, url: str, visitor: Client, cookie: str) -> None:
    """The browser gets the session of a test client that is signed in."""
    context.add_cookies([{"name": cookie, "value": visitor.cookies[cookie].value, "url": url}])


def _addresses(url: str, shop: Hostile, owner: Client) -> list[str]:
    """Every page of the console whose blanks the shop can fill."""
    there, found = hostile.named(shop), []
    for route in walk.routes():
        wanted = walk.FILLED.get(walk.own_part(route), {}).values()
        if route.text.startswith(f"{walk.CONSOLE}console/") and set(wanted) <= set(there.values):
            found.append(route.path(walk.values(route, shop.tenant.slug, there)))
    return [url + path for path in found if not path.endswith(_ASKS_LINE) and _is_page(owner.get(path))]


def _is_page(answer: HttpResponseBase) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def _is_shown(text: str, pages: str) -> bool:
    """True when the text stands on a page, escaped."""
    plain = " ".join(text.split())[:40]
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return bool(plain) and escaped in " ".join(pages.split())
