"""The simulator as a WSGI application: loads the snapshot and starts the senders of webhooks."""

import multiprocessing.util
import os
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

from plusone.simulator import photos, snapshot, webhooks

os.environ["DJANGO_SETTINGS_MODULE"] = "plusone.simulator.settings"

_django = get_wsgi_application()

DATA = Path(os.environ["PLUSONE_SIMULATOR_DATA"])


def _start() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    photos.open_album(DATA)
    snapshot.load(DATA)
    webhooks.start()
    snapshot.keep_saving(DATA)
    # The web server's worker ends without atexit; multiprocessing's own finalizers do run.
    multiprocessing.util.Finalize(None, snapshot.save, args=(DATA,), exitpriority=10)


_start()
_static = WhiteNoise(_django, root=Path(__file__).parent / "static", prefix="/static/", max_age=0)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Pages' files by whitenoise, everything else by Django, each body in one piece.

    A list goes out with its length at once; Django's own response would go chunked, a fifth slower.
    """
    if environ["PATH_INFO"].startswith("/static/"):
        files: Iterable[bytes] = _static(environ, start_response)
        return files
    response = _django(environ, start_response)
    try:
        return [b"".join(response)]
    finally:
        if hasattr(response, "close"):
            response.close()
