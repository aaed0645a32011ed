"""What waits for a person, each thing leading to the list that shows exactly these."""

import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext

from plusone.base import numbers
from plusone.catalogue.models import Product
from plusone.chat.models import OutboxMessage
from plusone.orders.models import BankLine, Order, Round, Transfer, Waiting, todo
from plusone.orders.rules import periods
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Channel
from plusone.tenants.views.pages import address

TROUBLE_DAYS = 3
_TROUBLE = ("unconfirmed", "refused", "expired")


def todos(request: TenantRequest) -> list[dict[str, Any]]:
    """Name, figure, address and whether it is late, of what is not zero; the most urgent first.

    Messages older than three days are past mending.
    """
    now = numbers.database_now()
    closing = Round.objects.closing(now, periods.end_of_day(now, request.tenant.timezone)).count()
    found = (
        ("rounds", "?show=today", gettext("Rounds that close today"), closing, False),
        ("waiting", "?show=ready", gettext("Waiting buyers who can be served"), _ready(), False),
        ("transfers", "", gettext("Transfers to match"), _transfers(), False),
        *_orders(),
        ("products", "?show=low", gettext("Products low in stock"), _low(), False),
        *_messages(),
    )
    return [
        {"name": name, "value": count, "url": address(request, f"console-{where}") + query, "late": late}
        for where, query, name, count, late in (*_line(request), *found)
        if count
    ]


def _line(request: TenantRequest) -> list[tuple[str, str, str, int, bool]]:
    """Without its account a shop hears no `+1`: first of all, for who may connect it."""
    if request.member is None or "settings.change" not in request.member.permissions:
        return []
    missing = Channel.objects.filter(Q(sealed_secret=b"") | Q(sealed_token=b"")).count()
    return [("line-guide", "", gettext("LINE account to connect"), missing, True)]


def _orders() -> list[tuple[str, str, str, int, bool]]:
    overdue = todo.overdue(Order.objects.all()).count()
    differing = Order.objects.differing().count()
    uncollected = todo.uncollected(Order.objects.all()).count()
    return [
        ("orders", "?status=overdue", gettext("Unpaid for more than three days"), overdue, True),
        ("orders", "?status=differs", gettext("Orders whose payment differs"), differing, True),
        ("orders", "?status=uncollected", gettext("Orders not collected"), uncollected, False),
        ("orders", "?status=unpaid", gettext("Orders to be paid"), Order.objects.open().count(), False),
    ]


def _messages() -> list[tuple[str, str, str, int, bool]]:
    since = timezone.now() - datetime.timedelta(days=TROUBLE_DAYS)
    counts = OutboxMessage.objects.filter(created_at__gte=since).aggregate(
        trouble=Count("pk", filter=Q(state__in=_TROUBLE)), parked=Count("pk", filter=Q(state="parked"))
    )
    trouble = gettext("Messages that may not have arrived")
    return [
        ("outbox", "?show=trouble", trouble, counts["trouble"], True),
        ("outbox", "?show=parked", gettext("Messages waiting"), counts["parked"], False),
    ]


def _ready() -> int:
    return Waiting.objects.served_next().order_by().count()


def _transfers() -> int:
    return BankLine.objects.waiting().count() + Transfer.objects.waiting().count()


def _low() -> int:
    return Product.objects.listed().low().order_by().count()
