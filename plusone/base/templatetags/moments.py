"""Moments as people say them: near ones relative, far ones as a date. Clock and zone are handed in."""

from datetime import datetime, timedelta, tzinfo

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


def relative(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """`moment` as seen from `now` in `zone`: 5 minutes ago, yesterday 14:05, 3 Nov 14:05, 3 Nov 2025."""
    away = abs(moment - now)
    if away < _MINUTE:
        return gettext("just now")
    if away < _HOUR:
        return _minutes(away // _MINUTE, moment > now)
    return _same_day_or_later(moment.astimezone(zone), now.astimezone(zone), away)


def _minutes(count: int, ahead: bool) -> str:
    if ahead:
        return ngettext("in %(count)d minute", "in %(count)d minutes", count) % {"count": count}
    return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}


def _same_day_or_later(moment: datetime, now: datetime, away: timedelta) -> str:
    days = (moment.date() - now.date()).days
    if days == 0:
        return _hours(away // _HOUR, moment > now)
    if abs(days) == 1:
        return _next_door(days, date_format(moment, "TIME_FORMAT"))
    if moment.year == now.year:
        return f"{date_format(moment, 'MONTH_DAY_FORMAT')} {date_format(moment, 'TIME_FORMAT')}"
    return date_format(moment, "DATE_FORMAT")


def _hours(count: int, ahead: bool) -> str:
    if ahead:
        return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}
    return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}


def _next_door(days: int, time: str) -> str:
    if days < 0:
        return gettext("yesterday %(time)s") % {"time": time}
    return gettext("tomorrow %(time)s") % {"time": time}


def exact(moment: datetime, zone: tzinfo) -> str:
    """Date, time to the second and zone, for those who need to know."""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M:%S} {local:%Z}"


def announced(moment: datetime, zone: tzinfo) -> str:
    """Day, weekday and time, as a closing time is announced."""
    local = moment.astimezone(zone)
    told = {name: date_format(local, name) for name in ("MONTH_DAY_FORMAT", "TIME_FORMAT")}
    return f"{told['MONTH_DAY_FORMAT']} ({date_format(local, 'D')}) {told['TIME_FORMAT']}"
