"""A shop's subscription to the plan, and what Stripe told of it."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned
from plusone.tenants.rules.plan import Standing, is_lapsed


class Subscription(Owned):
    """Where the shop stands with its plan (方案), one row a shop. Stripe's word is the truth; this is the
    last heard.

    A shop without a row was opened while billing was off: its trial starts when billing looks for it.
    """

    stays = "the plan belongs to the installation that bills it; an imported shop begins with a trial"

    class State(models.TextChoices):
        TRIAL = "trial"
        ACTIVE = "active"
        PAST_DUE = "past_due"
        CANCELLED = "cancelled"

    state = models.CharField(max_length=10, choices=State.choices, default=State.TRIAL)
    trial_ends_at = models.DateTimeField(null=True)
    period_ends_at = models.DateTimeField(null=True)
    cancels_at = models.DateTimeField(null=True)
    unpaid_since = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)  # Stripe tries the card no more
    customer_id = models.CharField(max_length=60, blank=True)
    subscription_id = models.CharField(max_length=60, blank=True)
    checkout_id = models.CharField(max_length=100, blank=True)
    warned = models.CharField(max_length=10, blank=True)
    epoch = models.PositiveIntegerField(default=0)  # raised by each reading; only the newest may write
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="subscription_one_a_tenant")]

    def standing(self) -> Standing:
        """The row as rules read it."""
        return Standing(
            self.state,
            self.trial_ends_at,
            self.period_ends_at,
            self.cancels_at,
            self.unpaid_since,
            self.given_up,
            bool(self.subscription_id),
        )


class StripeEvent(Owned):
    """One event of Stripe's that concerns the shop, kept once. It only says that something changed: what
    is so
    now is read from Stripe, so that their order does not matter."""

    stays = "as the subscription it tells of"

    event_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=60)
    created = models.BigIntegerField()  # Stripe's clock, seconds
    received_at = models.DateTimeField(db_default=Now())
    seen_count = models.PositiveIntegerField(default=1)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "event_id"], name="stripe_event_once")]
        indexes = [
            models.Index(fields=["tenant", "id"], name="stripe_event_open", condition=Q(handled_at=None))
        ]


def shop_is_lapsed(now: datetime.datetime) -> bool:
    """True when the shop in scope has no plan any more; never where billing is off."""
    if not settings.BILLING:
        return False
    found = Subscription.objects.first()
    return found is not None and is_lapsed(found.standing(), now)
