"""The outbox: everything that leaves is a row first."""

import uuid
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet


class OutboxQuerySet(OwnedQuerySet["OutboxMessage"]):
    """Ways to look for messages."""

    def saying(self, message_id: str) -> "OutboxMessage | None":
        """The one that LINE took as this message, or None."""
        return self.exclude(message_ids=[]).filter(message_ids__0=message_id).first()


OutboxManager = OwnedManager.from_queryset(OutboxQuerySet)


class OutboxMessage(Owned):
    """One message to one LINE recipient, with the ways it may take and its fate (reliability 5.3).

    `facts` say what is to be told; the sender draws them in the recipient's language and freezes `payload`
    before the first call, so that every retry sends the same bytes under the same key.
    """

    class State(models.TextChoices):
        READY = "ready"
        LEASED = "leased"
        RETRY = "retry"
        ACCEPTED = "accepted"
        UNCONFIRMED = "unconfirmed"  # LINE may or may not have taken it; shown, never hidden
        PARKED = "parked"  # waits for a free reply of the same chat, or for quota
        EXPIRED = "expired"
        REFUSED = "refused"
        SUPPRESSED = "suppressed"
        FENCED = "fenced"  # came in with an import or a restore: nobody knows whether it was sent since (P24)

    class Rank(models.IntegerChoices):
        ANSWER = 0  # to what a buyer just wrote
        STATUS = 1  # about an order
        NOTICE = 2  # to staff
        CAMPAIGN = 3

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What was still to be sent is fenced: it may have been sent since, so it leaves only when the
        owner says so.
        """
        if row["state"] in (cls.State.READY, cls.State.LEASED, cls.State.RETRY, cls.State.PARKED):
            row = {
                **row,
                "state": cls.State.FENCED,
                "reason": "imported",
                "reply_token": "",
                "lease_owner": "",
            }
        return row

    cause = models.CharField(max_length=120)
    purpose = models.CharField(max_length=30)
    to_kind = models.CharField(max_length=8)
    to_id = models.CharField(max_length=40)
    user_id = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    language = models.CharField(max_length=10)
    payload = models.JSONField(null=True)
    ways = ArrayField(models.CharField(max_length=8))
    reply_token = models.CharField(max_length=80, blank=True)
    reply_deadline = models.DateTimeField(null=True)
    retry_key = models.UUIDField(default=uuid.uuid4)
    rank = models.PositiveSmallIntegerField(choices=Rank.choices, default=Rank.ANSWER)
    not_before = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=State.choices, default=State.READY, db_default=State.READY
    )
    reason = models.CharField(max_length=40, blank=True, db_default="")
    lease_owner = models.CharField(max_length=40, blank=True, db_default="")
    lease_until = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0, db_default=0)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    reply_tried = models.BooleanField(default=False, db_default=False)
    first_push_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(default=1, db_default=1)
    reserved = models.PositiveIntegerField(default=0, db_default=0)
    way = models.CharField(max_length=8, blank=True, db_default="")
    request_id = models.CharField(max_length=64, blank=True, db_default="")
    message_ids = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    window_key = models.CharField(max_length=120, blank=True, db_default="")
    count = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    final_at = models.DateTimeField(null=True)

    objects: ClassVar["OutboxManager[Self]"] = OutboxManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "cause", "purpose"], name="outbox_once")]
        indexes = [
            models.Index(F("tenant"), F("message_ids__0"), name="outbox_said", condition=~Q(message_ids=[])),
            models.Index(
                fields=["tenant", "to_id", "id"],
                name="outbox_open",
                condition=Q(state__in=["ready", "leased", "retry", "parked"]),
            ),
            models.Index(
                fields=["rank", "id"],
                name="outbox_next",
                condition=Q(state__in=["ready", "leased", "retry"]),
            ),
            models.Index(
                fields=["tenant", "window_key", "-id"], name="outbox_window", condition=~Q(window_key="")
            ),
        ]


class Attempt(Owned):
    """One call to LINE for an outbox message: append-only, with the five things LINE asks to keep."""

    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="tries", db_constraint=False)
    at = models.DateTimeField(db_default=Now())
    epoch = models.PositiveIntegerField()
    way = models.CharField(max_length=8)
    endpoint = models.CharField(max_length=60)
    status = models.IntegerField()  # 0 = no answer
    request_id = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=20)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "message"], name="attempt_message")]
