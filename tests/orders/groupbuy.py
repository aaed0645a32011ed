"""A round, its groups, and what somebody writes in them."""

import datetime
from collections.abc import Sequence

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product
from plusone.chat.models import GroupChat, OutboxMessage
from plusone.chat.views.wording import draw
from plusone.orders.actions import rounds
from plusone.orders.actions.rounds import RoundDraft
from plusone.orders.models import Round
from plusone.tenants.models import Tenant
from tests import makers

HOUR = datetime.timedelta(hours=1)


def a_round(
    tenant: Tenant,
    *products: Product,
    opens: int = -1,
    closes: int = 1,
    chats: Sequence[str] = (),
    name: str = "週五團",
    remind_push: bool = False,
) -> Round:
    """A round around now, in hours."""
    with scope.tenant(tenant.pk):
        now = numbers.database_now()
        groups = GroupChat.objects.filter(chat_key__in=chats).values_list("pk", flat=True)
        draft = RoundDraft(
            name,
            now + opens * HOUR,
            now + closes * HOUR,
            tuple(product.pk for product in products),
            tuple(groups),
            remind_push=remind_push,
        )
        return rounds.start(HOUSE, draft)


def say(
    tenant: Tenant, words: str, *, person: str = "", group: str = "", at: float | None = None
) -> OutboxMessage:
    """Somebody writes it; the answer."""
    event = makers.text(person or makers.friend(tenant), words, group=group, at=at)
    makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        return OutboxMessage.objects.get(cause=f"event:{event['webhookEventId']}")


def text_of(row: OutboxMessage, language: str = "en") -> str:
    """What its reader reads."""
    return str(draw(row.kind, row.facts, language)[0]["text"])


def known_group(tenant: Tenant) -> str:
    """A group that somebody has written in."""
    group = makers.group_id()
    makers.hear(tenant, makers.text(makers.user_id(), "大家好", group=group))
    return group
