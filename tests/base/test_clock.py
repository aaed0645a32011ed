"""The timetable: every slot once, a missed one late and said so, however many tick."""

import datetime
import threading
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import clock, jobs, numbers
from plusone.base.clock import Entry
from plusone.base.models import Schedule
from plusone.schedule import TIMETABLE

HOUR = datetime.timedelta(hours=1)
ZONES = ("Asia/Taipei", "America/New_York", "Europe/London", "Australia/Lord_Howe")
YEARS = (datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1))
MORNING = datetime.time(4, 45)


@jobs.task("test.feed")
def feed() -> None:
    """Does nothing: only its queueing is looked at."""


@pytest.fixture
def timetable(database: None) -> Iterator[None]:
    """A timetable of this test's own; the product's is put back."""
    yield
    clock.set_timetable(TIMETABLE)


def _due(name: str, ago: datetime.timedelta) -> datetime.datetime:
    moment = numbers.database_now() - ago
    Schedule.objects.filter(name=name).update(next_run=moment)
    return moment


def _queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'test.feed'")
        return int(cursor.fetchone()[0])


def test_what_is_due_is_queued_once_and_planned_again(timetable: None) -> None:
    clock.set_timetable([Entry("feed", "test.feed", local_time=MORNING, zone="Asia/Taipei")])
    slot = _due("feed", datetime.timedelta(seconds=1))
    before = _queued()
    assert (clock.tick(), clock.tick()) == (1, 0)
    schedule = Schedule.objects.get()
    assert (schedule.last_slot, schedule.last_late_seconds) == (slot, 1)
    assert schedule.next_run.astimezone(ZoneInfo("Asia/Taipei")).time() == MORNING
    assert schedule.next_run > numbers.database_now()
    assert _queued() == before + 1


def test_slots_missed_for_days_run_once_and_are_late(
    timetable: None, capfd: pytest.CaptureFixture[str]
) -> None:
    clock.set_timetable([Entry("feed", "test.feed", every_seconds=60)])
    _due("feed", 50 * HOUR)
    assert (clock.tick(), clock.tick()) == (1, 0)
    assert Schedule.objects.get().last_late_seconds == pytest.approx(50 * 3600, abs=2)


def test_several_ticks_at_once_run_a_slot_once(timetable: None) -> None:
    clock.set_timetable([Entry(f"feed {n}", "test.feed", every_seconds=3600) for n in range(20)])
    Schedule.objects.update(next_run=numbers.database_now() - HOUR)
    ran: list[int] = []

    def tick() -> None:
        ran.append(clock.tick())
        connections.close_all()

    threads = [threading.Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(ran) == 20


def test_a_restart_keeps_what_is_planned_and_a_changed_line_is_planned_anew(timetable: None) -> None:
    line = Entry("feed", "test.feed", every_seconds=3600)
    clock.set_timetable([line])
    planned = _due("feed", -HOUR / 2)
    clock.set_timetable([line])
    assert Schedule.objects.get().next_run == planned
    clock.set_timetable([Entry("feed", "test.feed", every_seconds=7200)])
    assert Schedule.objects.get().next_run > planned
    clock.set_timetable([])
    assert not Schedule.objects.exists()


@given(
    st.times(),
    st.sampled_from(ZONES),
    st.datetimes(
        datetime.datetime(2020, 1, 1), datetime.datetime(2030, 1, 1), timezones=st.just(datetime.UTC)
    ),
)
def test_the_next_slot_is_ahead_and_within_a_day_and_a_bit(
    local_time: datetime.time, zone: str, now: datetime.datetime
) -> None:
    slot = clock.next_slot(local_time.replace(second=0, microsecond=0, fold=0), zone, now)
    assert datetime.timedelta() < slot - now <= datetime.timedelta(hours=25)


@pytest.mark.parametrize(
    ("zone", "now", "slot"),
    [
        ("Asia/Taipei", "2026-11-22T20:44:00+00:00", "2026-11-22T20:45:00+00:00"),
        ("Asia/Taipei", "2026-11-22T20:45:00+00:00", "2026-11-23T20:45:00+00:00"),
        (
            "America/New_York",
            "2026-03-07T10:00:00+00:00",
            "2026-03-08T08:45:00+00:00",
        ),  # forward at 2
        ("America/New_York", "2026-10-31T10:00:00+00:00", "2026-11-01T09:45:00+00:00"),  # and back
    ],
)
def test_slots_follow_the_zones_clock(zone: str, now: str, slot: str) -> None:
    found = clock.next_slot(MORNING, zone, datetime.datetime.fromisoformat(now))
    assert found == datetime.datetime.fromisoformat(slot)


def test_a_slot_in_the_hour_that_is_skipped_runs_an_hour_later() -> None:
    now = datetime.datetime(2026, 3, 8, 5, tzinfo=datetime.UTC)
    slot = clock.next_slot(datetime.time(2, 30), "America/New_York", now)
    assert slot == datetime.datetime(2026, 3, 8, 7, 30, tzinfo=datetime.UTC)


def test_an_hour_that_comes_twice_runs_its_slot_once() -> None:
    now = datetime.datetime(2026, 11, 1, 5, 29, tzinfo=datetime.UTC)
    first = clock.next_slot(datetime.time(1, 30), "America/New_York", now)
    second = clock.next_slot(datetime.time(1, 30), "America/New_York", first)
    assert second - first == datetime.timedelta(hours=25)
