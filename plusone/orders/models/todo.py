"""Which orders wait for the host: not paid for days, or not collected although others of their round were."""

import datetime

from django.db.models.functions import Now

from plusone.orders.models.handouts import Handout
from plusone.orders.models.orders import Order, OrderLine, OrderQuerySet, Status

UNPAID_DAYS = 3


def fitting(words: str, status: str) -> OrderQuerySet:
    """What the list shows for these words and this filter: overdue, uncollected, or as `Order.fitting`."""
    found = Order.objects.searched(words)
    if status == "overdue":
        return overdue(found)
    return uncollected(found) if status == "uncollected" else Order.objects.fitting(words, status)


def overdue(orders: OrderQuerySet) -> OrderQuerySet:
    """Those of them that were placed more than three days ago and are not paid."""
    return orders.open().filter(placed_at__lt=Now() - datetime.timedelta(days=UNPAID_DAYS))


def uncollected(orders: OrderQuerySet) -> OrderQuerySet:
    """Those of them that nobody collected, in rounds that are closed, not finished, and being handed out:
    before the first one is collected, nobody is late.
    """
    collected = Handout.objects.exclude(collected_at=None).values("order_id")
    of_rounds = OrderLine.objects.filter(round__closes_at__lte=Now(), round__finished_at=None)
    begun = of_rounds.filter(order_id__in=collected).values("round_id")
    lines = OrderLine.objects.filter(round_id__in=begun, quantity__gt=0)
    left = orders.exclude(status__in=(Status.CANCELLED, Status.SHIPPED))
    return left.filter(pk__in=lines.values("order_id")).exclude(pk__in=collected)
