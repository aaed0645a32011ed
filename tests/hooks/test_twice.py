"""No event acts twice (P2): copies, copies at once, and everything once more as redelivered."""

import datetime
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Now

from plusone.base import scope
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.hooks.actions import lane
from plusone.orders.models import Order, OrderLine
from plusone.tenants.models import Tenant
from tests import makers
from tests.hooks.posting import signed
from tests.orders.test_take import work


def again(event: dict[str, Any]) -> dict[str, Any]:
    """The event as LINE delivers it again: all the same but the flag."""
    return {**event, "deliveryContext": {"isRedelivery": True}}


def test_copies_at_once_in_any_order_make_one_order_each(tenant: Tenant) -> None:
    makers.goods(tenant, stock=-1)
    events = [makers.text(makers.user_id(), "+1") for _ in range(40)]
    chance = random.Random(5)
    bodies = [[event] for event in events for _ in range(20)] + [chance.sample(events, 5) for _ in range(20)]
    chance.shuffle(bodies)
    done = threading.Event()
    workers = [threading.Thread(target=work, args=(tenant, done)) for _ in range(2)]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor(16) as threads:
        assert {one.result() for one in [threads.submit(post) for post in signed(tenant, bodies)]} == {200}
    assert makers.webhook(tenant, [again(event) for event in events]) == 200
    done.set()
    for worker in workers:
        worker.join()
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == OutboxMessage.objects.count() == 40
        assert OrderLine.objects.aggregate(sum=Sum("quantity"))["sum"] == 40
        assert InboxEvent.objects.aggregate(sum=Sum("seen_count"))["sum"] == 40 * 20 + 20 * 5 + 40


def test_two_messages_with_the_same_words_are_two_orders(tenant: Tenant) -> None:
    makers.goods(tenant)
    person = makers.user_id()
    makers.hear(tenant, makers.text(person, "+1"), makers.text(person, "+1"))
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == 2


def test_redelivery_renews_the_reply_time_until_the_event_is_answered(tenant: Tenant) -> None:
    makers.goods(tenant)
    event = makers.text(makers.user_id(), "+1")
    makers.webhook(tenant, [event])
    past = Now() - datetime.timedelta(seconds=30)
    with scope.tenant(tenant.pk):
        InboxEvent.objects.update(reply_deadline=past)
    makers.webhook(tenant, [event])
    with scope.tenant(tenant.pk):
        assert InboxEvent.objects.filter(reply_deadline__lt=Now()).exists()
    makers.webhook(tenant, [again(event)])
    with scope.tenant(tenant.pk):
        kept = InboxEvent.objects.get(reply_deadline__gt=Now() + datetime.timedelta(seconds=40))
        assert (kept.seen_count, kept.redelivered) == (3, True)
    with scope.nowhere():
        lane.work(tenant.pk)
    with scope.tenant(tenant.pk):
        InboxEvent.objects.update(reply_deadline=past)
    makers.webhook(tenant, [again(event)])
    with scope.tenant(tenant.pk):
        assert InboxEvent.objects.filter(reply_deadline__lt=Now()).exists()
        assert Order.objects.count() == 1
