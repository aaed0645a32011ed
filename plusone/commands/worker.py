"""plusone worker: lanes, senders and jobs in one process."""

import argparse
import asyncio
import signal
import threading
from collections.abc import Callable

from procrastinate.contrib.django import app

from plusone.base import jobs
from plusone.chat.tasks import sender
from plusone.hooks import tasks as lanes

PARTS: dict[str, Callable[[threading.Event], None]] = {"lanes": lanes.run, "sender": sender.run}


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--only",
        choices=[*PARTS, "jobs"],
        action="append",
        help="run only this part (may be given again); default all",
    )
    parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time")


def run(arguments: argparse.Namespace) -> int:
    """Work until told to stop; what is under way is finished, what isn't is found by the next worker."""
    stop = threading.Event()
    wanted = arguments.only or [*PARTS, "jobs"]
    threads = [
        threading.Thread(target=part, args=(stop,), name=name)
        for name, part in PARTS.items()
        if name in wanted
    ]
    for thread in threads:
        thread.start()
    try:
        asyncio.run(_jobs(arguments.concurrency) if "jobs" in wanted else _until_told())
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    return 0


async def _jobs(concurrency: int) -> None:
    """procrastinate's worker beside Django's connection, so that a job's own jobs roll back with it (facts:
    stack 2).
    """
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await worker.run_worker_async(
            queues=list(jobs.QUEUES),
            concurrency=concurrency,
            shutdown_graceful_timeout=15,
            delete_jobs="never",
        )


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
