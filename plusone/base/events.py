"""News: what happened is a row, written in the transaction that did it; listeners are jobs queued with it."""

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection

from plusone.base import jobs, scope

_RECORD = """
    insert into plusone_event (tenant_id, name, data)
    select %s, %s, told from jsonb_array_elements(%s::jsonb) with ordinality as d(told, place) order by place
    returning id
"""
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
    told = json.dumps(list(rows))
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [scope.current(), name, told])
        made = [row[0] for row in cursor.fetchall()]
    for event_id in made:
        for job in _listeners.get(name, ()):
            jobs.ring(job, tenant_id=scope.current(), event_id=event_id)
