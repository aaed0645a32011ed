"""The whole way over HTTP: webhook to committed order on one hot product, and +1 to a reply that LINE
accepted.
"""

import contextlib
import json
import statistics
import time
import urllib.request

from benchmarks import ground, load
from benchmarks.shop import Shop, buyers, open_shop, orders_of
from plusone.base import scope
from plusone.tenants.models import Channel

SIMULATOR = "http://127.0.0.1:8923"
EVENTS = 10_000
SALES = 3
RATE = 50
SECONDS = 12


def orders_a_second() -> dict[str, object]:
    """Orders committed a second from the first webhook sent to the last order committed: the middle one of
    three sales, each of a new shop.
    """
    sales = sorted((_sale(open_shop(), []) for _ in range(SALES)), key=_rate)
    return {
        **sales[SALES // 2],
        "slowest and fastest sale": f"{_rate(sales[0]):,.0f} to {_rate(sales[-1]):,.0f}",
    }


def orders_with_replies() -> dict[str, object]:
    """The same while senders give each order's answer to LINE."""
    shop = open_shop()
    _connect(shop)
    return _sale(shop, [ground.plusone("worker", "--only", "sender", "--only", "jobs")])


def _rate(sale: dict[str, object]) -> float:
    return float(str(sale["orders a second"]))


def _sale(shop: Shop, others: list[tuple[str, ...]]) -> dict[str, object]:
    people = buyers(1000)
    requests = [_request(shop, people[n % 1000], 8922) for n in range(EVENTS)]
    web = ground.plusone("web", "--port", "8922", "--workers", "1")
    with contextlib.ExitStack() as stack:
        stack.enter_context(ground.process(*web, ready=ground.answers("http://127.0.0.1:8922/readyz")))
        stack.enter_context(ground.process(*ground.plusone("worker", "--only", "lanes")))
        for command in others:
            stack.enter_context(ground.process(*command, nice=10))
        load.send_all(8922, [_request(shop, people[0], 8922)], 1)
        ground.until(lambda: orders_of(shop) == 1, 30)
        began = time.perf_counter()
        answers = load.send_all(8922, requests, 128)
        received = time.perf_counter() - began
        ground.until(lambda: orders_of(shop) == EVENTS + 1, 120)
        took = time.perf_counter() - began
    return {
        "orders a second": EVENTS / took,
        "webhooks a second meanwhile": EVENTS / received,
        "webhook p99 ms": answers.percentile(0.99),
        "events": EVENTS,
    }


def reply_latency() -> dict[str, object]:
    """Milliseconds from posting a +1 to the reply being accepted by LINE, at 50 events a second."""
    shop = open_shop()
    _connect(shop)
    people = buyers(500)
    posted: dict[str, float] = {}
    web = ground.plusone("web", "--port", "8924", "--workers", "1")
    with (
        ground.process(*web, ready=ground.answers("http://127.0.0.1:8924/readyz")),
        ground.process(*ground.plusone("worker")),
    ):
        for round_, count in ((0, RATE), (1, RATE * SECONDS)):
            posted.clear()
            _post_steadily(shop, people, count, posted)
            ground.until(lambda: len(_accepted(shop, posted)) == len(posted), 60 + round_)
    waits = [accepted - posted[token] for token, accepted in _accepted(shop, posted).items()]
    ordered = sorted(waits)
    return {
        "p50 ms": statistics.median(ordered) * 1000,
        "p99 ms": ordered[int(len(ordered) * 0.99)] * 1000,
        "events": len(ordered),
    }


def _post_steadily(shop: Shop, people: list[str], count: int, posted: dict[str, float]) -> None:
    began = time.monotonic()
    for number in range(count):
        event = load.plus_one(people[number % len(people)])
        request = load.request(shop.path, shop.secret, shop.destination, [event], "127.0.0.1:8924")
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        posted[str(event["replyToken"])] = time.time()
        load.send_all(8924, [request], 1)


def _request(shop: Shop, person: str, port: int) -> bytes:
    return load.request(
        shop.path, shop.secret, shop.destination, [load.plus_one(person)], f"127.0.0.1:{port}"
    )


def _connect(shop: Shop) -> None:
    """Make the shop's account known to the simulator."""
    with scope.tenant(shop.tenant.pk):
        channel = Channel.objects.get()
        body = {
            "id": channel.channel_id,
            "name": "Bench",
            "secret": shop.secret,
            "access_token": channel.access_token(),
            "webhook_url": f"http://127.0.0.1:8924{shop.path}",
        }
    request = urllib.request.Request(
        f"{SIMULATOR}/control/channels", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()


def _accepted(shop: Shop, posted: dict[str, float]) -> dict[str, float]:
    """Reply token to the moment (seconds since 1970) at which the simulator accepted the reply."""
    with urllib.request.urlopen(f"{SIMULATOR}/control/accepted?limit=20000", timeout=20) as answer:
        rows = json.load(answer)["accepted"]
    return {row["reply_token"]: row["time"] / 1000 for row in rows if row["reply_token"] in posted}
