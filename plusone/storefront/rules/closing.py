"""How long until a round closes, in its two largest units. static/js/shop.js counts on in the same way."""

import datetime
from typing import Literal, NamedTuple

Unit = Literal["days", "hours", "minutes", "moment", "over"]


class Left(NamedTuple):
    """`unit` says how to say it: days and hours, hours and minutes, minutes, less than one, or over."""

    unit: Unit
    days: int = 0
    hours: int = 0
    minutes: int = 0


def left(closes_at: datetime.datetime, now: datetime.datetime) -> Left:
    """What is left at this moment; never more than there is."""
    seconds = int((closes_at - now).total_seconds() // 1)
    if closes_at <= now:
        return Left("over")
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return Left("days", days, hours)
    if hours:
        return Left("hours", 0, hours, minutes)
    return Left("minutes", 0, 0, minutes) if minutes else Left("moment")
