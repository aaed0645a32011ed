"""Serving: one process, because the world is in its memory."""

import os
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

THREADS = 16


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
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
