"""What was not acted on is listed, so that nobody is lost: who wrote while the shop rested, or too late."""

import datetime
import time
from typing import Any

from django.test import Client

from plusone.base import numbers, scope
from plusone.chat.models import InboxEvent
from plusone.tenants.models import Tenant
from plusone.tenants.models.plan import Subscription
from tests import makers
from tests.tenants import browser

DAY = 86400


def listed(person: Client, tenant: Tenant, query: str = "") -> list[tuple[str, str]]:
    """Who and what the page lists."""
    answer = person.get(browser.path(tenant, f"messages/missed{query}"))
    assert answer.status_code == 200
    return [
        (row["person"].display_name if row["person"] else "", row["words"]) for row in answer.context["rows"]
    ]


def rest(tenant: Tenant) -> None:
    """The trial ended yesterday, and nobody paid."""
    with scope.tenant(tenant.pk):
        over = numbers.database_now() - datetime.timedelta(days=1)
        Subscription.objects.update_or_create(defaults={"state": "trial", "trial_ends_at": over})


def test_who_wrote_while_the_shop_rested_is_listed(tenant: Tenant, settings: Any) -> None:
    makers.goods(tenant)
    person, staff = makers.friend(tenant), browser.at(tenant, "staff")
    makers.hear(tenant, makers.text(person, "+1"))
    assert "Nothing was missed" in staff.get(browser.path(tenant, "messages/missed")).content.decode()
    settings.BILLING = True
    rest(tenant)
    makers.hear(
        tenant, makers.text(person, "+2"), makers.text(person, "今天天氣真好"), makers.tap(person, "undo=x")
    )
    settings.BILLING = False
    assert listed(staff, tenant) == [("小美", "(tapped a button)"), ("小美", "+2")]
    assert listed(staff, tenant, "?show=rested") == listed(staff, tenant)
    assert listed(staff, tenant, "?show=stale") == []
    assert "messages/missed" in staff.get(browser.path(tenant, "messages/")).content.decode()


def test_what_came_too_late_and_what_failed_is_listed_with_its_reason(tenant: Tenant) -> None:
    makers.goods(tenant)
    person, owner = makers.friend(tenant), browser.at(tenant)
    makers.hear(tenant, makers.text(person, "+1", at=time.time() - 4 * DAY))
    makers.hear(tenant, makers.text(makers.user_id(), "+3"))
    with scope.tenant(tenant.pk):
        failed = InboxEvent.objects.order_by("-id")[0]
        InboxEvent.objects.filter(pk=failed.pk).update(state="quarantined", error="ValueError")
    assert listed(owner, tenant, "?show=stale") == [("小美", "+1")]
    assert [words for _who, words in listed(owner, tenant)] == ["+3", "+1"]
    with scope.tenant(tenant.pk):
        InboxEvent.objects.update(body={})
    assert [words for _who, words in listed(owner, tenant)] == ["(older than thirty days)"] * 2
    page = owner.get(browser.path(tenant, "messages/missed?show=quarantined")).content.decode()
    assert "Something of ours failed" in page
    assert "+1" not in [words for _who, words in listed(owner, tenant, "?show=quarantined")]


def test_a_body_of_many_is_listed_as_it_was_written_and_pages_both_ways(tenant: Tenant) -> None:
    """Events of one body are kept in the order of their ids, which say nothing of when they were written."""
    person, owner = makers.friend(tenant), browser.at(tenant)
    long_ago = time.time() - 4 * DAY
    written = [makers.text(person, f"第 {place} 則", at=long_ago) for place in range(120)]
    makers.hear(tenant, *written)
    address, read = "messages/missed", []
    while address:
        shown = owner.get(browser.path(tenant, address)).context
        read.append([row["words"] for row in shown["rows"]])
        address = shown["slice"].older_url and f"messages/missed{shown['slice'].older_url}"
    assert [words for page in read for words in page] == [f"第 {place} 則" for place in reversed(range(120))]
    back = owner.get(browser.path(tenant, f"messages/missed{shown['slice'].newer_url}")).context
    assert [row["words"] for row in back["rows"]] == read[-2]
