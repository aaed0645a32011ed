"""The console's first page: what came in, what is to do, how it goes."""

import datetime
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Substr
from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET

from plusone.base import numbers
from plusone.chat.actions.quota import month_of
from plusone.chat.models import QuotaMonth
from plusone.orders.models import Order
from plusone.orders.views.todos import todos
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Tenant
from plusone.tenants.views.pages import page

DAYS = 14
LATEST = 10


@may("today.see")
@require_GET
def today(request: TenantRequest, slug: str) -> HttpResponse:
    """Live orders, to-do counts, the sales line, the quota."""
    return page(request, "orders/today.html", {**_live(request, 0), **_sales(request.tenant)})


@may("today.see")
@require_GET
def live(request: TenantRequest, slug: str) -> HttpResponse:
    """The live part again when orders newer than `?after=` came in, else 204. Asked every two seconds."""
    after = request.GET.get("after", "")
    last = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    if not Order.objects.filter(pk__gt=last).exists():
        return HttpResponse(status=204)
    return page(request, "orders/today.html#live", _live(request, last))


def _live(request: TenantRequest, last: int) -> dict[str, Any]:
    rows = list(Order.objects.listed()[:LATEST])
    return {
        "rows": rows,
        "last": last,
        "newest": rows[0].pk if rows else 0,
        "arrived": sum(row.pk > last for row in rows) if last else 0,
        "todos": todos(request),
        "quota": QuotaMonth.objects.filter(month=month_of(timezone.now())).first(),
    }


def _sales(tenant: Tenant) -> dict[str, Any]:
    """Order value a day over the last fourteen of the shop's days.

    An order's number carries the shop's day, and numbers are indexed: so days need no time zones here.
    """
    day = numbers.local_day(numbers.database_now(), tenant.timezone)
    days = [day - datetime.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    placed = Order.objects.counted().filter(number__gte=f"{tenant.key[:4]}-{days[0]:%Y%m%d}-")
    sums = (
        placed.order_by().values(day=Substr("number", 6, 8)).annotate(total=Sum("total"), count=Count("pk"))
    )
    by_day = {row["day"]: row for row in sums}
    points = [(date_format(one, "MONTH_DAY_FORMAT"), _of(by_day, one, "total")) for one in days]
    return {
        "sales": points,
        "sales_total": sum(value for _, value in points),
        "sales_today": points[-1][1],
        "orders_today": _of(by_day, day, "count"),
    }


def _of(by_day: dict[str, Any], day: datetime.date, what: str) -> int:
    return int(by_day.get(f"{day:%Y%m%d}", {}).get(what, 0))
