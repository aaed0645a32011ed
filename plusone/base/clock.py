"""The timetable's clock: schedules are rows, one tick a minute finds what is due, a missed slot runs once,
late, and says so.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models.functions import Now

from plusone.base import jobs, logs, numbers
from plusone.base.models import Schedule

LATE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timetable: a local time of day in a zone, or every so many seconds."""

    name: str
    task: str
    every_seconds: int | None = None
    local_time: datetime.time | None = None
    zone: str = "UTC"


def set_timetable(entries: list[Entry]) -> None:
    """Make the schedule rows match the timetable; times already planned stay,
    unless the entry itself changed.
    """
    now = numbers.database_now()
    Schedule.objects.exclude(name__in=[entry.name for entry in entries]).delete()
    for entry in entries:
        wanted = {
            "task": entry.task,
            "zone": entry.zone,
            "local_time": entry.local_time,
            "every_seconds": entry.every_seconds,
        }
        known = Schedule.objects.filter(name=entry.name).first()
        if known is None or any(getattr(known, key) != value for key, value in wanted.items()):
            Schedule.objects.update_or_create(
                name=entry.name, defaults={**wanted, "next_run": _next(entry, now)}
            )


def tick() -> int:
    """Queue the job of every schedule that is due, once however many slots were missed; returns how many."""
    with transaction.atomic():
        due = list(Schedule.objects.select_for_update(skip_locked=True).filter(next_run__lte=Now()))
        now = numbers.database_now()
        for schedule in due:
            _run(schedule, now)
    return len(due)


def next_slot(local_time: datetime.time, zone: str, now: datetime.datetime) -> datetime.datetime:
    """The next moment after `now` at which clocks in the zone show this time, in UTC;
    in a spring gap the hour after.
    """
    local = now.astimezone(ZoneInfo(zone))
    slot = datetime.datetime.combine(local.date(), local_time, ZoneInfo(zone))
    if slot.astimezone(datetime.UTC) <= now:
        slot = datetime.datetime.combine(
            local.date() + datetime.timedelta(days=1), local_time, ZoneInfo(zone)
        )
    return slot.astimezone(datetime.UTC)


def _run(schedule: Schedule, now: datetime.datetime) -> None:
    late = int((now - schedule.next_run).total_seconds())
    if late > LATE_SECONDS:
        logs.logger().warning("schedule.late", schedule=schedule.task, seconds=late)
    jobs.ring(schedule.task, key=f"schedule:{schedule.pk}")
    schedule.last_slot, schedule.last_started, schedule.last_late_seconds = (
        schedule.next_run,
        now,
        max(late, 0),
    )
    schedule.next_run = _next(schedule, now)
    schedule.save()


def _next(entry: Entry | Schedule, now: datetime.datetime) -> datetime.datetime:
    if entry.every_seconds:
        return now + datetime.timedelta(seconds=entry.every_seconds)
    assert entry.local_time is not None
    return next_slot(entry.local_time, entry.zone, now)
