"""One poisonous event never blocks a shop (P10).

A trigger makes the database choke on it, as a bug of ours would.
"""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from plusone.base import scope
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.hooks.actions import lane
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers

PLANT = """
    create function choke() returns trigger language plpgsql as
      $$ begin if new.cause like 'event:BAD%' then raise exception 'choked'; end if; return new; end $$;
    create trigger choke before insert on plusone_order for each row execute function choke()
"""


def as_owner(statement: str) -> None:
    with psycopg.connect(settings.DATABASE_URL, options="-c role=plusone_owner") as connection:
        connection.execute(statement)


@pytest.fixture
def poison(tenant: Tenant) -> Iterator[None]:
    as_owner(PLANT)
    yield
    as_owner("drop trigger if exists choke on plusone_order; drop function choke")


def bad(person: str) -> dict[str, Any]:
    event = makers.text(person, "+1")
    return {**event, "webhookEventId": "BAD" + event["webhookEventId"][3:]}


def states(tenant: Tenant) -> list[str]:
    with scope.tenant(tenant.pk):
        return list(InboxEvent.objects.values_list("state", flat=True))


@pytest.mark.usefixtures("poison")
def test_nineteen_are_answered_and_the_bad_one_is_set_aside(tenant: Tenant) -> None:
    makers.goods(tenant, stock=100)
    events = [makers.text(makers.user_id(), "+1") for _ in range(19)]
    events.insert(7, bad(makers.user_id()))
    assert makers.webhook(tenant, events) == 200
    with scope.nowhere():
        lane.work(tenant.pk)
    assert states(tenant).count("done") == 19
    end = time.monotonic() + 30
    while "new" in states(tenant) and time.monotonic() < end:
        with scope.nowhere():
            lane.work(tenant.pk)
        time.sleep(0.05)
    with scope.tenant(tenant.pk):
        culprit = InboxEvent.objects.get(state="quarantined")
        assert (culprit.event_id, culprit.attempts) == (events[7]["webhookEventId"], 5)
        assert culprit.error
        assert Order.objects.count() == OutboxMessage.objects.count() == 19


@pytest.mark.usefixtures("poison")
def test_quarantined_event_is_replayed_once_after_the_mend(tenant: Tenant) -> None:
    makers.goods(tenant, stock=100)
    event = bad(makers.user_id())
    makers.webhook(tenant, [event])
    with scope.tenant(tenant.pk):
        InboxEvent.objects.update(attempts=4)
    with scope.nowhere():
        lane.work(tenant.pk)
    assert states(tenant) == ["quarantined"]
    as_owner("drop trigger choke on plusone_order")
    with scope.nowhere():
        assert lane.replay(tenant.pk, [event["webhookEventId"]]) == 1
        lane.work(tenant.pk)
        assert lane.replay(tenant.pk, [event["webhookEventId"]]) == 0
        lane.work(tenant.pk)
    with scope.tenant(tenant.pk):
        assert Order.objects.get().cause == f"event:{event['webhookEventId']}"
    assert states(tenant) == ["done"]
