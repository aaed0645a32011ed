"""What a page says after something was done: left in the session by one request, shown by the next."""

from typing import Any

from django.http import HttpRequest

_KEY = "notices"


def leave(request: HttpRequest, text: str, *, undo_url: str = "", loss: bool = False) -> None:
    """Say this on the next page. `undo_url` takes a POST that undoes it; `loss` is for what went wrong."""
    said = request.session.get(_KEY, [])
    request.session[_KEY] = [*said, {"text": text, "undo_url": undo_url, "loss": loss}]


def collect(request: HttpRequest) -> list[dict[str, Any]]:
    """What was left to be said; it is said once."""
    return request.session.pop(_KEY, []) if _KEY in request.session else []
