"""Serving: one process, because the world is in its memory."""

import os
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 16
# Seconds until a worker is killed that missed the word to stop, as one did in a test run and served on for
# ever. Its world is on disk within a second or so of each change.
PATIENCE = 5


def serve(port: int, data: Path, host: str = "127.0.0.1") -> None:
    """Serves the simulator until SIGINT or SIGTERM; keeps its chats and photos in `data`."""
    os.environ["PLUSONE_SIMULATOR_DATA"] = str(data.resolve())
    Granian(
        "plusone.simulator.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        workers_kill_timeout=PATIENCE,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
