"""The inbox: every webhook event, kept once."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet

LAPSED = "plan_lapsed"
_MISSED = Q(error=LAPSED) | Q(state__in=["stale", "quarantined"])


class InboxQuerySet(OwnedQuerySet["InboxEvent"]):
    """Ways to look for events."""

    def missed(self, why: str = "") -> "InboxQuerySet":
        """What people wrote or tapped that was not acted on: all, or `rested`, `stale`, `quarantined`."""
        found = self.filter(_MISSED, type__in=("message", "postback"))
        if why == "rested":
            return found.filter(error=LAPSED)
        return found.filter(state=why) if why else found


InboxManager = OwnedManager.from_queryset(InboxQuerySet)


class InboxEvent(Owned):
    """One LINE webhook event. Inserted by the door before its 200;
    only the lane changes its state (reliability 5.1).

    There is no “processing” state: a lane holds events by its transaction,
    so a crash simply gives them back."""

    class State(models.TextChoices):
        NEW = "new"
        WAITING = "waiting"  # for a photo or message it quotes
        DONE = "done"
        IGNORED = "ignored"
        STALE = "stale"  # older than three days when it came: kept, not acted on (P27)
        QUARANTINED = "quarantined"

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What was not answered yet is set aside: the shop it comes from answers it, or its owner gives
        it back here.
        """
        if row["state"] in (cls.State.NEW, cls.State.WAITING):
            row = {**row, "state": cls.State.QUARANTINED, "error": "imported", "reply_token": ""}
        return row

    event_id = models.CharField(max_length=40)
    type = models.CharField(max_length=30)
    chat_kind = models.CharField(max_length=8, blank=True)
    chat_key = models.CharField(max_length=40, blank=True)
    user_id = models.CharField(max_length=40, blank=True)
    message_id = models.CharField(max_length=40, blank=True)
    line_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    reply_token = models.CharField(max_length=80, blank=True)
    reply_deadline = models.DateTimeField(null=True)
    seen_count = models.PositiveIntegerField(default=1)
    redelivered = models.BooleanField(default=False)
    body = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.NEW, db_default=State.NEW)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, blank=True, db_default="")
    final_at = models.DateTimeField(null=True)

    objects: ClassVar["InboxManager[Self]"] = InboxManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "event_id"], name="inbox_event_once")]
        indexes = [
            models.Index(fields=["tenant", "-line_at", "-id"], name="inbox_missed", condition=_MISSED),
            models.Index(
                fields=["tenant", "line_at", "id"],
                name="inbox_open",
                condition=Q(state__in=["new", "waiting"]),
            ),
            models.Index(
                fields=["tenant", "user_id", "received_at"], name="inbox_user", condition=Q(state="done")
            ),
            models.Index(fields=["tenant", "message_id"], name="inbox_message", condition=~Q(message_id="")),
        ]
