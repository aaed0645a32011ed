"""Webhooks, one event a body: ours durably stored before the 200, against the echo bot that stores
nothing.
"""

import os
import statistics
import sys

from benchmarks import ground, load
from benchmarks.shop import Shop, buyers, open_shop

PROCESSES = 2
ROUNDS = 3
REQUESTS = 6000


def measure() -> dict[str, object]:
    """Requests a second of both in alternating rounds, and our latency at 200 connections."""
    shop = open_shop()
    os.environ["ECHO_SECRET"] = shop.secret
    echo = (
        sys.executable,
        "-m",
        "uvicorn",
        "benchmarks.echo_bot:app",
        "--port",
        "8921",
        "--workers",
        str(PROCESSES),
    )
    ours = ground.plusone("web", "--port", "8920", "--workers", str(PROCESSES))
    rates: dict[str, list[float]] = {"ours": [], "echo": []}
    with (
        ground.process(*ours, ready=ground.answers("http://127.0.0.1:8920/readyz")),
        ground.process(*echo, "--log-level", "error", ready=ground.answers("http://127.0.0.1:8921/docs")),
    ):
        for port in (8920, 8921):
            _round(port, shop, 500, 64)
        for _ in range(ROUNDS):
            rates["ours"].append(_round(8920, shop, REQUESTS, 64).rate)
            rates["echo"].append(_round(8921, shop, REQUESTS, 64).rate)
        crowd = _round(8920, shop, REQUESTS, 200)
        echo_crowd = _round(8921, shop, REQUESTS, 200)
    return {
        "ours": statistics.median(rates["ours"]),
        "echo": statistics.median(rates["echo"]),
        "ratio": statistics.median(rates["ours"]) / statistics.median(rates["echo"]),
        "p50 at 200": crowd.percentile(0.5),
        "p99 at 200": crowd.percentile(0.99),
        "echo p99 at 200": echo_crowd.percentile(0.99),
        "not 200": sum(count for status, count in crowd.statuses.items() if status != 200),
    }


def _round(port: int, shop: Shop, count: int, connections: int) -> load.Answers:
    people = buyers(500)
    requests = [
        load.request(
            shop.path, shop.secret, shop.destination, [load.plus_one(people[n % 500])], f"127.0.0.1:{port}"
        )
        for n in range(count)
    ]
    return load.send_all(port, requests, connections)
