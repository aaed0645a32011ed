"""/metrics: what a machine watches, and nothing about people."""

import re

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from plusone.base import numbers, scope
from plusone.chat.actions import quota
from plusone.tenants.models import Tenant
from tests import makers
from tests.api.caller import hear


def figures() -> dict[tuple[str, ...], float]:
    """Every sample by its name and label values."""
    told = Client().get("/metrics").content.decode()
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def test_the_gauges_are_there_and_read_the_database(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        quota.note_figures(quota.month_of(numbers.database_now()), cap=500, used=20)
    seen = figures()
    assert seen["plusone_quota_cap", str(tenant.pk)] == 500
    assert seen["plusone_quota_used", str(tenant.pk)] == 20
    assert seen["plusone_quota_reserved", str(tenant.pk)] == 0
    for name in (
        "plusone_inbox_oldest_seconds",
        "plusone_outbox_oldest_answer_seconds",
        "plusone_outbox_unconfirmed",
    ):
        assert seen[name,] >= 0


def test_the_doors_counters_and_waiting_answers_count(tenant: Tenant) -> None:
    makers.goods(tenant)
    before = figures().get(("plusone_webhook_answers_total", "200"), 0)
    hear(tenant, makers.text(makers.friend(tenant), "+1"))
    seen = figures()
    assert seen["plusone_webhook_answers_total", "200"] > before
    assert seen.get(("plusone_outbox_messages", "0", "ready"), 0) >= 0


def test_a_month_without_a_limit_has_no_cap(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        quota.note_figures(quota.month_of(numbers.database_now()), cap=None, used=1)
    assert ("plusone_quota_cap", str(tenant.pk)) not in figures()


def test_nothing_about_people(tenant: Tenant) -> None:
    makers.goods(tenant, "祕密商品")
    person = makers.friend(tenant)
    hear(tenant, makers.text(person, "+1"))
    told = Client().get("/metrics").content.decode()
    assert not re.search(r"U[0-9a-f]{32}", told)
    assert not [word for word in (person, "小美", "祕密商品", tenant.slug) if word in told]
