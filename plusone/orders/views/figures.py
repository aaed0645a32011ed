"""The dashboard (JG13): orders, sales, products and customers over time; each figure leads to its orders."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from plusone.base import numbers
from plusone.base.views import lists
from plusone.base.views.chips import chips
from plusone.catalogue.models import Product
from plusone.customers.models import Customer
from plusone.orders.models import sums
from plusone.orders.models.sums import Stretch
from plusone.orders.rules import periods
from plusone.orders.rules.periods import Period
from plusone.orders.views import words
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

UNITS: dict[str, str | Promise] = {"day": _("30 days"), "week": _("12 weeks"), "month": _("12 months")}


@may("today.see")
@require_GET
def figures(request: TenantRequest, slug: str) -> HttpResponse:
    """Figures of the last days, weeks or months, beside those of as many before."""
    zone = request.tenant.timezone
    period = _period(request)
    unit, stretch = period.unit, _stretch(period, zone)
    counted = sums.by_step_and_source(stretch, unit, zone)
    by_step = sums.by_step(counted)
    steps = [_step(request, period, first, *by_step.get(first, (0, 0))) for first in period.steps]
    context = {
        "unit": unit,
        "units": _units(unit),
        "tallies": _tallies(request, period, stretch, steps),
        "steps": list(reversed(steps)),
        "orders_points": [(step["label"], step["orders"]) for step in steps],
        "sales_points": [(step["label"], step["worth"]) for step in steps],
        "step_urls": [step["url"] for step in steps],
        "sources": _sources(request, period, sums.by_source(counted)),
        "any": any(step["orders"] for step in steps),
    }
    return page(request, "orders/figures.html", context)


@may("today.see")
@require_GET
def best(request: TenantRequest, slug: str) -> HttpResponse:
    """What sold most, as a fragment of the figures: it reads every line sold in that time, and the page does
    not wait for it.
    """
    period = _period(request)
    found = sums.best(_stretch(period, request.tenant.timezone))
    rows = [{"sold": sold, "url": _whole(request, period, product=sold.code)} for sold in found]
    return page(request, "orders/figures.html#best", {"best": rows})


@may("orders.see")
@require_GET
def behind(request: TenantRequest, slug: str) -> HttpResponse:
    """The orders behind a figure: of these days, perhaps of one source, one product, of repeat buyers."""
    query, zone = request.GET, request.tenant.timezone
    today = numbers.local_day(numbers.database_now(), zone)
    first, last = (periods.day(query.get(name, "")) or today for name in ("from", "to"))
    stretch = Stretch(
        periods.midnight(first, zone),
        periods.midnight(last + datetime.timedelta(days=1), zone),
        query.get("source", "")[:10],
        query.get("product", "")[:16].replace("\x00", ""),
        "repeat" in query,
    )
    count, worth = sums.figures(stretch)
    context = {
        "slice": lists.cut(sums.orders_in(stretch).listed(), query),
        "count": count,
        "worth": worth,
        "from": first,
        "to": last,
        "source": words.source(stretch.source) if stretch.source else "",
        "product": stretch.product,
        "repeat": stretch.repeat,
    }
    return page(request, "orders/behind.html", context)


def _period(request: TenantRequest) -> Period:
    wanted = request.GET.get("by", "")
    today = numbers.local_day(numbers.database_now(), request.tenant.timezone)
    return periods.latest(wanted if wanted in UNITS else "day", today)


def _units(chosen: str) -> list[dict[str, Any]]:
    return chips(UNITS, chosen, "?by={}".format)


def _stretch(period: Period, zone: str) -> Stretch:
    return Stretch(periods.midnight(period.steps[0], zone), periods.midnight(period.end, zone))


def _step(
    request: TenantRequest, period: Period, first: datetime.date, orders: int, worth: int
) -> dict[str, Any]:
    label = date_format(first, "YEAR_MONTH_FORMAT" if period.unit == "month" else "MONTH_DAY_FORMAT")
    url = _behind(request, first, periods.last_day(period, first))
    return {"label": label, "orders": orders, "worth": worth, "url": url}


def _tallies(
    request: TenantRequest, period: Period, stretch: Stretch, steps: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    then = _stretch(periods.before(period), request.tenant.timezone)
    orders_then, worth_then = sums.figures(then)
    people, repeat = sums.buyers(stretch)
    joined = Customer.objects.filter(joined_at__gte=stretch.began, joined_at__lt=stretch.ended).count()
    url = _whole(request, period)
    return [
        _tally(gettext("Orders"), sum(step["orders"] for step in steps), url, before=orders_then),
        _tally(gettext("Sales"), sum(step["worth"] for step in steps), url, before=worth_then, money=True),
        _tally(gettext("Buyers"), people, url),
        _tally(gettext("Bought more than once"), repeat, _whole(request, period, repeat=1)),
        _tally(gettext("New customers"), joined, _newcomers(request, period)),
        _tally(
            gettext("Products on sale"),
            Product.objects.listed().filter(is_public=True).count(),
            f"{address(request, 'console-products')}?show=sale",
        ),
    ]


def _newcomers(request: TenantRequest, period: Period) -> str:
    query = urlencode({"show": "new", "since": period.steps[0].isoformat()})
    return f"{address(request, 'console-customers')}?{query}"


def _tally(
    name: str, value: int, url: str, *, before: int | None = None, money: bool = False
) -> dict[str, Any]:
    return {"name": name, "value": value, "url": url, "before": before, "money": money}


def _sources(
    request: TenantRequest, period: Period, found: list[tuple[str, int, int]]
) -> list[dict[str, Any]]:
    return [
        {
            "name": words.source(source),
            "orders": count,
            "worth": worth,
            "url": _whole(request, period, source=source),
        }
        for source, count, worth in found
    ]


def _whole(request: TenantRequest, period: Period, **more: object) -> str:
    return _behind(request, period.steps[0], period.end - datetime.timedelta(days=1), **more)


def _behind(request: TenantRequest, first: datetime.date, last: datetime.date, **more: object) -> str:
    query = urlencode({"from": first.isoformat(), "to": last.isoformat(), **more})
    return f"{address(request, 'console-figures-orders')}?{query}"
