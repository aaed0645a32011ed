"""The tags and filters every template knows (builtin by settings). Each is one call of a neighbour."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.forms import BoundField
from django.template import Library
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from plusone.base.templatetags import charts, controls, moments, money, texts

register = Library()


@register.filter
def amount(units: int, currency: str) -> str:
    """`{{ order.total|amount:order.currency }}`: NT$1,999; an empty text for None."""
    return "" if units is None else money.amount_text(int(units), currency, get_language() or "en")


@register.filter
def digits(number: int) -> str:
    """`{{ count|digits }}`: 1,234,567."""
    return "" if number is None else money.grouped(int(number))


@register.filter
def one_line(text: object) -> str:
    """`{{ customer.name|one_line }}`: a person's text, unable to reorder the page."""
    return texts.one_line(str(text))


@register.filter
def initials(name: object) -> str:
    """`{{ person.name|initials }}`: one or two characters."""
    return texts.initials(str(name))


@register.filter
def control(field: BoundField) -> SafeString:
    """`{{ field|control }}`: the widget with our look."""
    return controls.control(field)


@register.filter
def control_kind(field: BoundField) -> str:
    """`{{ field|control_kind }}`: switch, choices or line."""
    return controls.kind(field)


@register.filter
def moment(at: datetime) -> str:
    """`{{ round.closes_at|moment }}`: day, weekday and time by the page's zone, 26 Nov (Thu) 21:00."""
    return moments.announced(at, timezone.get_current_timezone())


@register.inclusion_tag("parts/when.html")
def when(moment: datetime | None, press: bool = False) -> dict[str, Any]:
    """`{% when order.placed_at %}`: relative, exact as title; `press=True` shows the exact on a press."""
    if moment is None:
        return {"moment": None}
    zone = timezone.get_current_timezone()
    relative = moments.relative(moment, timezone.now(), zone)
    return {"moment": moment, "relative": relative, "exact": moments.exact(moment, zone), "press": press}


@register.inclusion_tag("parts/icon.html")
def icon(name: str, size: str = "", label: str = "") -> dict[str, str]:
    """`{% icon "cart" %}`: a drawing of static/icons.svg; size small or large; a label makes it speak."""
    return {"name": name, "size": size, "label": label}


@register.inclusion_tag("parts/sparkline.html")
def sparkline(values: Sequence[int]) -> dict[str, str]:
    """`{% sparkline week %}`: a small line without words; the figure beside it says what it is."""
    top = charts.ceiling(values)
    return {"path": charts.path(values, top), "area": charts.area(values, top)}


@register.inclusion_tag("parts/chart_bars.html")
def bar_chart(
    points: Sequence[tuple[str, int]], title: str, currency: str = "", urls: Sequence[str] = ()
) -> dict[str, Any]:
    """`{% bar_chart points title=… currency=… urls=… %}`: points are (label, value); a table holds them too.

    `urls`, one a point, lead from each bar to what is behind it.
    """
    frame = {"bars": charts.bars(points, urls), "scale": charts.scale(charts.ceiling([v for _, v in points]))}
    return {**frame, "title": title, "currency": currency, "linked": bool(urls)}


@register.inclusion_tag("parts/chart_line.html")
def line_chart(points: Sequence[tuple[str, int]], title: str, currency: str = "") -> dict[str, Any]:
    """`{% line_chart points title=… currency=… %}`: as bar_chart, for many points."""
    values = [value for _, value in points]
    top = charts.ceiling(values)
    shape = {"path": charts.path(values, top), "area": charts.area(values, top)}
    frame = {"bars": charts.bars(points), "scale": charts.scale(top)}
    return {**frame, **shape, "title": title, "currency": currency}


@register.simple_tag
def current_door(doors: Sequence[dict[str, str]], path: str) -> str:
    """`{% current_door doors request.path as current %}`: the name of the door this address lies behind."""
    behind = [door for door in doors if path.startswith(door["url"])]
    return max(behind, key=lambda door: len(door["url"]), default={"name": ""})["name"]
