"""A frozen worker cannot strike back (P13): PostgreSQL takes its lane away, and what it does on waking is
refused. With the guard off it keeps the shop to itself.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection

from plusone.base import scope
from plusone.hooks.actions import lane
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers

TAKEN_OVER_WITHIN = 15


@contextmanager
def frozen_with_the_lane(tenant: Tenant, guard: str) -> Iterator[tuple[threading.Event, list[Exception]]]:
    """Another worker takes the lane and freezes in the middle of a batch until it is woken."""
    has_lane, wake, errors = threading.Event(), threading.Event(), list[Exception]()

    def work() -> None:
        try:
            with scope.tenant(tenant.pk), connection.cursor() as cursor:
                cursor.execute(f"set local idle_in_transaction_session_timeout = '{guard}'")
                assert lane._take_lane(tenant.pk)
                events = lane._open_events(10)
                has_lane.set()
                wake.wait(60)
                lane._answer(events)
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert has_lane.wait(10)
    yield wake, errors
    wake.set()
    thread.join(20)


def ordered(tenant: Tenant) -> int:
    with scope.tenant(tenant.pk):
        return Order.objects.count()


def test_another_takes_over_and_the_frozen_one_is_refused(tenant: Tenant) -> None:
    makers.goods(tenant)
    assert makers.webhook(tenant, [makers.text(makers.user_id(), "+1")]) == 200
    guard = (
        connection.settings_dict["OPTIONS"]["options"]
        .split("idle_in_transaction_session_timeout=")[1]
        .split()[0]
    )
    with frozen_with_the_lane(tenant, guard) as (_wake, errors):
        began = time.monotonic()
        while not ordered(tenant) and time.monotonic() < began + TAKEN_OVER_WITHIN:
            with scope.nowhere():
                lane.work(tenant.pk)
            time.sleep(0.1)
        assert ordered(tenant) == 1
    assert len(errors) == 1
    assert ordered(tenant) == 1


@pytest.mark.parametrize("guard", ["0"])
def test_without_the_guard_the_shop_stands_still(tenant: Tenant, guard: str) -> None:
    makers.goods(tenant)
    assert makers.webhook(tenant, [makers.text(makers.user_id(), "+1")]) == 200
    with frozen_with_the_lane(tenant, guard) as (_wake, errors):
        end = time.monotonic() + 11
        while time.monotonic() < end:
            with scope.nowhere():
                assert lane.work(tenant.pk) == 0
            time.sleep(0.5)
        assert ordered(tenant) == 0
    assert (errors, ordered(tenant)) == ([], 1)
