"""The stretches of time that the figures are about: days, weeks or months of the shop, up to today."""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

# How many of each are shown.
UNITS = {"day": 30, "week": 12, "month": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Steps of one unit by their first days, and the day after the last of all."""

    unit: str
    steps: tuple[datetime.date, ...]
    end: datetime.date


def latest(unit: str, today: datetime.date) -> Period:
    """The period whose last step holds today."""
    last = first_day(unit, today)
    return _ending(unit, _next(unit, last))


def before(period: Period) -> Period:
    """The period of as many steps just before, to compare with."""
    return _ending(period.unit, period.steps[0])


def first_day(unit: str, day: datetime.date) -> datetime.date:
    """The first day of the day's week (Monday) or month; a day is its own."""
    if unit == "month":
        return day.replace(day=1)
    return day - datetime.timedelta(days=day.weekday()) if unit == "week" else day


def end_of_day(now: datetime.datetime, zone: str) -> datetime.datetime:
    """The moment at which the zone's day of `now` is over."""
    return midnight(now.astimezone(ZoneInfo(zone)).date() + datetime.timedelta(days=1), zone)


def midnight(day: datetime.date, zone: str) -> datetime.datetime:
    """The moment at which the day begins in the zone."""
    return datetime.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def day(text: str) -> datetime.date | None:
    """The day that an address names as 2026-11-26, if it is one of this century or the next."""
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def last_day(period: Period, step: datetime.date) -> datetime.date:
    """The last day of one step."""
    return _next(period.unit, step) - datetime.timedelta(days=1)


def _ending(unit: str, end: datetime.date) -> Period:
    steps: list[datetime.date] = []
    first = end
    for _ in range(UNITS[unit]):
        first = first_day(unit, first - datetime.timedelta(days=1))
        steps.append(first)
    return Period(unit, tuple(reversed(steps)), end)


def _next(unit: str, first: datetime.date) -> datetime.date:
    if unit == "month":
        return first_day("month", first + datetime.timedelta(days=32))
    return first + datetime.timedelta(days=7 if unit == "week" else 1)
