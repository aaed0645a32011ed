"""Where goods are handed out, and which orders were collected."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.orders.models.orders import Order


class PickupPointQuerySet(OwnedQuerySet["PickupPoint"]):
    """Ways to look for pick-up points."""

    def present(self) -> "PickupPointQuerySet":
        """Those in use, by name."""
        return self.filter(removed=False).order_by("name", "id")


PickupPointManager = OwnedManager.from_queryset(PickupPointQuerySet)


class PickupPoint(Owned):
    """A pick-up point (取貨點). Orders from its group are handed out here unless somebody says otherwise."""

    name = models.CharField(max_length=60)
    group = models.ForeignKey(
        "plusone.GroupChat", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    removed = models.BooleanField(default=False, db_default=False)

    objects: ClassVar["PickupPointManager[Self]"] = PickupPointManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=Q(removed=False), name="pickup_point_name_once"
            )
        ]


class Handout(Owned):
    """What the team noted about handing an order out: another pick-up point, and when it was collected."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    point = models.ForeignKey(
        PickupPoint, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    collected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "order"], name="handout_order_once")]
