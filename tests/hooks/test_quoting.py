"""Quoting one of the shop's own answers names its product, as quoting the product's photo does."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
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


def test_who_quotes_an_answer_about_several_products_is_asked_which(tenant: Tenant) -> None:
    tea, buyer = makers.goods(tenant, "高山茶"), makers.friend(tenant)
    cake = makers.goods(tenant, "鳳梨酥")
    answered(tenant, makers.text(buyer, f"{tea.code}+1\n{cake.code}+1"), "5002")
    makers.goods(tenant, "手工皂")
    event = makers.text(buyer, "+3", quote="5002")
    makers.hear(tenant, event)
    assert lines(tenant) == [("高山茶", 1), ("鳳梨酥", 1)]
    with scope.tenant(tenant.pk):
        asked = OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}")
    assert asked.facts["choices"] == ["高山茶 ×3", "鳳梨酥 ×3"]
    makers.hear(tenant, makers.text(buyer, asked.facts["buttons"][1]["text"]))
    assert lines(tenant)[-1] == ("鳳梨酥", 3)
    makers.hear(tenant, makers.text(buyer, f"{tea.code}+2", quote="5002"))
    assert lines(tenant)[-1] == ("高山茶", 2)


@pytest.mark.parametrize("words", ["取消", "履歷", "改3", "+0", "+1.5", "嗨", "各1"])
def test_any_answer_can_be_quoted(tenant: Tenant, words: str) -> None:
    """What they tell differs; none of it stops the one who quotes it."""
    makers.goods(tenant, "高山茶")
    buyer = makers.friend(tenant)
    makers.hear(tenant, makers.text(buyer, "+1"), makers.text(buyer, words))
    with scope.tenant(tenant.pk):
        newest = OutboxMessage.objects.latest("id")
        OutboxMessage.objects.filter(pk=newest.pk).update(state="accepted", message_ids=["5006"])
    makers.hear(tenant, makers.text(buyer, "+2", quote="5006"))
    assert lines(tenant)[-1] == ("高山茶", 2)


def test_a_quoted_photo_of_what_was_removed_orders_nothing_else(tenant: Tenant) -> None:
    boss, buyer = makers.manager_on_line(tenant), makers.friend(tenant)
    makers.hear(tenant, makers.photo(boss, message_id="5005"))
    makers.hear(tenant, makers.text(boss, "名稱 烏龍茶\n價格 1500", quote="5005"))
    makers.goods(tenant, "手工皂")
    with scope.tenant(tenant.pk):
        catalogue.remove(HOUSE, Product.objects.get(name="烏龍茶"))
    event = makers.text(buyer, "+1", quote="5005")
    makers.hear(tenant, event)
    assert lines(tenant) == []
    with scope.tenant(tenant.pk):
        assert OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}").kind == "refused"


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
