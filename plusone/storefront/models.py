"""Who is signed in to the shop's pages."""

import datetime
from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from plusone.base.audit import Actor
from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.orders.models import Order


class BuyerSessionQuerySet(OwnedQuerySet["BuyerSession"]):
    """Ways to look for sessions."""

    def alive(self) -> "BuyerSessionQuerySet":
        """Those whose time is not over, by the database's clock."""
        return self.filter(expires_at__gt=Now())


BuyerSessionManager = OwnedManager.from_queryset(BuyerSessionQuerySet)


class BuyerSession(Owned):
    """A buyer's browser after LINE said who they are; only the token's hash is kept.

    Nothing of the console's: another cookie, another table, another path.
    """

    stays = "a browser that is signed in at the old place; LINE tells the new one again who it is"

    token_hash = models.CharField(max_length=64)
    contact = models.ForeignKey(
        "plusone.Contact", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    objects: ClassVar["BuyerSessionManager[Self]"] = BuyerSessionManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="buyersession_once")]
        indexes = [models.Index(fields=["tenant", "expires_at"], name="buyersession_end")]


@dataclass(frozen=True, slots=True)
class Buyer:
    """The signed-in buyer: a LINE contact of this shop, with its customer."""

    contact_id: int
    customer_id: int
    line_user_id: str
    language: str
    is_friend: bool

    @property
    def actor(self) -> Actor:
        """The buyer as the one who acts, the same as in the chat."""
        return Actor("contact", str(self.contact_id))


def buyer_with(token_hash: str) -> Buyer | None:
    """Who is signed in with the token of this hash, or None."""
    found = BuyerSession.objects.alive().filter(token_hash=token_hash).select_related("contact").first()
    if found is None:
        return None
    who = found.contact
    is_friend = who.followed_at is not None and (who.blocked_at is None or who.blocked_at < who.followed_at)
    return Buyer(who.pk, who.customer_id, who.line_user_id, who.language, is_friend)


def placed_lately(customer_id: int) -> int:
    """How many orders the customer has placed within the last minute."""
    since = Now() - datetime.timedelta(minutes=1)
    return Order.objects.filter(customer_id=customer_id, placed_at__gt=since).count()
