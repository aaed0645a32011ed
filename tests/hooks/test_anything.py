"""Whatever people do in a chat, in whatever order: no message of theirs is lost on an error of ours, each
answer can be drawn for LINE in every language, and stock and totals stay right.
"""

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import Sum

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.chat.views.wording import draw
from plusone.line.check import check
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers

# A line each; "↵" is a line break.
WORDS = """
+1 | +3 | +99 | +0 | +1.5 | 我要 | 要2個 | 欲しい | 2つお願いします | I want 2 | 幫我留
幫我留2個 | 各1 | 半打 | +１ | 🙋+1
取消 | 取消 1 | 取消全部 | 確定取消 | はい、キャンセル | cancel | cancel all | 取消 {code} | {code}-1
履歷 | 購入履歴 | my orders | 改3 | 改0 | 改成一打 | 3個に変更 | change to 2 | -1 | -9 | 少1個
remove 1 | {code}改2
黑M+1 白L+2 | 黑+1 | 紅+1 | {code}+1 | {code} 2 | {name}+2 | {name} | 999999+1 | \u200b+1\u202e
謝謝 | +1 謝謝 | 嗨 | 123456 | 12345 | ? | 名稱 新↵價格 9 | 價格 1.5 | 庫存 -1 | 公開 否
公開 是 | {code}↵價格 50↵庫存 3
"""
SAYINGS = [word.strip().replace("↵", "\n") for line in WORDS.splitlines() for word in line.split("|")]
OFTEN = ["+1", "{code}+1", "我要2個", "取消"] * 6


@dataclass
class Chat:
    """Three people and a manager of one shop, and all that they have said and been told."""

    tenant: Tenant
    dice: random.Random
    boss: str
    buyers: list[str]
    group: str
    said: list[tuple[str, str, str]] = field(default_factory=list)  # person, group, message id
    shown: list[str] = field(default_factory=list)

    def happens(self) -> dict[str, Any]:
        """The next event, made of what was before."""
        person = self.dice.choice([*self.buyers, *self.buyers, self.boss])
        group = self.dice.choice([self.group, ""])
        deeds = [self._text] * 6 + [self._edit, self._unsend, self._tap, self._tap, self._photo, self._other]
        return self.dice.choice(deeds)(person, group)

    def _text(self, person: str, group: str) -> dict[str, Any]:
        quotable = self.shown if self.dice.random() < 0.8 else [one[2] for one in self.said]
        quote = self.dice.choice(quotable) if quotable and self.dice.random() < 0.5 else ""
        event = makers.text(person, self._words(), quote=quote, group=group)
        self.said.append((person, group, event["message"]["id"]))
        return event

    def _words(self) -> str:
        with scope.tenant(self.tenant.pk):
            product = self.dice.choice(list(Product.objects.order_by("id")))
        return (
            self.dice.choice([*SAYINGS, *OFTEN, "+1" * 200])
            .replace("{code}", product.code)
            .replace("{name}", product.name)
        )

    def _edit(self, person: str, group: str) -> dict[str, Any]:
        mine = [one for one in self.said if one[1]]
        if not mine:
            return self._text(person, group)
        who, where, message_id = self.dice.choice(mine)
        message = {"type": "text", "id": message_id, "text": self._words(), "quoteToken": "q"}
        return makers.event(who, "messageEdited", group=where, message=message)

    def _unsend(self, person: str, group: str) -> dict[str, Any]:
        who, where, message_id = self.dice.choice(self.said) if self.said else (person, group, "1")
        return makers.event(who, "unsend", group=where, unsend={"messageId": message_id})

    def _tap(self, person: str, group: str) -> dict[str, Any]:
        with scope.tenant(self.tenant.pk):
            rows = list(OutboxMessage.objects.order_by("id").values_list("facts", flat=True))
        data = [button["data"] for facts in rows for button in facts.get("buttons", ()) if "data" in button]
        odd = ["undo=", "drop=x.1.²", "wait=²x1", "wait=1x100", "keep", "", "nonsense=1"]
        return makers.tap(person, self.dice.choice([*data, *data, *odd]), group=group)

    def _photo(self, person: str, group: str) -> dict[str, Any]:
        event = makers.photo(person, group=group)
        self.shown.append(event["message"]["id"])
        return event

    def _other(self, person: str, group: str) -> dict[str, Any]:
        kind = self.dice.choice(
            ["follow", "unfollow", "join", "leave", "memberJoined", "somethingNew", "sticker"]
        )
        if kind == "sticker":
            return makers.event(
                person, message={"type": "sticker", "id": "7", "quoteToken": "q"}, group=group
            )
        return makers.event(person, kind, group=group)

    def meanwhile(self) -> None:
        """The shop changes something, and LINE has taken the answers so far: they can be quoted."""
        with scope.tenant(self.tenant.pk):
            for row in OutboxMessage.objects.filter(message_ids=[]):
                row.message_ids = [f"9{row.pk:06}"]
                row.save(update_fields=["message_ids"])
                self.shown.append(row.message_ids[0])
            product = self.dice.choice(list(Product.objects.filter(removed_at=None)))
            if self.dice.random() < 0.5:
                catalogue.show_or_hide(HOUSE, product, self.dice.random() < 0.95)
            elif Product.objects.filter(removed_at=None).count() > 4:
                catalogue.remove(HOUSE, product)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_people_do_meets_an_error(tenant: Tenant, seed: int) -> None:
    makers.goods(tenant, "高山茶", price=300, stock=20)
    makers.goods(tenant, "T恤", stock=0, options={("黑", "M"): 9, ("白", "L"): 9, ("黑", "L"): 0})
    makers.goods(tenant, "🔥麻辣鍋🔥", price=1, stock=-1)
    with scope.tenant(tenant.pk):
        Tenant.objects.filter(pk=tenant.pk).update(commands_a_minute=10_000)
    people = [makers.friend(tenant, language) for language in ("zh-Hant", "ja", "en")]
    chat = Chat(tenant, random.Random(seed), makers.manager_on_line(tenant), people, makers.group_id())
    for _ in range(40):
        batch = [chat.happens() for _ in range(chat.dice.randint(1, 6))]
        chat.dice.shuffle(batch)
        makers.hear(tenant, *batch)
        chat.meanwhile()
    with scope.tenant(tenant.pk):
        failed = InboxEvent.objects.filter(attempts__gt=0)
        assert [(row.error, row.type, row.body) for row in failed] == []
        _answers_can_be_drawn()
        _books_are_right()


def _answers_can_be_drawn() -> None:
    for row in OutboxMessage.objects.all():
        for language in ("zh-Hant", "ja", "en"):
            (message,) = draw(row.kind, row.facts, language)
            assert check(message) == [], (row.kind, row.facts)
            assert message["text"].strip()
            assert "None" not in message["text"], row.facts


def _books_are_right() -> None:
    for variant in Variant.objects.filter(unlimited=False):
        moved = StockMovement.objects.filter(variant=variant).aggregate(sum=Sum("quantity"))["sum"] or 0
        assert variant.stock == moved >= 0
    for order in Order.objects.exclude(status="cancelled"):
        assert order.total == sum(line.quantity * line.unit_price for line in order.kept_lines)
