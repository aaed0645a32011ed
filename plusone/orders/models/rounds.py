"""Group-buy rounds (開團): when, where, and for which products."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
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

    def running(self, now: datetime.datetime) -> "RoundQuerySet":
        """Those open at this moment, the one that closes first in front."""
        return self.filter(finished_at=None, opens_at__lte=now, closes_at__gt=now).order_by("closes_at", "id")

    def over(self, now: datetime.datetime) -> "RoundQuerySet":
        """Those that have closed, or were finished."""
        return self.filter(Q(closes_at__lte=now) | Q(finished_at__isnull=False))


RoundManager = OwnedManager.from_queryset(RoundQuerySet)


class Round(Owned):
    """A group-buy round (開團). Its state follows from its times, so it can never lag behind them.

    `exclusive`: its products can be ordered only while one of their rounds is open. `remind_push`: the
    reminder may cost quota, one message a member of each group.
    """

    # In the address of its page for buyers: not to be guessed or counted through.
    public_id = models.UUIDField(db_default=RandomUUID())
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
            ),
            models.UniqueConstraint(
                fields=["tenant", "public_id"],
                condition=Q(public_id__isnull=False),  # always: docs/decisions/0094
                name="round_public_id_once",
            ),
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


class RoundProductQuerySet(OwnedQuerySet["RoundProduct"]):
    """Ways to look at what rounds sell."""

    def resting(self, now: datetime.datetime) -> "RoundProductQuerySet":
        """Of products sold in rounds only, of which none has begun without being finished: buyers are not
        shown them (as rules.rounds.shown says for the chat).
        """
        near = RoundProduct.objects.filter(round__finished_at=None, round__opens_at__lte=now)
        return self.filter(round__exclusive=True).exclude(product_id__in=near.values("product_id"))


RoundProductManager = OwnedManager.from_queryset(RoundProductQuerySet)


class RoundProduct(Owned):
    """A product sold in a round."""

    round = models.ForeignKey(
        Round, models.CASCADE, related_name="products", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(
        "plusone.Product", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    objects: ClassVar["RoundProductManager[Self]"] = RoundProductManager()

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
