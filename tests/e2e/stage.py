"""A demo that has something of everything to show, made by HTTP, by the simulator and by signing in at LINE.

`Stage.values` names what was made in the words of tests/house/walk.py, `Stage.visitors` holds who comes by:
each a browser's cookies.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page, StorageState

from tests.e2e.conftest import Demo
from tests.running import until

NUMBER = re.compile(r"[0-9A-F]{4}-\d{8}-\d{4}")
CARD = "4242424242424242"
TABLE = "商品名稱,價格,庫存\n匯入的茶,123,4\n匯入的餅,88,10\n"


@dataclass
class Stage:
    """The demo, what fills the blanks of its addresses, and its visitors' cookies by name."""

    demo: Demo
    values: dict[str, str] = field(default_factory=dict)
    visitors: dict[str, StorageState | None] = field(default_factory=dict)


class Hand:
    """A person's HTTP: cookies kept, forms with their token."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.Client(base_url=address, follow_redirects=True, timeout=30)

    def get(self, path: str) -> str:
        """The page's text."""
        return self.http.get(path).raise_for_status().text

    def post(self, path: str, data: Any = None, *, htmx: bool = False, **more: Any) -> httpx2.Response:
        """Send a form, or as htmx would."""
        headers = {"X-CSRFToken": self.http.cookies.get("csrftoken") or ""}
        if htmx:
            headers["HX-Request"] = "true"
        return self.http.post(path, data=data, headers=headers, **more).raise_for_status()


def set_up(demo: Demo, browser: Browser) -> Stage:
    """Play the whole evening before anybody looks."""
    stage = Stage(demo)
    owner = Hand(demo.shop)
    owner.get("/sign-in/?lang=zh-hant")
    owner.post("/sign-in/demo")
    _order_by_chat(stage, owner)
    _cockpit(stage, owner)
    _long_work(stage, owner)
    _words(stage, owner)
    _team(stage, owner)
    _checkouts(stage, owner)
    _by_browser(stage, browser)
    stage.visitors |= {"owner": _state(owner, demo), "nobody": None}
    return stage


def _console(path: str) -> str:
    return f"/t/demo/console/{path}"


def _say(demo: Demo, person: str, text: str, chat: str = "") -> None:
    """Write in a chat as a person, and wait for the account's answer to it."""
    chat = chat or demo.chat(person)
    address = f"{demo.phone}/control/chats/{chat}/messages"
    before = len(_said(address))
    body = {"person": person, "type": "text", "text": text}
    httpx2.post(address, json=body, timeout=20).raise_for_status()
    until(lambda: len(_said(address)) > before, 20)


def _said(address: str) -> list[str]:
    told = httpx2.get(address, params={"limit": 1000}, timeout=20).raise_for_status().json()
    return [one["body"].get("text", "") for one in told["messages"] if one["from"]["kind"] == "account"]


def _order_by_chat(stage: Stage, owner: Hand) -> None:
    """Buyers in three languages, alone and in the group."""
    demo = stage.demo
    world = httpx2.get(f"{demo.phone}/control/world", timeout=20).json()
    group = next(chat["id"] for chat in world["chats"] if chat["kind"] == "group")
    tea, shirt, cake = sorted(set(re.findall(r'products/(\d{9,})/"', owner.get(_console("products/")))))
    for person, text, chat in (
        ("kenta", f"{shirt} 黑 M +1", ""),
        ("sakura", "+1", group),
        ("amin", f"{tea}+3", group),
        ("amy", f"{cake}+4", ""),
        ("amy", f"{cake}+1", ""),
        ("xiaomei", f"{tea}+2", ""),
    ):
        _say(demo, person, text, chat)
    pk, number = re.findall(_ROW, owner.get(_console("orders/")), re.DOTALL)[0]
    stage.values |= {"product": tea, "order": number, "order id": pk, "round id": "1", "template": "market"}
    customer = re.search(r"customers/(\d+)/", owner.get(_console(f"orders/{number}/")))
    assert customer
    stage.values["customer id"] = customer[1]


_ROW = r'name="pick" value="(\d+)".*?id="order-([0-9A-F]{4}-\d{8}-\d{4})"'


def _cockpit(stage: Stage, owner: Hand) -> None:
    """Bought for the round, a pick-up point, a reported transfer with bank lines clear and unclear."""
    text = owner.get(_console("orders/rounds/1/"))
    stage.values["variant id"] = re.findall(r"/short/(\d+)", text)[0]
    owner.post(_console(f"orders/rounds/1/bought/{stage.values['variant id']}"), {"quantity": "1"})
    owner.post(_console("orders/pickup-points/"), {"name": "捷運景安站 2 號出口", "group": ""})
    _say(stage.demo, "xiaomei", "已匯款 12345 1,360元")
    lines = "11/25 1,360 012-*****12345\n11/25 9,999 700-*****54321"
    owner.post(_console("orders/transfers/paste"), {"lines": lines})


def _long_work(stage: Stage, owner: Hand) -> None:
    """Orders changed together and written to a file, the shop's archive, an imported table."""
    pk, command = stage.values["order id"], secrets.token_urlsafe(12)
    changed = owner.post(_console("orders/many"), {"pick": pk, "to": "paid", "command": command})
    stage.values["bulk id"] = _finished(owner, changed)
    told = owner.post(_console(f"orders/many/{stage.values['bulk id']}/letter"), {"kind": "paid"})
    stage.values["bulk letter id"] = _last(told)
    wanted = owner.post(_console("orders/export"), {"pick": pk, "kind": "csv", "command": command})
    stage.values["export id"] = _finished(owner, wanted)
    owner.post(_console("settings/export/new"))
    until(lambda: "/file" in owner.get(_console("settings/export")), 30, every=0.3)
    file = {"file": ("商品.csv", TABLE.encode("cp950"), "text/csv")}
    stage.values["product file"] = _last(owner.post(_console("products/import"), files=file))


def _finished(owner: Hand, response: httpx2.Response) -> str:
    """The id of the work whose page came, once it is done."""
    until(lambda: 'hx-trigger="every' not in owner.get(response.url.path), 30, every=0.3)
    return _last(response)


def _last(response: httpx2.Response) -> str:
    return response.url.path.rstrip("/").rsplit("/", 1)[1]


def _words(stage: Stage, owner: Hand) -> None:
    """A letter to a buyer, and a second rich menu that is a draft."""
    sent = {"kind": "", "language": "zh-hant", "command": secrets.token_urlsafe(12), "text": "週五出貨。"}
    owner.post(_console(f"orders/{stage.values['order']}/letter"), sent)
    until(lambda: re.search(r"messages/(\d+)/", owner.get(_console("messages/"))) is not None, 20)
    found = re.findall(r"messages/(\d+)/", owner.get(_console("messages/")))
    stage.values["message id"] = found[0]
    wanted = {"use": "1", "template": "market", "language": "zh-hant", "palette": "indigo"}
    stage.values["menu"] = _last(owner.post(_console("messages/menus/new"), wanted))


def _checkouts(stage: Stage, owner: Hand) -> None:
    """Stripe's page for the plan, opened in each language; the last one stays open, the others are closed."""
    for language in ("en", "ja", "zh-hant"):
        owner.get(_console(f"settings/plan?lang={language}"))
        asked = owner.post(_console("settings/plan/pay"), htmx=True)
        stage.values[f"stripe pay {language}"] = asked.headers["HX-Redirect"]


def _team(stage: Stage, owner: Hand) -> None:
    """A role of the shop's own, somebody who joined with it, an invite that is open, a token for programs."""
    owner.post(_console("settings/roles/new"), {"name": "包貨", "permissions": ["orders.see"]})
    roles = re.findall(r"settings/roles/([\w-]+)/\"", owner.get(_console("settings/roles/")))
    stage.values["role"] = next(code for code in roles if code not in ("owner", "manager", "staff", "new"))
    packer = Hand(stage.demo.shop)
    path = _invite(owner, stage.values["role"])
    packer.get(path)
    told = {"name": "阿包", "email": "packer@example.com", "password": secrets.token_urlsafe(12)}
    packer.post(path, told)
    stage.visitors["packer"] = _state(packer, stage.demo)
    members = re.findall(r"settings/team/(\d+)/\"", owner.get(_console("settings/team/")))
    stage.values["member id"] = max(members, key=int)
    stage.values["invite"] = _last_of(_invite(owner, "staff"))
    stage.values["second invite"] = _last_of(_invite(owner, "staff"))


def _last_of(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[1]


def _invite(owner: Hand, role: str) -> str:
    shown = owner.post(_console("settings/team/invites"), {"note": "阿包", "role": role}).text
    found = re.search(r"/join/[\w-]+/", shown)
    assert found
    return found[0]


def _by_browser(stage: Stage, browser: Browser) -> None:
    """What leads through LINE's and Stripe's own pages."""
    for who, walk in (("newcomer", _newcomer), ("signing up", _signing_up), ("buyer", _buyer)):
        context = browser.new_context(locale="zh-TW", reduced_motion="reduce")
        walk(stage, context.new_page())
        stage.visitors[who] = context.storage_state()
        context.close()


def _signing_up(stage: Stage, page: Page) -> None:
    """Somebody new whom LINE told us of, and who has not named a shop yet."""
    demo = stage.demo
    page.goto(f"{demo.shop}/sign-in/?lang=zh-hant")
    page.locator("form[action^='/sign-in/line/'] button").click()
    page.wait_for_url(f"{demo.phone}/**")
    stage.values["line login"] = page.url
    page.get_by_label("小美").check()
    page.locator("button[value=allow]").click()
    page.wait_for_url(f"{demo.shop}/sign-up/**")


def _newcomer(stage: Stage, page: Page) -> None:
    """健太 opens a shop, pays for it, and is in the demo's team, too."""
    demo, slug = stage.demo, "newcomer"
    _sign_up(stage, page, "健太", slug)
    page.goto(f"{demo.shop}/join/{stage.values['second invite']}/")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/t/demo/console/**")
    page.goto(f"{demo.shop}/t/{slug}/console/settings/plan")
    page.locator("[hx-post$='/settings/plan/pay']").click()
    page.wait_for_url(f"{demo.phone}/stripe/pay/*")
    page.locator(f"[value='{CARD}']").check()
    page.get_by_test_id("subscribe").click()
    page.wait_for_url(f"{demo.shop}/t/{slug}/console/settings/plan?back=1")
    page.locator("[hx-post$='/settings/plan/portal']:has([value=card])").click()
    page.wait_for_url(f"{demo.phone}/stripe/portal/*")
    stage.values["stripe portal"] = page.url


def _sign_up(stage: Stage, page: Page, name: str, slug: str) -> None:
    demo = stage.demo
    page.goto(f"{demo.shop}/sign-in/?lang=zh-hant")
    page.locator("form[action^='/sign-in/line/'] button").click()
    page.get_by_label(name).check()
    page.locator("button[value=allow]").click()
    page.wait_for_url(f"{demo.shop}/sign-up/**")
    told = {
        "name": "けんたの新しい店",
        "contact": name,
        "email": f"{slug}@example.com",
        "phone": "0912-345-678",
    }
    for field_, value in {**told, "slug": slug}.items():
        page.locator(f"form [name={field_}]").fill(value)
    page.locator("form button.btn-primary").click()
    page.wait_for_url(f"**/t/{slug}/console/**")


def _buyer(stage: Stage, page: Page) -> None:
    """小美 signs in to the shop's pages, where her order by chat stands, with something in her basket."""
    shop = f"{stage.demo.shop}/t/demo/liff"
    page.goto(f"{shop}/?lang=zh-hant")
    opened = page.locator("a[href*='/liff/r/']").first.get_attribute("href")
    assert opened
    stage.values["round public id"] = _last_of(opened)
    goods = page.locator(".goods-card a").last.get_attribute("href")
    assert goods
    stage.values["product public id"] = _last_of(goods)
    page.goto(f"{stage.demo.shop}{goods}")
    page.locator(".option-chip").first.click()
    page.locator("button[value=basket]").click()
    page.locator("[data-basket-count]").wait_for()
    page.goto(f"{shop}/orders")
    page.locator("[data-shown=ask] button").click()
    page.get_by_text("小美", exact=True).click()
    page.locator("button[value=allow]").click()
    page.wait_for_url("**/liff/orders**")
    order = page.locator(".my-order a[href*='/liff/orders/']").first.get_attribute("href")
    assert order
    stage.values["order public id"] = _last_of(order)
    page.goto(f"{shop}/card")
    stage.values["card"] = page.locator(".member-number").inner_text()
    page.goto(f"{shop}/")
    found = page.locator(".round-section h2 a").first.get_attribute("href")
    assert found
    stage.values["round public id"] = _last_of(found)


def _state(person: Hand, demo: Demo) -> StorageState:
    """The person's cookies, as a browser keeps them."""
    return {
        "cookies": [
            {"name": cookie.name, "value": str(cookie.value), "domain": "127.0.0.1", "path": "/"}
            for cookie in person.http.cookies.jar
        ],
        "origins": [],
    }
