"""Contact and customer."""

from typing import ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.customers import rules


class CustomerQuerySet(OwnedQuerySet["Customer"]):
    """Ways to look for customers."""

    def with_card(self, told: str) -> "CustomerQuerySet":
        """Whose card it is: as scanned (the whole), or its number as typed, in any case and grouping."""
        span = rules.card_range(told)
        return self.filter(card__range=span) if span else self.none()


CustomerManager = OwnedManager.from_queryset(CustomerQuerySet)


class Customer(Owned):
    """The shop's own record of a buyer (顧客).

    Counts and totals are read from the orders, so they cannot drift.
    """

    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.CharField(max_length=254, blank=True)
    note = models.TextField(blank=True, db_default="")
    joined_at = models.DateTimeField(db_default=Now())
    # What the member card shows (會員卡): the team finds the customer by it; nobody can count through it.
    card = models.UUIDField(db_default=RandomUUID())

    objects: ClassVar["CustomerManager[Self]"] = CustomerManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "card"],
                condition=models.Q(card__isnull=False),  # always: docs/decisions/0094
                name="customer_card_once",
            )
        ]

    @property
    def card_number(self) -> str:
        """The card's number as people read it out."""
        return rules.card_number(self.card)


class ContactQuerySet(OwnedQuerySet["Contact"]):
    """Ways to look for contacts."""

    def unknown(self) -> "ContactQuerySet":
        """Those LINE was not asked about since they came or came back."""
        return self.filter(profile_at=None)


ContactManager = OwnedManager.from_queryset(ContactQuerySet)


class Contact(Owned):
    """A LINE user as the channel's provider knows them (LINE 好友).

    `first_seen_at` is when the LINE ID became known (LINE ID 登錄時間); `linked_at` when it was tied to the
    customer (LINE ID 綁定時間). The two are never the same field (AL03).
    """

    line_user_id = models.CharField(max_length=33)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts", db_constraint=False)
    display_name = models.CharField(max_length=120, blank=True)
    picture_url = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10, blank=True)
    first_seen_at = models.DateTimeField(db_default=Now())
    linked_at = models.DateTimeField(null=True)
    profile_at = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    member = models.ForeignKey(
        "plusone.Member", models.SET_NULL, null=True, related_name="contacts", db_constraint=False
    )

    objects: ClassVar["ContactManager[Self]"] = ContactManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "line_user_id"], name="contact_once")]
        indexes = [
            models.Index(fields=["tenant", "customer"], name="contact_customer"),
            models.Index(fields=["tenant"], name="contact_unknown", condition=Q(profile_at=None)),
        ]

    @property
    def is_blocked(self) -> bool:
        """True when the person blocked the account and hasn't come back: LINE delivers them nothing."""
        return self.blocked_at is not None and (
            self.followed_at is None or self.blocked_at >= self.followed_at
        )
