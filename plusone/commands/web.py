"""plusone web: pages, API and LINE's webhook."""

import argparse
import gc
import os
import tempfile

from django.conf import settings
from granian.constants import Interfaces
from granian.server import Server

from plusone.commands import collect

# 48 threads because requests that wait for the same commit share it; Django's pages have their own, smaller
# number of seats (wsgi.py).
THREADS = 48


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--workers", type=int, default=1)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; running requests are finished."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if not settings.WHITENOISE_USE_FINDERS:
        collect.where_stale()
    if arguments.workers > 1:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="plusone-metrics-"))
    server = Server(
        "plusone.wsgi:application",
        address=arguments.host,
        port=arguments.port,
        interface=Interfaces.WSGI,
        workers=arguments.workers,
        blocking_threads=THREADS,
        backlog=2048,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    gc.freeze()  # what is loaded stays: a collection that walked it would copy its pages into each child
    server.serve()
    return 0
