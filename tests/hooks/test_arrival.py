"""The order of arrival cannot corrupt (P9): LINE delivers late, twice and in any order, and the totals are
the same.
"""

import datetime
import random
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.chat.models import InboxEvent
from plusone.orders.models import Order, OrderLine
from plusone.tenants.models import Tenant
from tests import makers

# What one buyer may write; A and B are goods with ample stock. What a line does depends only on what LINE
# says came before it.
LINES = ("A+1", "A+3", "B+2", "B+99", "取消 A", "A 改 5", "+0", "謝謝")
PATIENT = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def shop(database: None) -> Tenant:
    return makers.shop(commands_a_minute=1000)


@pytest.fixture(scope="module")
def codes(shop: Tenant) -> dict[str, str]:
    return {letter: makers.goods(shop, letter * 3, stock=100_000).code for letter in "AB"}


def _written(person: str, codes: dict[str, str], lines: list[str]) -> list[dict[str, Any]]:
    """The lines as events a second apart by LINE's clock."""
    start = time.time() - 600
    texts = [line.replace("A", codes["A"]).replace("B", codes["B"]) for line in lines]
    return [makers.text(person, text, at=start + second) for second, text in enumerate(texts)]


def _held(shop: Tenant, person: str) -> list[tuple[Any, ...]]:
    """What the buyer has in the end: status, product and quantity of every line, and the totals."""
    with scope.tenant(shop.pk):
        lines = OrderLine.objects.filter(order__contact__line_user_id=person)
        return sorted(lines.values_list("order__status", "product_code", "quantity", "order__total"))


@PATIENT
@given(lines=st.lists(st.sampled_from(LINES), min_size=2, max_size=7), seed=st.integers(0, 2**32))
def test_shuffled_deliveries_give_what_lines_clock_says(
    shop: Tenant, codes: dict[str, str], lines: list[str], seed: int
) -> None:
    """All that waits for the lane is put in LINE's order, in whatever order, bodies and copies it came."""
    orderly, shuffled = makers.friend(shop), makers.friend(shop)
    assert makers.webhook(shop, _written(orderly, codes, lines)) == 200
    makers.work(shop)
    dice, events = random.Random(seed), _written(shuffled, codes, lines)
    arriving = [*events, *dice.sample(events, len(events) // 2)]
    dice.shuffle(arriving)
    while arriving:
        size = dice.randint(1, 3)
        assert makers.webhook(shop, arriving[:size]) == 200
        arriving = arriving[size:]
    makers.work(shop)
    assert _held(shop, shuffled) == _held(shop, orderly)


@PATIENT
@given(
    lines=st.lists(st.sampled_from(["A+1", "A+2", "B+3", "B+9"]), min_size=2, max_size=6),
    order=st.randoms(use_true_random=False),
)
def test_orders_worked_as_they_arrive_add_up_the_same(
    shop: Tenant, codes: dict[str, str], lines: list[str], order: random.Random
) -> None:
    orderly, shuffled = makers.friend(shop), makers.friend(shop)
    makers.hear(shop, *_written(orderly, codes, lines))
    events = _written(shuffled, codes, lines)
    order.shuffle(events)
    for event in events:
        makers.hear(shop, event)
    assert _held(shop, shuffled) == _held(shop, orderly)


@PATIENT
@given(st.permutations(["photo", "price", "order"]))
def test_a_photo_its_price_and_an_order_for_it_in_any_order(arrival: list[str]) -> None:
    shop = makers.shop()
    boss, buyer, photo = makers.manager_on_line(shop), makers.friend(shop), "778899"
    start = time.time() - 5
    events = {
        "photo": makers.photo(boss, message_id=photo, at=start),
        "price": makers.text(boss, "名稱 烏龍茶\n價格 1500", quote=photo, at=start + 1),
        "order": makers.text(buyer, "+2", at=start + 2),
    }
    for name in arrival:
        assert makers.webhook(shop, [events[name]]) == 200
    makers.work(shop)
    with scope.tenant(shop.pk):
        assert Product.objects.values_list("name", "price", "is_public").get() == ("烏龍茶", 1500, True)
        assert Order.objects.get().total == 3000


def test_an_edit_that_comes_before_its_photo_waits_and_applies(tenant: Tenant) -> None:
    boss, photo = makers.manager_on_line(tenant), "112233"
    makers.hear(tenant, makers.text(boss, "價格 1500", quote=photo))
    assert _states(tenant) == ["waiting"]
    makers.hear(tenant, makers.photo(boss, message_id=photo))
    _no_more_waiting(tenant)
    assert _states(tenant) == ["done", "done"]
    with scope.tenant(tenant.pk):
        assert Product.objects.get().price == 1500


def test_an_edit_whose_photo_never_comes_is_let_go(tenant: Tenant) -> None:
    boss = makers.manager_on_line(tenant)
    makers.hear(tenant, makers.text(boss, "價格 1500", quote="445566"))
    with scope.tenant(tenant.pk):
        long_ago = InboxEvent.objects.get().received_at - datetime.timedelta(seconds=60)
        InboxEvent.objects.update(received_at=long_ago)
    _no_more_waiting(tenant)
    assert set(_states(tenant)) <= {"done", "ignored"}
    with scope.tenant(tenant.pk):
        assert not Product.objects.exists()


def _no_more_waiting(tenant: Tenant) -> None:
    """The pause before the next look is over."""
    with scope.tenant(tenant.pk):
        InboxEvent.objects.filter(state="waiting").update(next_try_at=None)
    makers.work(tenant)


def _states(tenant: Tenant) -> list[str]:
    with scope.tenant(tenant.pk):
        return list(InboxEvent.objects.order_by("id").values_list("state", flat=True))
