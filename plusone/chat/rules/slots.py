"""Which rich menu is the default at a moment, and when that changes; days and times by the shop's zone."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

MIDNIGHT = datetime.time(0)
_DAY = datetime.timedelta(days=1)
# A slot of weekdays comes again within a week; two days more for windows over midnight and the days around.
_LOOK_DAYS = 9


@dataclass(frozen=True, slots=True)
class Slot:
    """A menu's times: from `first` to `last` day (None: open), on `weekdays` (0 Monday; empty: all), between
    two times of day. An end at or before the start is the next day's.
    """

    menu_id: int
    weekdays: frozenset[int] = frozenset()
    starts: datetime.time = MIDNIGHT
    ends: datetime.time = MIDNIGHT
    first: datetime.date | None = None
    last: datetime.date | None = None


def now_shown(slots: Sequence[Slot], base: int | None, now: datetime.datetime, zone: str) -> int | None:
    """The menu that should be the default now: the first slot's that is on, else `base`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    for slot in slots:
        for day in (today - _DAY, today):
            begin, end = _window(slot, day, zone)
            if _is_on(slot, day) and begin <= now < end:
                return slot.menu_id
    return base


def next_turn(slots: Iterable[Slot], now: datetime.datetime, zone: str) -> datetime.datetime | None:
    """The next moment after `now` at which a slot begins or ends; None when nothing will change."""
    turns = (turn for slot in slots for turn in _turns(slot, now, zone) if turn > now)
    return min(turns, default=None)


def _turns(slot: Slot, now: datetime.datetime, zone: str) -> Iterator[datetime.datetime]:
    today = now.astimezone(ZoneInfo(zone)).date()
    start = max(today - _DAY, slot.first) if slot.first else today - _DAY
    for number in range(_LOOK_DAYS):
        day = start + number * _DAY
        if _is_on(slot, day):
            yield from _window(slot, day, zone)


def _is_on(slot: Slot, day: datetime.date) -> bool:
    return (
        (not slot.weekdays or day.weekday() in slot.weekdays)
        and (slot.first is None or slot.first <= day)
        and (slot.last is None or day <= slot.last)
    )


def _window(slot: Slot, day: datetime.date, zone: str) -> tuple[datetime.datetime, datetime.datetime]:
    """The slot's window that begins on this day, in UTC."""
    last = day + _DAY if slot.ends <= slot.starts else day
    return _moment(day, slot.starts, zone), _moment(last, slot.ends, zone)


def _moment(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    return datetime.datetime.combine(day, time, ZoneInfo(zone)).astimezone(datetime.UTC)
