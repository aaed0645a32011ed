"""Bank transfers (轉帳): what buyers report, what the bank says, and what pays what."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.orders.models.orders import Order


class TransferQuerySet(OwnedQuerySet["Transfer"]):
    """Ways to look for reports."""

    def waiting(self) -> "TransferQuerySet":
        """Those that no bank line is matched with."""
        return self.exclude(
            pk__in=Match.objects.filter(undone_at=None, transfer__isnull=False).values("transfer_id")
        )

    def told(self) -> "TransferQuerySet":
        """Newest first, each with `confirmed`: a bank line was matched with it."""
        matches = Match.objects.filter(undone_at=None, transfer_id=OuterRef("pk"))
        return self.order_by("-id").annotate(confirmed=Exists(matches))


class BankLineQuerySet(OwnedQuerySet["BankLine"]):
    """Ways to look for the bank's lines."""

    def waiting(self) -> "BankLineQuerySet":
        """Those neither matched nor set aside."""
        return self.filter(set_aside_at=None).exclude(
            pk__in=Match.objects.filter(undone_at=None).values("bank_line_id")
        )


TransferManager = OwnedManager.from_queryset(TransferQuerySet)
BankLineManager = OwnedManager.from_queryset(BankLineQuerySet)


class Transfer(Owned):
    """A buyer says that they transferred so much from the account that ends in these five digits."""

    customer = models.ForeignKey(
        "plusone.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    digits = models.CharField(max_length=5)
    amount = models.PositiveIntegerField()
    said = models.CharField(max_length=120, blank=True, db_default="")
    cause = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar["TransferManager[Self]"] = TransferManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "cause"], name="transfer_cause_once")]
        indexes = [models.Index(fields=["tenant", "digits", "amount"], name="transfer_digits")]


class BankLine(Owned):
    """A line of the bank's list that the team pasted; by its `mark` it is kept once, however often."""

    digits = models.CharField(max_length=5, blank=True)
    amount = models.PositiveIntegerField()
    said = models.CharField(max_length=200)
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    set_aside_at = models.DateTimeField(null=True)

    objects: ClassVar["BankLineManager[Self]"] = BankLineManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "mark"], name="bank_line_once")]


class Match(Owned):
    """A bank line pays orders: confirmed by a person, and undone by one."""

    bank_line = models.ForeignKey(
        BankLine, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    transfer = models.ForeignKey(
        Transfer, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "bank_line"], condition=Q(undone_at=None), name="match_line_once"
            )
        ]


class MatchedOrder(Owned):
    """An order that a match made paid; `before` is the status it had."""

    match = models.ForeignKey(
        Match, models.PROTECT, related_name="orders", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    before = models.CharField(max_length=14)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "match", "order"], name="matched_once")]
