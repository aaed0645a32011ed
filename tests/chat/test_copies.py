"""Copies of events while the same are written or answered: nobody waits for another in a circle (P2, P5)."""

import random
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection

from plusone.chat.actions import keep
from plusone.hooks.actions import lane
from plusone.hooks.line import kept
from plusone.tenants.models import Tenant
from tests import makers

ROUNDS = 30
UNTIL_IT_HAPPENS = 600  # rounds; one in thirty or so is enough
Deed = Callable[[], object]
Lists = list[list[dict[str, Any]]]


def at_once(*deeds: Iterator[Deed]) -> list[Exception]:
    """The next deed of each at the same moment, until one goes wrong or none is left; what went wrong."""
    errors: list[Exception] = []
    meeting = threading.Barrier(len(deeds))

    def go_on(own: Iterator[Deed]) -> None:
        for deed in own:
            meeting.wait(60)
            try:
                deed()
            except (psycopg.Error, OperationalError) as error:
                errors.append(error)
            meeting.wait(60)
            if errors:
                break
        connection.close()

    threads = [threading.Thread(target=go_on, args=(own,)) for own in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def door(tenant: Tenant, events: Lists, seed: int, times: int = 1) -> Iterator[Deed]:
    """A web process that gets these events, one list after the other, so many times in any order."""
    chance = random.Random(seed)
    with keep.open_pool(settings.DATABASE_URL, 1) as pool:
        keeper = keep.Keeper(pool)
        for some in events:
            copies = [
                [kept(tenant.pk, event) for event in chance.sample(some, len(some))] for _ in range(times)
            ]
            yield partial(_keep_all, keeper, copies)


def _keep_all(keeper: keep.Keeper, copies: list[list[keep.Kept]]) -> None:
    for rows in copies:
        keeper.keep(rows)


def worker(tenant: Tenant, events: Lists) -> Iterator[Deed]:
    """A lane that answers each list while copies of it come."""
    for some in events:
        makers.webhook(tenant, some)
        yield lambda: lane.work(tenant.pk)


def messages(rounds: int) -> Lists:
    return [[makers.text(makers.user_id(), "早安") for _ in range(60)] for _ in range(rounds)]


def at_two_doors(tenant: Tenant, rounds: int) -> list[Exception]:
    events = messages(rounds)
    return at_once(door(tenant, events, 1), door(tenant, events, 2))


def while_answered(tenant: Tenant, rounds: int) -> list[Exception]:
    events = messages(rounds)
    return at_once(worker(tenant, events), door(tenant, events, 1, times=30))


def test_copies_are_kept_at_two_doors(tenant: Tenant) -> None:
    assert at_two_doors(tenant, ROUNDS) == []


def test_copies_are_kept_while_their_events_are_answered(tenant: Tenant) -> None:
    assert while_answered(tenant, ROUNDS) == []


def test_without_one_order_two_doors_wait_for_each_other(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "sorted", list, raising=False)
    errors = at_two_doors(tenant, UNTIL_IT_HAPPENS)
    assert "deadlock detected" in str(errors)


def test_without_one_order_door_and_lane_wait_for_each_other(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "sorted", lambda rows, key=None: list(rows), raising=False)
    errors = while_answered(tenant, UNTIL_IT_HAPPENS)
    assert "deadlock detected" in str(errors)
