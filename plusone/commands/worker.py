"""plusone worker: lanes, senders and jobs in one process."""

import argparse
import asyncio
import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable

import psycopg
from django.conf import settings
from procrastinate.contrib.django import app

from plusone.base import jobs, logs
from plusone.chat.tasks import sender
from plusone.hooks import tasks as lanes

PARTS: dict[str, Callable[[threading.Event], None]] = {"lanes": lanes.run, "sender": sender.run}

LOOK_SECONDS = 1.0


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
    gc.collect()
    gc.freeze()  # what is loaded stays: walking it in every collection was 15 % of a lane's time
    stop = threading.Event()
    wanted = arguments.only or [*PARTS, "jobs"]
    threads = [
        threading.Thread(target=_or_die, args=(name, part, stop), name=name)
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


def _or_die(name: str, part: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """A part that fails takes the process with it: one that lived on without its lanes would look well
    and do nothing.

    Whoever supervises starts a fresh process; what was under way is in the tables.
    """
    try:
        part(stop)
    except BaseException:
        logs.logger().critical("worker.part_failed", part=name, exc_info=True)
        os._exit(70)


async def _jobs(concurrency: int) -> None:
    """Run jobs until told to stop; while the database is away, rest instead of failing faster and faster.

    procrastinate's own retries chain every failure to the one before: six minutes without a database had
    cost 1 GB and a
    whole core (seen 2026-11-22), so the worker is taken down at once and set up anew when the database is
    back.
    """
    while True:
        working = asyncio.create_task(_work_jobs(concurrency))
        lost = asyncio.create_task(_until_lost())
        await asyncio.wait({working, lost}, return_when=asyncio.FIRST_COMPLETED)
        lost.cancel()
        if working.done() and working.exception() is None:
            return
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        logs.logger().warning("jobs.database_away")
        await _until_back()


async def _work_jobs(concurrency: int) -> None:
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


async def _until_lost() -> None:
    with contextlib.suppress(psycopg.Error):
        async with await psycopg.AsyncConnection.connect(
            settings.DATABASE_URL, autocommit=True
        ) as connection:
            while True:
                await connection.execute("select 1")
                await asyncio.sleep(LOOK_SECONDS)


async def _until_back() -> None:
    while True:
        with contextlib.suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL, connect_timeout=3):
                return
        await asyncio.sleep(LOOK_SECONDS)


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()
