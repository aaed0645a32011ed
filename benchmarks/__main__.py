"""make bench: run everything (about eight minutes), write docs/benchmarks.md, fail when a goal is missed."""

import datetime
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.db import connections

from benchmarks import ground

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
Figures = dict[str, object]


def main() -> int:
    """Run the named benchmarks, or all; with all, write the page."""
    wanted = sys.argv[1:]
    with ground.database():
        django.setup()
        parts = _parts()
        results = {name: _run(name, part) for name, part in parts.items() if not wanted or name in wanted}
        connections.close_all()
        for connection in connections.all():
            connection.close_pool()  # type: ignore[attr-defined]
    goals = _goals(results)
    for line, met in goals:
        print("met   " if met else "MISSED", line)
    if not wanted:
        PAGE.write_text(_page(results, goals))
    return 0 if all(met for _, met in goals) else 1


def _parts() -> dict[str, Callable[[], Figures]]:
    from benchmarks import lanes, memory, pages, webhooks, whole_way  # noqa: PLC0415 - models exist only after django.setup()

    return {
        "webhooks": webhooks.measure,
        "lanes": lanes.measure,
        "whole way": whole_way.orders_a_second,
        "with replies": lambda: _with_simulator(whole_way.orders_with_replies),
        "reply": lambda: _with_simulator(whole_way.reply_latency),
        "idle": lambda: _idle(memory.idle),
        "backlog": memory.backlog,
        "pages": pages.measure,
    }


def _run(name: str, part: Callable[[], Figures]) -> Figures:
    print(f"{name} …", flush=True)
    ground.clear()
    figures = part()
    for key, value in figures.items():
        print(f"  {key}: {_number(value)}", flush=True)
    return figures


def _with_simulator(part: Callable[[], Figures]) -> Figures:
    address = "http://127.0.0.1:8923"
    os.environ.update(LINE_API_URL=address, LINE_DATA_API_URL=address)
    simulator = ground.plusone("simulator", "--port", "8923")
    with ground.process(*simulator, ready=ground.answers(f"{address}/control/clock"), nice=10):
        return part()


def _idle(measure: Callable[[Callable[[], list[int]]], float]) -> Figures:
    """The four processes of the demo, ten seconds after the last one answered."""
    simulator = ground.plusone("simulator", "--port", "8923")
    web = ground.plusone("web", "--port", "8922")
    with (
        ground.process(*simulator, ready=ground.answers("http://127.0.0.1:8923/control/clock")) as a,
        ground.process(*web, ready=ground.answers("http://127.0.0.1:8922/readyz")) as b,
        ground.process(*ground.plusone("worker")) as c,
    ):
        subprocess.run(["sleep", "10"], check=True)
        postgres = [int((ground.FOLDER / "postgres" / "postmaster.pid").read_text().split()[0])]
        return {"MB together": measure(lambda: [a.pid, b.pid, c.pid, *postgres])}


GOALS: dict[str, list[tuple[str, str, Callable[[float], bool]]]] = {
    "webhooks": [
        ("ratio", "webhooks against the echo bot: at least 1.0", lambda v: v >= 1.0),
        ("p99 at 200", "webhook p99 at 200 connections: under 500 ms", lambda v: v < 500),
        ("not 200", "webhooks not answered with 200: none", lambda v: v == 0),
    ],
    "lanes": [
        ("lane / bare", "lane against bare SQL: at least 0.3, aim 0.5", lambda v: v >= 0.3),
        ("lane / one by one", "lane against a transaction an order: at least 5", lambda v: v >= 5),
    ],
    "whole way": [
        ("orders a second", "webhook to committed order: at least 2,500 a second", lambda v: v >= 2500),
    ],
    "with replies": [],
    "reply": [
        ("p50 ms", "+1 to accepted reply at 50 a second, p50: under 150 ms", lambda v: v < 150),
        ("p99 ms", "+1 to accepted reply at 50 a second, p99: under 1,000 ms", lambda v: v < 1000),
    ],
    "idle": [("MB together", "all processes idle: under 450 MB", lambda v: v < 450)],
    "pages": [
        (
            "slowest median ms",
            "every page with 100,000 orders, 10,000 products: under 150 ms",
            lambda v: v < 150,
        ),
    ],
    "backlog": [("worker MB", "worker with a backlog of 100,000: under 300 MB", lambda v: v < 300)],
}


def _goals(results: dict[str, Figures]) -> list[tuple[str, bool]]:
    return [
        (f"{words} — {_number(figures[key])}", good(float(str(figures[key]))))
        for name, figures in results.items()
        for key, words, good in GOALS[name]
    ]


def _page(results: dict[str, Figures], goals: list[tuple[str, bool]]) -> str:
    rows = [
        f"| {name} | {key} | {_number(value)} |"
        for name, figures in results.items()
        for key, value in figures.items()
    ]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `make bench`. Everything, the load generator included, shares one machine; rivals alternate within one",
            "run and medians are shown, so read the ratios, not the absolutes.",
            "",
            _machine(),
            f"* load average at the end: {os.getloadavg()[0]:.1f}",
            "",
            "| goal | met |",
            "|---|---|",
            *[f"| {line} | {'yes' if met else '**no**'} |" for line, met in goals],
            "",
            "| part | figure | value |",
            "|---|---|---|",
            *rows,
            "",
            "What is compared: `webhooks` is two processes each of ours (every event durably in the inbox before the 200) and of",
            "`benchmarks/echo_bot.py` (FastAPI with the official SDK's parser, which stores nothing), 64 connections. `lanes` is the",
            "lane in batches, the same writes as one bare SQL statement a batch whose input was prepared outside the clock, and eight",
            "workers with a transaction an order that lock the stock row first. `whole way` is one web process, one process with",
            "lanes, the database and the load generator on the same cores; `with replies` adds a process that sends each answer and",
            "the simulator that takes them, both at a lower priority. `reply` is posted at a steady 50 a second. `pages` is one",
            "shop with 100,000 orders (200,000 lines), 10,000 products, 15,000 customers and 40 rounds: the server's time through the",
            "whole of Django, 11 runs after a warm one, and in turns the page's reading statements by themselves (`bare SQL`).",
            "",
        ]
    )


def _machine() -> str:
    today = datetime.datetime.now(datetime.UTC)
    system = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores"
    return f"* {today:%Y-%m-%d}, {system}, Python {platform.python_version()}, commit {_commit()}"


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def _number(value: object) -> str:
    return (
        f"{value:,.2f}"
        if isinstance(value, float) and value < 100
        else f"{value:,.0f}"
        if isinstance(value, float | int)
        else str(value)
    )


if __name__ == "__main__":
    sys.exit(main())
