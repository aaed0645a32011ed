"""The web process: LINE's webhook goes straight to its door, everything else to Django."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from plusone.hooks import line

_django = get_wsgi_application()
_door = line.Door(settings.DATABASE_URL)
# More threads than database connections serve the door's grouped commits; pages wait for one of as many seats
# as connections.
_seats = threading.BoundedSemaphore(settings.POOL_SIZE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The WSGI application of the web process."""
    if line.PATH.fullmatch(environ.get("PATH_INFO", "")):
        return _door(environ, start_response)
    with _seats:
        return _django(environ, start_response)
