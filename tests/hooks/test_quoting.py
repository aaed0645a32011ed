"""Quoting one of the shop's own answers names its product, as quoting the product's photo does."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.chat.models import OutboxMessage
from plusone.chat.views.wording import draw
from plusone.orders.models import OrderLine
from plusone.tenants.models import Tenant
from tests import makers


def answered(tenant: Tenant, event: dict[str, Any], message_id: str) -> None:
    """The event comes, and LINE takes the answer to it as this message."""
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        answer = OutboxMessage.objects.filter(cause=f"event:{event['webhookEventId']}")
        assert answer.update(state="accepted", message_ids=[message_id]) == 1


def lines(tenant: Tenant) -> list[tuple[str, int]]:
    with scope.tenant(tenant.pk):
        return list(OrderLine.objects.order_by("id").values_list("name", "quantity"))


def test_plus_one_to_an_answer_orders_its_product_and_not_the_newest(tenant: Tenant) -> None:
    tea, buyer = makers.goods(tenant, "高山茶"), makers.friend(tenant)
    answered(tenant, makers.text(buyer, f"{tea.code}+1"), "5001")
    makers.goods(tenant, "鳳梨酥")
    makers.hear(tenant, makers.text(makers.friend(tenant), "+2", quote="5001"))
    assert lines(tenant) == [("高山茶", 1), ("高山茶", 2)]


def test_an_answer_about_several_products_names_none_and_nobody_waits(tenant: Tenant) -> None:
    tea, buyer = makers.goods(tenant, "高山茶"), makers.friend(tenant)
    cake = makers.goods(tenant, "鳳梨酥")
    answered(tenant, makers.text(buyer, f"{tea.code}+1\n{cake.code}+1"), "5002")
    makers.goods(tenant, "手工皂")
    makers.hear(tenant, makers.text(buyer, "+3", quote="5002"))
    assert lines(tenant)[-1] == ("手工皂", 3)


def test_a_manager_edits_by_quoting_the_answer_to_the_photo(tenant: Tenant) -> None:
    boss = makers.manager_on_line(tenant)
    answered(tenant, makers.photo(boss), "5003")
    makers.hear(tenant, makers.text(boss, "名稱 烏龍茶\n價格 1500", quote="5003"))
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    assert lines(tenant) == [("烏龍茶", 1)]


def test_the_quoted_answer_is_found_by_its_index(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        plan = OutboxMessage.objects.exclude(message_ids=[]).filter(message_ids__0="5004").explain()
    assert "outbox_said" in plan


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("價格 999999999999", "at most 99,999,999"),
        ("價格 100\n價格 200", "stands in two lines"),
        ("庫存 99999999999", "at most 9,999,999"),
        ("價格 100\n公開 也許", "write yes or no"),
        ("分類 " + "長" * 61, "at most 60 characters"),
        ("價格 一千", "a whole number"),
    ],
)
def test_a_refused_edit_says_what_is_wrong(tenant: Tenant, words: str, said: str) -> None:
    manager, tea = makers.manager_on_line(tenant), makers.goods(tenant)
    event = makers.text(manager, f"{tea.code}\n{words}")
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        row = OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}")
    assert row.kind == "edit_problems"
    assert said in str(draw(row.kind, row.facts, "en")[0]["text"])


def test_an_edit_by_chat_keeps_what_the_console_changed_at_the_same_time(tenant: Tenant) -> None:
    """The price comes by chat while a new name is on its way into the database."""
    manager, tea = makers.manager_on_line(tenant), makers.goods(tenant, "茶", price=100)
    assert makers.webhook(tenant, [makers.text(manager, f"{tea.code}\n價格 150")]) == 200
    worker = threading.Thread(target=_work, args=(tenant,))
    with scope.tenant(tenant.pk):
        Product.objects.filter(pk=tea.pk).update(name="冬茶", version=F("version") + 1)
        worker.start()
        worker.join(0.5)
    worker.join()
    with scope.tenant(tenant.pk):
        assert Product.objects.values_list("name", "price").get() == ("冬茶", 150)


def _work(tenant: Tenant) -> None:
    makers.work(tenant)
    connection.close()
