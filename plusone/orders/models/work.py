"""Long work over many orders, as rows: what was asked, how far it is, what came of it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned
from plusone.orders.models.orders import Order


class BulkChange(Owned):
    """One change of status over many orders; with `undo_of` the one that takes an earlier one back.

    `command` is the form's own id: two presses start one. Counts are of its items.
    """

    command = models.CharField(max_length=22)
    status = models.CharField(max_length=14)
    undo_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "command"], name="bulk_command_once")]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What was half done stays half done: nobody here knows how far the old place went."""
        return {**row, "finished_at": row["finished_at"] or row["created_at"]}


class BulkItem(Owned):
    """One order of a bulk change. `expected` is the status it must still have (empty: any), `outcome` what
    came of it: empty while it waits, changed, same, moved (somebody changed it meanwhile), merged, missing
    (its pieces are gone; `reason` says which), stopped.
    """

    bulk = models.ForeignKey(BulkChange, models.CASCADE, related_name="items", db_constraint=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    wanted = models.CharField(max_length=14)
    expected = models.CharField(max_length=14, blank=True, db_default="")
    before = models.CharField(max_length=14, blank=True, db_default="")
    outcome = models.CharField(max_length=10, blank=True, db_default="")
    reason = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "bulk", "order"], name="bulk_item_once")]
        indexes = [
            models.Index(fields=["tenant", "bulk", "id"], name="bulk_waiting", condition=Q(outcome="")),
        ]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """See BulkChange."""
        return {**row, "outcome": row["outcome"] or "stopped"}


class Export(Owned):
    """One file of orders that was asked for: which orders, how far it is, under which name it lies.

    `search` and `status` are the list's filter; `picked` are order ids, empty for all that fit. A worker that
    starts it raises `epoch`, and only the newest one finishes it.
    """

    stays = "its file is on the machine that made it"

    class State(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        DONE = "done"
        FAILED = "failed"

    command = models.CharField(max_length=22)
    kind = models.CharField(max_length=4)
    language = models.CharField(max_length=10)
    search = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=14, blank=True)
    picked = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    epoch = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=60, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "command"], name="export_command_once")]
