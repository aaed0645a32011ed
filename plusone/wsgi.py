"""The web process: LINE's webhook goes straight to its door, everything else to Django."""

import gc
import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from plusone.base import logs
from plusone.hooks import line

_django = get_wsgi_application()
_door = line.Door(settings.DATABASE_URL)
# More threads than database connections serve the door's grouped commits; pages wait for one of as many seats
# as connections.
_BROKEN = "Something broke on our side; it has been logged. 系統發生錯誤，已留下紀錄。\n"
_seats = threading.BoundedSemaphore(settings.POOL_SIZE)
gc.collect()
gc.freeze()  # what is loaded stays, and needs no walking


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application of the web process."""
    if line.PATH.fullmatch(environ.get("PATH_INFO", "")):
        return _door(environ, start_response)
    with _seats:
        return _page(environ, start_response)


def _page(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's answer. When even its page for errors fails, a line in the log and one for the reader."""
    try:
        return _django(environ, start_response)
    except Exception:
        logs.logger().critical("page.failed", exc_info=True)
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [_BROKEN.encode()]
