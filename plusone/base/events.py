"""News: what happened is a row, written in the transaction that did it; listeners are jobs queued with it."""

from collections.abc import Iterable
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
    record_many(name, [data])


def record_many(name: str, rows: Iterable[dict[str, Any]]) -> None:
    """As `record` for each of the rows, the events in one statement."""
    made = Event.objects.bulk_create(Event(name=name, data=data) for data in rows)
    for event in made:
        for job in _listeners.get(name, ()):
            jobs.ring(job, tenant_id=scope.current(), event_id=event.pk)
