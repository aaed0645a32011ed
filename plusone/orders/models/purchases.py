"""What was bought for a round."""

from django.db import models
from django.db.models.functions import Now

from plusone.base.models import Owned
from plusone.orders.models.rounds import Round


class Purchase(Owned):
    """So many pieces of a variant were bought for a round (採購); minus takes back. Append-only."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    variant = models.ForeignKey(
        "plusone.Variant", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    quantity = models.IntegerField()
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "round", "variant"], name="purchase_round")]
