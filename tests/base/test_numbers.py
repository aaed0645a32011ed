"""Numbers of the day: gapless, unique, by the shop's own midnight (P15)."""

import datetime
import random
import threading
from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.base.models import Counter
from plusone.catalogue import rules
from plusone.catalogue.models import Product
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers

# A shop's midnight, in zones ahead of and behind UTC; New York's is in the night its clocks go back.
MIDNIGHTS = {
    "Asia/Taipei": datetime.datetime(2026, 11, 22, 16, tzinfo=datetime.UTC),
    "Asia/Tokyo": datetime.datetime(2026, 11, 22, 15, tzinfo=datetime.UTC),
    "America/New_York": datetime.datetime(2026, 11, 1, 4, tzinfo=datetime.UTC),
}
DAY = datetime.date(2026, 11, 22)


class _RolledBack(Exception):
    pass


@pytest.mark.parametrize(("zone", "midnight"), MIDNIGHTS.items())
def test_across_midnight_with_rollbacks_and_threads_no_gap_and_no_repeat(
    tenant: Tenant, zone: str, midnight: datetime.datetime
) -> None:
    """2,000 takings within four seconds, a fifth of them rolled back, by four workers."""
    chance = random.Random(15)
    moments = [midnight + datetime.timedelta(seconds=chance.uniform(-2, 2)) for _ in range(2000)]
    taken: dict[datetime.date, list[int]] = {}
    lock = threading.Lock()

    def work(part: int) -> None:
        dice = random.Random(part)
        for moment in moments[part::4]:
            day = numbers.local_day(moment, zone)
            for number in _take(tenant, day, 1, roll_back=dice.random() < 0.2):
                with lock:
                    taken.setdefault(day, []).append(number)
        connections.close_all()

    _together(work, 4)
    today = midnight.astimezone(ZoneInfo(zone)).date()
    assert set(taken) == {today - datetime.timedelta(days=1), today}
    for given_out in taken.values():
        assert sorted(given_out) == list(range(1, len(given_out) + 1))
    assert 1500 < sum(map(len, taken.values())) < 1700


def test_batches_get_neighbouring_numbers(tenant: Tenant) -> None:
    taken: list[range] = []
    lock = threading.Lock()

    def work(part: int) -> None:
        dice = random.Random(part)
        for _ in range(40):
            count = dice.randint(1, 30)
            first = _take(tenant, DAY, count, roll_back=dice.random() < 0.2)
            with lock:
                taken.extend(range(number, number + count) for number in first)
        connections.close_all()

    _together(work, 4)
    spread = sorted(number for batch in taken for number in batch)
    assert spread == list(range(1, len(spread) + 1))


def test_a_savepoint_that_is_rolled_back_returns_its_numbers(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        assert numbers.take("order", DAY) == 1
        with transaction.atomic():
            assert numbers.take("order", DAY, 5) == 2
            transaction.set_rollback(True)
        assert numbers.take("order", DAY) == 2


def test_shops_kinds_and_days_count_for_themselves(tenant: Tenant) -> None:
    other = makers.shop()
    for shop in (tenant, other):
        with scope.tenant(shop.pk):
            taken = [numbers.take(kind, DAY) for kind in ("order", "product", "order")]
            assert taken == [1, 1, 2]
            assert numbers.take("order", DAY + datetime.timedelta(days=1)) == 1


def test_order_numbers_widen_past_9999(tenant: Tenant) -> None:
    makers.goods(tenant, stock=10)
    _set_counter(tenant, "order", 9998)
    for _ in range(3):
        makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with scope.tenant(tenant.pk):
        found = list(Order.objects.order_by("id").values_list("number", flat=True))
    start = f"{tenant.key[:4]}-{makers.today(tenant):%Y%m%d}-"
    assert found == [f"{start}9999", f"{start}10000", f"{start}10001"]


def test_product_codes_widen_past_999_and_can_still_be_ordered(tenant: Tenant) -> None:
    _set_counter(tenant, "product", 998)
    made = [makers.goods(tenant, f"茶 {n}", stock=5).code for n in range(3)]
    day = f"{makers.today(tenant):%y%m%d}"
    assert made == [f"{day}999", f"{day}1000", f"{day}1001"]
    makers.hear(tenant, makers.text(makers.friend(tenant), f"{day}1000+2"))
    with scope.tenant(tenant.pk):
        assert Product.objects.get(code=f"{day}1000").stock == 3
        assert Product.objects.get(code=f"{day}999").stock == 5


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2099, 12, 31)), st.integers(1, 10**6))
def test_codes_say_day_and_number(day: datetime.date, number: int) -> None:
    code = rules.product_code(day, number)
    assert (code[:6], int(code[6:]), len(code) >= 9) == (f"{day:%y%m%d}", number, True)


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Taipei", "2026-11-22T15:59:59.999999+00:00", "2026-11-22"),
        ("Asia/Taipei", "2026-11-22T16:00:00+00:00", "2026-11-23"),
        ("America/New_York", "2026-11-01T03:59:59+00:00", "2026-10-31"),
        ("America/New_York", "2026-11-01T04:00:00+00:00", "2026-11-01"),
        ("America/New_York", "2026-11-02T04:59:59+00:00", "2026-11-01"),  # a day of 25 hours
        ("America/New_York", "2026-11-02T05:00:00+00:00", "2026-11-02"),
        ("Pacific/Apia", "2011-12-30T09:59:59+00:00", "2011-12-29"),  # 30 December 2011 did not happen there
        ("Pacific/Apia", "2011-12-30T10:00:00+00:00", "2011-12-31"),
    ],
)
def test_the_day_is_the_zones_own(zone: str, moment: str, day: str) -> None:
    assert numbers.local_day(datetime.datetime.fromisoformat(moment), zone).isoformat() == day


def test_time_is_the_databases_and_stands_still_in_a_transaction(here: Tenant) -> None:
    first = numbers.database_now()
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.02)")
    assert numbers.database_now() == first
    assert first.utcoffset() == datetime.timedelta(0)


def _take(tenant: Tenant, day: datetime.date, count: int, *, roll_back: bool) -> Iterator[int]:
    """The first number, or nothing when the taking was rolled back."""
    first = 0
    try:
        with scope.tenant(tenant.pk):
            first = numbers.take("order", day, count)
            if roll_back:
                raise _RolledBack
    except _RolledBack:
        return
    yield first


def _together(work: Callable[[int], None], workers: int) -> None:
    threads = [threading.Thread(target=work, args=(part,)) for part in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _set_counter(tenant: Tenant, kind: str, value: int) -> None:
    with scope.tenant(tenant.pk):
        Counter.objects.create(kind=kind, day=makers.today(tenant), value=value)
