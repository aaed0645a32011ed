"""The outbox: each message's fate in words."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.text import capfirst

from plusone.base import scope
from plusone.chat.models import Attempt, OutboxMessage
from plusone.chat.views import fates
from plusone.tenants import actions as tenants
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser

State = OutboxMessage.State


def said(tenant: Tenant, **fields: Any) -> OutboxMessage:
    """A +1 and the answer that stands in the outbox, with this fate."""
    makers.goods(tenant, "高山茶")
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    with scope.tenant(tenant.pk):
        message = OutboxMessage.objects.get()
        OutboxMessage.objects.filter(pk=message.pk).update(**fields)
        return OutboxMessage.objects.get()


def page(tenant: Tenant, rest: str, **query: str) -> str:
    """The page's text."""
    answer = browser.at(tenant).get(browser.path(tenant, rest), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", State.values)
def test_every_state_has_words(tenant: Tenant, state: str) -> None:
    said(tenant, state=state)
    with translation.override("en"):
        word = capfirst(str(fates.STATES[state][0]))
    assert word in page(tenant, "messages/")


def test_every_kind_of_message_has_words() -> None:
    folder = settings.ROOT / "templates/say"
    texts = {file.stem: file.read_text() for file in folder.glob("*.txt")}
    parts = {name for text in texts.values() for name in re.findall(r'include "say/(\w+)\.txt"', text)}
    assert set(fates.KINDS) == set(texts) - parts


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        ({"state": State.ACCEPTED, "way": "reply"}, "free reply"),
        ({"state": State.ACCEPTED, "way": "push"}, "paid push"),
        ({"state": State.PARKED, "reason": "quota"}, "quota is used up"),
        ({"state": State.UNCONFIRMED, "reason": "no_clear_answer"}, "It may have arrived"),
        ({"state": State.RETRY, "reason": "bad_token"}, "refuses the access token"),
        ({"state": State.REFUSED, "reason": "line_418"}, "answer: line_418"),
    ],
)
def test_the_reason_is_a_sentence(tenant: Tenant, fate: dict[str, str], words: str) -> None:
    said(tenant, **fate)
    assert words in page(tenant, "messages/")


def test_messages_are_filtered_by_fate(tenant: Tenant) -> None:
    said(tenant, state=State.REFUSED, reason="line_400")
    assert "Order received" in page(tenant, "messages/", show="trouble")
    assert "No messages in this state" in page(tenant, "messages/", show="accepted")


def test_a_message_shows_its_person_its_attempts_and_itself(tenant: Tenant) -> None:
    message = said(tenant, state=State.ACCEPTED, way="reply", request_id="req-7", message_ids=["4711"])
    with scope.tenant(tenant.pk):
        Attempt.objects.create(
            message=message,
            epoch=1,
            way="reply",
            endpoint="message/reply",
            status=0,
            outcome="Unclear",
            milliseconds=8000,
        )
    shown = page(tenant, f"messages/{message.pk}/")
    for part in ("小美", "req-7", "4711", "no clear answer", "8,000 ms", "高山茶"):
        assert part in shown


def test_a_kind_that_has_no_template_has_no_preview(tenant: Tenant) -> None:
    message = said(tenant, kind="of_the_future")
    assert "No preview." in page(tenant, f"messages/{message.pk}/")


def test_an_order_finds_the_messages_about_it(tenant: Tenant) -> None:
    message = said(tenant)
    assert "Order received" in page(tenant, "messages/about", cause=message.cause)
    assert "No message is about this order" in page(tenant, "messages/about", cause="event:none")
    assert "No message is about this order" in page(tenant, "messages/about")


def test_another_shops_message_is_not_found(tenant: Tenant) -> None:
    message = said(makers.shop())
    assert browser.at(tenant).get(browser.path(tenant, f"messages/{message.pk}/")).status_code == 404


def test_a_refused_access_token_is_said_on_top(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        tenants.pause_sending("bad_token", 60)
    assert "LINE refuses the access token; messages wait." in page(tenant, "messages/")
