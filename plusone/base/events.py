"""News: what happened is a row, written in the transaction that did it; listeners are jobs queued with it."""

from typing import Any

from plusone.base import jobs, scope
from plusone.base.models import Event

_listeners: dict[str, tuple[str, ...]] = {}


def listen(table: dict[str, tuple[str, ...]]) -> None:
    """Set who hears which event (event name to job names); schedule.py calls this once at start."""
    _listeners.clear()
    _listeners.update(table)


def record(name: str, **data: Any) -> None:
    """Insert the event row and queue one job a listener; both vanish if the caller rolls back.

    Data holds ids only.
    """
    event = Event.objects.create(name=name, data=data)
    for job in _listeners.get(name, ()):
        jobs.ring(job, tenant_id=scope.current(), event_id=event.pk)
