"""What every row has, and the rows of the ground: events, numbers, schedules, audit."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from plusone.base import scope

M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M]):
    """Rows of one tenant."""


class OwnedManager(models.Manager[M]):
    """Filters by the tenant in scope and raises without one; the second wall is row-level security.

    The planner is not told which tenant: one that its statistics don't know yet it would take for empty, and
    walk all of the tenant's rows for each (docs/decisions/0094).
    """

    def get_queryset(self) -> models.QuerySet[M]:
        rows = super().get_queryset()
        tenant_id = scope.filter_id()
        if tenant_id == scope.EVERYWHERE:
            return rows
        return rows.filter(tenant_id=RawSQL("select %s::bigint", [tenant_id]))


class Owned(models.Model):
    """A row that belongs to a tenant."""

    # The key to the tenant is part of every composite key made in base/walls.py, so no single one is kept
    # beside it.
    tenant = models.ForeignKey(
        "plusone.Tenant",
        models.CASCADE,
        default=scope.for_new_row,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    # An export carries every table along. A model that must not travel says why; sealed columns say where
    # their secrets stand ("channel:{tenant}:secret"), so that they can be sealed anew at another place.
    stays: ClassVar[str] = ""
    sealed_at: ClassVar[Mapping[str, str]] = {}

    objects: ClassVar[OwnedManager[Self]] = OwnedManager()

    class Meta:
        abstract = True

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """The columns of a row that comes in from an archive: what was under way must not go on by itself."""
        return row


class Event(Owned):
    """Something that happened and was recorded in the transaction that did it, such as order.taken."""

    name = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())


class Counter(Owned):
    """The last number given out for a kind and a day of the tenant's zone;
    the row's lock makes numbers gapless.
    """

    kind = models.CharField(max_length=20)
    day = models.DateField()
    value = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "day"], name="counter_once")]


class Schedule(models.Model):
    """A time at which a task is due: a local time of day in a zone, or every so many seconds.

    Belongs to the house, not to a tenant: tasks find the tenants that have work themselves.
    """

    name = models.CharField(max_length=60, unique=True)
    task = models.CharField(max_length=120)
    zone = models.CharField(max_length=60, default="UTC")
    local_time = models.TimeField(null=True)
    every_seconds = models.PositiveIntegerField(null=True)
    next_run = models.DateTimeField()
    last_slot = models.DateTimeField(null=True)
    last_started = models.DateTimeField(null=True)
    last_late_seconds = models.PositiveIntegerField(default=0)


class AuditEntry(Owned):
    """Who did what to which object, before and after. The app role may insert and read, never change."""

    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "actor_kind", "actor", "-id"], name="audit_actor"),
            models.Index(fields=["tenant", "subject", "-id"], name="audit_subject"),
        ]


class Command(Owned):
    """A browser's or program's own id for one command and the answer it got, kept two days (P16,
    reliability 5.4).
    """

    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="command_once")]
