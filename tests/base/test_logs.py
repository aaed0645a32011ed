"""Log lines say what happened to which ids, and nothing about anybody (P40a, reliability 5.11)."""

import io
import json
import logging
from typing import Any

import pytest
from django.conf import settings
from django.db import DataError, connection
from django.test import Client

from plusone.base import logs, scope
from plusone.base.audit import HOUSE
from plusone.chat.models import InboxEvent
from plusone.customers.models import Customer
from plusone.hooks.actions import lane
from plusone.tenants import actions as tenants
from plusone.tenants.models import Member, Tenant
from tests import makers

CANARY = "canary7f3a"


def _read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_its_ids(lines: io.StringIO) -> None:
    logs.logger().warning("lane.batch_failed", tenant=7, cause="line\nbreak")
    (line,) = _read(lines)
    assert (line["tenant"], line["level"]) == (7, "warning")
    assert line["timestamp"].endswith("Z")


def test_keys_that_would_name_somebody_are_left_out(lines: io.StringIO) -> None:
    keys = ("customer_name", "text", "reply_token", "channel_secret", "email", "body", "address")
    told = dict.fromkeys(keys, CANARY)
    logs.logger().info("order.taken", order=1, **told)
    logging.getLogger("elsewhere").warning("%s happened", "it")
    assert CANARY not in lines.getvalue()
    assert [line["event"] for line in _read(lines)] == ["order.taken", "it happened"]


def test_an_exception_says_where_and_what_kind_never_its_words(lines: io.StringIO) -> None:
    try:
        raise ValueError(CANARY) from KeyError(CANARY)
    except ValueError:
        logs.logger().error("it.failed", exc_info=True)
    told = _read(lines)[0]["exception"]
    assert "ValueError" in told
    assert "KeyError" in told
    assert __name__.rpartition(".")[2] in told
    assert f'"{CANARY}"' not in told
    assert CANARY not in told


def test_the_databases_words_quote_values_and_stay_out(database: None, lines: io.StringIO) -> None:
    with connection.cursor() as cursor, pytest.raises(DataError, match=CANARY) as failed:
        cursor.execute("select %s::text::int", [CANARY])
    logs.logger().error("it.failed", exc_info=failed.value)
    told = _read(lines)[0]["exception"]
    assert CANARY not in told
    assert "InvalidTextRepresentation 22P02" in told


def test_a_real_run_with_everything_that_fails_names_nobody(tenant: Tenant, lines: io.StringIO) -> None:
    """Orders, refusals, a poisonous shop, wrong passwords, pages: canaries in all that people write."""
    person = _named_friend(tenant)
    product = makers.goods(tenant, f"{CANARY}-goods")
    secret_token = _secrets(tenant)
    wrong = ("+100", CANARY, f"+1 {CANARY}", f"999999999+1{CANARY}")
    for text in (f"{product.code}+1", "取消", "我的訂單", *wrong):
        makers.hear(tenant, makers.text(person, text, replyToken=f"{CANARY}-reply"))
    _poison(tenant, makers.text(person, f"+1 {CANARY}", replyToken=f"{CANARY}-reply"))
    _browse(tenant)
    assert makers.post(f"/t/{tenant.slug}/webhook", CANARY.encode(), {"HTTP_X_LINE_SIGNATURE": CANARY}) == 401
    written = lines.getvalue()
    assert "event.quarantined" in written
    assert CANARY not in written
    assert secret_token not in written
    assert person not in written


def _named_friend(tenant: Tenant) -> str:
    person = makers.friend(tenant)
    with scope.tenant(tenant.pk):
        Customer.objects.update(name=CANARY, phone=CANARY, email=f"{CANARY}@example.com")
    return person


def _secrets(tenant: Tenant) -> str:
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, token=f"{CANARY}-token", login_secret=f"{CANARY}-secret")
        return tenants.issue_token(CANARY)


def _poison(tenant: Tenant, event: dict[str, Any]) -> None:
    """A shop whose words can't be read fails at every event, until it is quarantined."""
    Tenant.objects.filter(pk=tenant.pk).update(words=[CANARY])
    assert makers.webhook(tenant, [event]) == 200
    for _ in range(5):
        with scope.tenant(tenant.pk):
            InboxEvent.objects.update(next_try_at=None)
        lane.work(tenant.pk)
    Tenant.objects.filter(pk=tenant.pk).update(words={})


def _browse(tenant: Tenant) -> None:
    browser = Client(raise_request_exception=False)
    browser.post(settings.LOGIN_URL, {"email": f"{CANARY}@example.com", "password": CANARY})
    with scope.tenant(tenant.pk):
        member = Member.objects.first() or makers.member(tenant)
    browser.force_login(member.user)
    for rest in ("orders/?search=", "products/?search=", "customers/?search=", "messages/about?cause="):
        assert browser.get(f"/t/{tenant.slug}/console/{rest}{CANARY}").status_code == 200
    assert browser.get("/healthz", headers={"user-agent": CANARY}).status_code == 200


def test_a_chain_of_errors_in_a_circle_ends() -> None:
    first, second = ValueError("one"), KeyError("two")
    first.__context__, second.__context__ = second, first
    told = logs._trace((ValueError, first, None))
    assert told.count("ValueError") == 1
    assert told.count("KeyError") == 1
