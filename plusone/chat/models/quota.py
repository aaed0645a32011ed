"""A month of paid messages."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned


class QuotaMonth(Owned):
    """What LINE lets the account send this month (訊息則數), in persons reached.
    `cap` is empty when LINE sets no limit.

    used = LINE's figure when last asked + what was accepted since;
    reserved = promised to messages under way."""

    month = models.DateField()
    cap = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    reserved = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "month"], name="quota_month_once"),
            models.CheckConstraint(condition=Q(cap=None) | Q(used__gte=0), name="quota_used_not_negative"),
        ]
