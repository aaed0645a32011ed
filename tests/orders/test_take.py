"""Taking orders: exact stock with everybody at once, from chat and forms (P3); numbers without gaps
(JG09).
"""

import threading

import pytest
from django.db import connection

from plusone.base import scope
from plusone.catalogue.actions import stock
from plusone.catalogue.models import StockMovement, Variant
from plusone.chat.models import InboxEvent
from plusone.hooks.actions import lane
from plusone.orders.actions.take import take
from plusone.orders.models import Order, OrderChange, OrderLine
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.crowd import ask, rush, variant_of

UNLOCKED = stock._LOCK.replace("for update of v", "").replace(
    " where v.tenant_id", " cross join pg_sleep(0.05) where v.tenant_id"
)


def sold(tenant: Tenant) -> int:
    with scope.tenant(tenant.pk):
        return sum(OrderLine.objects.values_list("quantity", flat=True))


def numbers(tenant: Tenant) -> list[int]:
    with scope.tenant(tenant.pk):
        return sorted(
            int(number.rpartition("-")[2]) for number in Order.objects.values_list("number", flat=True)
        )


def test_two_left_and_three_wanted_gives_two(tenant: Tenant) -> None:
    goods = makers.goods(tenant, price=150, stock=2)
    variant = variant_of(tenant, goods)
    with scope.tenant(tenant.pk):
        first, second = take([ask(tenant, [(variant, 3)], "a"), ask(tenant, [(variant, 1)], "b")])
    assert (first.lines[0].asked, first.lines[0].given, first.total) == (3, 2, 300)
    assert (second.order_id, second.number, second.lines[0].refused) == (None, "", "sold_out")
    assert makers.stock_of(tenant, goods) == [0]
    assert numbers(tenant) == [1]


def test_one_of_several_lines_may_be_refused(tenant: Tenant) -> None:
    there, gone, hidden = (
        makers.goods(tenant, "在", stock=9),
        makers.goods(tenant, "無", stock=0),
        makers.goods(tenant, "藏", stock=9, is_public=False),
    )
    wishes = [(variant_of(tenant, product), 1) for product in (there, gone, hidden)]
    with scope.tenant(tenant.pk):
        (outcome,) = take([ask(tenant, wishes, "a")])
        assert [line.refused for line in outcome.lines] == ["", "sold_out", "not_public"]
        assert OrderLine.objects.count() == OrderChange.objects.count() == 1


def test_unlimited_gives_all_and_keeps_a_ledger(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=-1)
    with scope.tenant(tenant.pk):
        take([ask(tenant, [(variant_of(tenant, goods), 99)], str(number)) for number in range(5)])
        assert sum(StockMovement.objects.values_list("quantity", flat=True)) == -495
    assert makers.stock_of(tenant, goods) == [-1]


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_forms_at_once_sell_exactly_what_there_is(tenant: Tenant, threads: int) -> None:
    """The same with one, two or eight at a time (P12): 80 orders of one to three pieces, 100 in stock."""
    goods = makers.goods(tenant, stock=100)
    variant = variant_of(tenant, goods)
    crowd = rush(tenant, threads, 80 // threads, lambda number: [(variant, 1 + number % 3)])
    assert crowd.errors == []
    assert crowd.given == sold(tenant) == 100
    assert makers.stock_of(tenant, goods) == [0]
    served = [outcome for outcome in crowd.outcomes if outcome.order_id]
    partial = [outcome for outcome in served if outcome.lines[0].given < outcome.lines[0].asked]
    assert len(partial) <= 1
    assert numbers(tenant) == list(range(1, len(served) + 1))


def test_without_the_lock_the_same_crowd_breaks(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin that shows the teeth: all read the same stock, and only the table's own check is left."""
    monkeypatch.setattr(stock, "take_turn", lambda: None)
    monkeypatch.setattr(stock, "_LOCK", UNLOCKED)
    variant = variant_of(tenant, makers.goods(tenant, stock=10))
    crowd = rush(tenant, 6, 2, lambda _: [(variant, 5)])
    assert {type(error).__name__ for error in crowd.errors} == {"IntegrityError"}
    with scope.tenant(tenant.pk):
        assert Variant.objects.get().stock >= 0


def test_chat_and_forms_share_the_last_pieces(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=50)
    variant = variant_of(tenant, goods)
    events = [makers.text(makers.user_id(), "+1") for _ in range(60)]
    done = threading.Event()
    worker = threading.Thread(target=work, args=(tenant, done))
    worker.start()
    poster = threading.Thread(target=lambda: [makers.webhook(tenant, [event]) for event in events])
    poster.start()
    crowd = rush(tenant, 4, 10, lambda _: [(variant, 1)])
    poster.join()
    done.set()
    worker.join()
    assert crowd.errors == []
    assert sold(tenant) == 50
    assert makers.stock_of(tenant, goods) == [0]
    assert numbers(tenant) == list(range(1, 51))
    with scope.tenant(tenant.pk):
        assert not InboxEvent.objects.exclude(state="done").exists()


def test_lane_and_forms_never_wait_for_each_other_in_a_circle(tenant: Tenant) -> None:
    """A batch takes B, then (after a word in between) A; forms take A and B. No deadlock, whoever comes
    first.
    """
    a, b = makers.goods(tenant, "甲", stock=-1), makers.goods(tenant, "乙", stock=-1)
    wishes = [(variant_of(tenant, a), 1), (variant_of(tenant, b), 1)]
    done = threading.Event()
    workers = [threading.Thread(target=work, args=(tenant, done)) for _ in range(2)]
    for worker in workers:
        worker.start()

    def chat() -> None:
        for _ in range(25):
            people = [makers.friend(tenant) for _ in range(3)]
            words = (f"{b.code}+1", "履歷", f"{a.code}+1")
            said = zip(people, words, strict=True)
            makers.webhook(tenant, [makers.text(person, word) for person, word in said])

    poster = threading.Thread(target=chat)
    poster.start()
    crowd = rush(tenant, 4, 25, lambda _: wishes)
    poster.join()
    done.set()
    for worker in workers:
        worker.join()
    assert crowd.errors == []
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == 150


def work(tenant: Tenant, done: threading.Event) -> None:
    """A lane's worker until told, and then until nothing is left."""
    with scope.nowhere():
        while lane.work(tenant.pk) or not done.wait(0.005):
            continue
        while _left(tenant):
            lane.work(tenant.pk)
    connection.close()


def _left(tenant: Tenant) -> bool:
    with scope.tenant(tenant.pk):
        return InboxEvent.objects.filter(state="new").exists()
