"""Pages of a shop with 100,000 orders and 10,000 products: the server's time for each, and the same SQL bare.

Each page goes through the whole of Django, signed in, on the shop's own role, so behind row-level security.
Beside it, in turns, the statements it sent are sent again by themselves: the rest is Python.
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.test import Client

from benchmarks import big_shop
from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.customers.models import Contact, Customer
from plusone.orders.models import Order, OrderLine, Round
from plusone.tenants import actions as tenants
from plusone.tenants.models import Role, Tenant, User

RUNS = 11
Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody signed in to the console, and a program with a token, of one shop."""

    tenant: Tenant
    client: Client
    token: str

    def get(self, address: str) -> None:
        """Fetch the page, which must be there."""
        answer = self.client.get(address, headers={"authorization": f"Bearer {self.token}"})
        assert answer.status_code == 200, (address, answer.status_code)
        assert b"".join(answer)


def measure() -> dict[str, object]:
    """Of every page the median, the 95th percentile, its SQL bare, its statements; the slowest."""
    browser = opened()
    rows = {name: _timed(browser, address) for name, address in addresses(browser.tenant).items()}
    told = {
        name: f"{page:.0f} ms, p95 {p95:.0f}, bare SQL {bare:.0f} in {count}"
        for name, (page, p95, bare, count) in rows.items()
    }
    return {
        **told,
        "slowest median ms": max(row[0] for row in rows.values()),
        "page / bare SQL": statistics.median(row[0] / max(row[2], 0.1) for row in rows.values()),
    }


def opened() -> Browser:
    """The big shop, with an owner signed in."""
    tenant = tenants.open_tenant("big", "Bench")
    big_shop.fill(tenant)
    big_shop.vacuum()
    return signed_in(tenant)


def signed_in(tenant: Tenant) -> Browser:
    """A new owner of the shop, and a new token."""
    user = User.objects.create_user(f"bench-{time.time_ns()}@example.com", "Bench")
    with scope.tenant(tenant.pk):
        tenants.add_member(user, Role.OWNER)
        token = tenants.issue_token("bench")
    client = Client(headers={"accept-language": "zh-hant"})
    client.force_login(user)
    return Browser(tenant, client, token)


def addresses(tenant: Tenant) -> dict[str, str]:
    """Every list with its searches, filters and sorts, deep pages, details, what programs and buyers read."""
    console, shop, api = f"/t/{tenant.slug}/console/", f"/t/{tenant.slug}/liff/", "/api/v1/"
    with scope.tenant(tenant.pk):
        middle = Order.objects.order_by("id")[Order.objects.count() // 2]
        busiest = _busiest()
        newest = Round.objects.order_by("-id")[0]
        good = Product.objects.on_show()[5]
        sold = OrderLine.objects.order_by("-id")[0].product_code
        product = Product.objects.listed()[Product.objects.count() // 2]
        name, line_id = (
            Customer.objects.get(pk=busiest).name,
            Contact.objects.order_by("id")[50].line_user_id,
        )
    return dict(
        itertools.chain(
            _orders(f"{console}orders/", middle, name),
            _customers(f"{console}customers/", busiest, name, line_id, middle.number),
            _work(console, newest.pk, sold),
            _products(f"{console}products/", product),
            _buyers(shop, good.public_id),
            _programs(api, middle, name),
        )
    )


def _busiest() -> int:
    """The customer with the most orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select customer_id from plusone_order where tenant_id = %s
                group by 1 order by count(*) desc limit 1""",
            [scope.current()],
        )
        return int(cursor.fetchone()[0])


def _orders(url: str, middle: Order, name: str) -> Iterator[tuple[str, str]]:
    searches = {
        "one character": name[:1],
        "name": name,
        "nobody": "沒有這個人",
        "half a number": middle.number[5:13],
        "number": middle.number,
        "end of a number": middle.number[-4:],
    }
    yield "orders", url
    for status in (
        "unpaid",
        "overdue",
        "uncollected",
        "not_purchased",
        "purchased",
        "cancelled",
        "paid",
        "shipped",
        "other",
    ):
        yield f"orders, {status}", f"{url}?status={status}"
    for what, words in searches.items():
        yield f"orders, search {what}", f"{url}?q={quote(words)}"
        yield f"orders, shipped, search {what}", f"{url}?q={quote(words)}&status=shipped"
    yield "orders, deep", f"{url}?before={middle.pk}"
    yield "orders, shipped, deep", f"{url}?before={middle.pk}&status=shipped"
    yield "order", f"{url}{middle.number}/"
    yield "order, customers to choose", f"{url}new/people?q={quote(name[:1])}"
    yield "order, goods to choose", f"{url}new/goods?q={quote('高山')}"


def _customers(url: str, busiest: int, name: str, line_id: str, number: str) -> Iterator[tuple[str, str]]:
    yield "customers", url
    for show in ("bought", "new", "vip"):
        yield f"customers, {show}", f"{url}?show={show}"
    for sort in ("last", "total", "orders", "average"):
        yield f"customers, by {sort}", f"{url}?sort={sort}"
        yield f"customers, vip by {sort}", f"{url}?sort={sort}&show=vip"
    searches = {
        "one character": name[:1],
        "name": name,
        "nobody": "沒有這個人",
        "LINE id": line_id,
        "number": number,
        "end of a number": number[-4:],
    }
    for what, words in searches.items():
        yield f"customers, search {what}", f"{url}?q={quote(words)}"
        yield f"customers, search {what} by total", f"{url}?q={quote(words)}&sort=total"
    yield "customer with most orders", f"{url}{busiest}/"
    yield "their orders", f"{url}{busiest}/orders"


def _work(console: str, round_id: int, code: str) -> Iterator[tuple[str, str]]:
    yield "today", console
    yield "today, live", f"{console}live"
    for unit in ("day", "week", "month"):
        yield f"figures, {unit}", f"{console}figures/?by={unit}"
        yield f"figures, best sellers, {unit}", f"{console}figures/best?by={unit}"
    yield "behind a figure", f"{console}figures/orders?from=2000-01-01&to=2200-01-01"
    yield "behind repeat buyers", f"{console}figures/orders?from=2000-01-01&to=2200-01-01&repeat=1"
    yield "behind a product", f"{console}figures/orders?from=2000-01-01&to=2200-01-01&product={code}"
    yield "behind a source", f"{console}figures/orders?from=2000-01-01&to=2200-01-01&source=liff"
    yield "rounds", f"{console}orders/rounds/"
    yield "round", f"{console}orders/rounds/{round_id}/"
    yield "hand-out", f"{console}orders/rounds/{round_id}/handout"
    yield "hand-out, unpaid", f"{console}orders/rounds/{round_id}/handout?show=unpaid"
    yield "transfers", f"{console}orders/transfers/"
    yield "messages", f"{console}messages/"
    yield "messages, trouble", f"{console}messages/?show=trouble"
    yield "history", f"{console}settings/history"


def _products(url: str, product: Product) -> Iterator[tuple[str, str]]:
    yield "products", url
    for show in ("sale", "stopped", "low"):
        yield f"products, {show}", f"{url}?show={show}"
    for what, words in {
        "one character": "茶",
        "name": "高山烏龍茶 大",
        "nothing": "沒有這個",
        "code": product.code,
    }.items():
        yield f"products, search {what}", f"{url}?q={quote(words)}"
        yield f"products, low, search {what}", f"{url}?q={quote(words)}&show=low"
    yield "products, category", f"{url}?category={quote(product.category)}"
    yield "products, deep", f"{url}?before={product.pk}"
    yield "products, to arrange", f"{url}order"
    yield "product", f"{url}{product.code}/"
    yield "product, stock history", f"{url}{product.code}/stock"


def _buyers(url: str, public_id: str) -> Iterator[tuple[str, str]]:
    yield "shop", url
    yield "shop, search", f"{url}?q={quote('茶')}"
    yield "shop, search nothing", f"{url}?q={quote('沒有這個')}"
    yield "shop, category", f"{url}?category={quote('茶葉')}"
    yield "shop, product", f"{url}p/{public_id}"


def _programs(url: str, middle: Order, name: str) -> Iterator[tuple[str, str]]:
    yield "API orders", f"{url}orders"
    yield "API orders, 200", f"{url}orders?limit=200"
    yield "API orders, shipped", f"{url}orders?status=shipped"
    yield "API orders, search", f"{url}orders?search={quote(name)}"
    yield "API orders, search number", f"{url}orders?search={middle.number[-4:]}"
    yield "API customers", f"{url}customers"
    yield "API customers, search number", f"{url}customers?search={middle.number[-4:]}"
    yield "API products", f"{url}products"
    yield "API products, search", f"{url}products?search={quote('茶')}"


def _timed(browser: Browser, address: str) -> tuple[float, float, float, int]:
    sent = statements(lambda: browser.get(address))
    pages, bare = [], []
    for _ in range(RUNS):
        pages.append(_milliseconds(lambda: browser.get(address)))
        bare.append(_bare(browser.tenant, sent))
    return statistics.median(pages), sorted(pages)[-1], statistics.median(bare), len(sent)


def statements(ask: Callable[[], None]) -> list[Statement]:
    """The statements that are sent meanwhile."""
    sent: list[Statement] = []

    def note(execute: Any, statement: str, values: Any, many: bool, context: Any) -> Any:
        sent.append((statement, values))
        return execute(statement, values, many, context)

    with connection.execute_wrapper(note):
        ask()
    return sent


def _bare(tenant: Tenant, sent: list[Statement]) -> float:
    """Reading statements by themselves, in the shop's scope; what writes or sets is left out."""
    reading = [one for one in sent if one[0].lstrip().lower().startswith(("select", "with"))]
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        began = time.perf_counter()
        for statement, values in reading:
            if "set_config" not in statement:
                cursor.execute(statement, values)
                cursor.fetchall()
        return (time.perf_counter() - began) * 1000


def _milliseconds(ask: Callable[[], None]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000
