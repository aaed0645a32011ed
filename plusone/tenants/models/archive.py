"""A shop's exports: asked for, made by a job, fetched by an owner, forgotten after a day."""

from django.db import models
from django.db.models.functions import Now

from plusone.base.models import Owned


class Archive(Owned):
    """One archive of the whole shop. `name` is its file below DATA/archives; done and total are rows."""

    stays = "its file is on the machine that made it"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True)
    name = models.CharField(max_length=60, blank=True)
    bytes = models.PositiveBigIntegerField(default=0)
    asked_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
