"""Group-buy rounds (開團): when, where, and for which products."""

import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.orders.rules import rounds as rules


class RoundQuerySet(OwnedQuerySet["Round"]):
    """Ways to look for rounds."""

    def listed(self) -> "RoundQuerySet":
        """Newest first, with products and chats."""
        return self.order_by("-id").prefetch_related("products__product", "chats__group")

    def closing(self, now: datetime.datetime, until: datetime.datetime) -> "RoundQuerySet":
        """Those open now that close by that moment."""
        return self.filter(opens_at__lte=now, closes_at__gt=now, closes_at__lte=until, finished_at=None)

    def to_remind(self, now: datetime.datetime) -> "RoundQuerySet":
        """Those still open whose reminder is due and was not given."""
        return self.filter(
            reminded_at=None, remind_at__lte=now, opens_at__lte=now, closes_at__gt=now, finished_at=None
        )


RoundManager = OwnedManager.from_queryset(RoundQuerySet)


class Round(Owned):
    """A group-buy round (開團). Its state follows from its times, so it can never lag behind them.

    `exclusive`: its products can be ordered only while one of their rounds is open. `remind_push`: the
    reminder may cost quota, one message a member of each group.
    """

    name = models.CharField(max_length=80)
    note = models.CharField(max_length=400, blank=True, db_default="")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    exclusive = models.BooleanField(default=True, db_default=True)
    remind_at = models.DateTimeField(null=True)
    remind_push = models.BooleanField(default=False, db_default=False)
    reminded_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar["RoundManager[Self]"] = RoundManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gte=models.F("opens_at")), name="round_closes_after_opening"
            )
        ]
        indexes = [models.Index(fields=["tenant", "-id"], name="round_newest")]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """A reminder that was still to come is off: the shop it comes from may give it. Set it again here."""
        due = row["remind_at"] and not row["reminded_at"] and not row["finished_at"]
        return {**row, "remind_at": None, "remind_push": False} if due else row

    def state(self, now: datetime.datetime) -> rules.State:
        """planned, open, closed or finished at this moment."""
        return rules.state(self.opens_at, self.closes_at, self.finished_at, now)


class RoundProduct(Owned):
    """A product sold in a round."""

    round = models.ForeignKey(
        Round, models.CASCADE, related_name="products", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(
        "plusone.Product", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "product"], name="round_product_once")
        ]
        indexes = [models.Index(fields=["tenant", "product"], name="round_product")]


class RoundChat(Owned):
    """A group chat that a round runs in."""

    round = models.ForeignKey(
        Round, models.CASCADE, related_name="chats", db_constraint=False, db_index=False
    )
    group = models.ForeignKey(
        "plusone.GroupChat", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "round", "group"], name="round_chat_once")]
