"""Jobs and news: queued with the transaction that asks for them, run inside their tenant, never twice under a
key.
"""

import json
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from plusone.base import events, jobs, scope
from plusone.base.models import Event
from plusone.catalogue.models import Product
from plusone.schedule import LISTENERS
from plusone.tenants.models import Tenant
from tests import makers

seen: list[Any] = []


@jobs.task("test.look")
def look(number: int) -> None:
    """Note what a job sees."""
    seen.append((number, scope.current(), Product.objects.count()))


@jobs.task("test.everyone")
def everyone() -> None:
    """A job of the house: no tenant."""
    with pytest.raises(scope.NoTenant):
        scope.current()
    seen.append("nobody")


@jobs.task("test.slow", scoped=False)
def slow(tenant_id: int, number: int) -> None:
    """A job that opens its scope itself."""
    seen.append((tenant_id, number, scope.for_new_row(), connection.in_atomic_block))


@pytest.fixture(autouse=True)
def fresh() -> None:
    seen.clear()


def _queued(name: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = %s order by id", [name])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_a_job_runs_inside_the_tenant_it_was_queued_for(tenant: Tenant) -> None:
    makers.goods(tenant)
    other = makers.shop()
    with scope.tenant(other.pk):
        app.tasks["test.look"](tenant_id=tenant.pk, number=7)
        app.tasks["test.everyone"]()
        assert scope.current() == other.pk
    assert seen == [(7, tenant.pk, 1), "nobody"]


def test_an_unscoped_job_holds_no_transaction(tenant: Tenant) -> None:
    app.tasks["test.slow"](tenant_id=tenant.pk, number=1)
    assert seen == [(tenant.pk, 1, None, False)]


def test_a_job_is_queued_with_its_transaction_and_gone_with_it(tenant: Tenant) -> None:
    before = len(_queued("test.look"))
    with transaction.atomic():
        jobs.ring("test.look", tenant_id=tenant.pk, number=1)
        transaction.set_rollback(True)
    assert len(_queued("test.look")) == before
    jobs.ring("test.look", tenant_id=tenant.pk, number=2)
    assert _queued("test.look")[-1] == {"tenant_id": tenant.pk, "number": 2}


def test_a_second_job_of_a_key_is_dropped_and_the_transaction_lives(tenant: Tenant) -> None:
    key = f"once:{tenant.pk}"
    with scope.tenant(tenant.pk):
        for number in (1, 2, 3):
            jobs.ring("test.look", tenant_id=tenant.pk, key=key, number=number)
        Event.objects.create(name="still.alive")
    mine = [job for job in _queued("test.look") if job["tenant_id"] == tenant.pk]
    assert mine == [{"tenant_id": tenant.pk, "number": 1}]
    with scope.tenant(tenant.pk):
        assert Event.objects.filter(name="still.alive").exists()


def test_an_unknown_name_raises_at_once(tenant: Tenant) -> None:
    with pytest.raises(jobs.UnknownJob):
        jobs.ring("test.lok")


def test_news_is_a_row_and_a_job_a_listener_and_vanishes_with_the_caller(tenant: Tenant) -> None:
    events.listen({**LISTENERS, "test.happened": ("test.look", "test.slow")})
    try:
        with scope.tenant(tenant.pk):
            events.record("test.happened", thing=5)
            row = Event.objects.get()
            assert (row.name, row.data) == ("test.happened", {"thing": 5})
        with scope.tenant(tenant.pk):
            events.record("test.happened", thing=6)
            transaction.set_rollback(True)
    finally:
        events.listen(LISTENERS)
    for name in ("test.look", "test.slow"):
        mine = [job for job in _queued(name) if job["tenant_id"] == tenant.pk]
        assert mine == [{"tenant_id": tenant.pk, "event_id": row.pk}]


def test_jobs_carry_ids_and_nothing_else(tenant: Tenant) -> None:
    """What a worker logs or a dump shows of the queue names nobody."""
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with connection.cursor() as cursor:
        cursor.execute("select distinct key, jsonb_typeof(value) from procrastinate_jobs, jsonb_each(args)")
        kinds = dict(cursor.fetchall())
    assert set(kinds.values()) <= {"number", "string"}
    assert {key for key in kinds if key != "timestamp" and not key.endswith("_id")} <= {"number"}
