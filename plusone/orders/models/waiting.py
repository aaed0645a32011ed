"""The waiting list (候補)."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base.models import Owned, OwnedManager, OwnedQuerySet


class WaitingQuerySet(OwnedQuerySet["Waiting"]):
    """Ways to look at the waiting list."""

    def waiting(self) -> "WaitingQuerySet":
        """Those who still wait, in the order they came."""
        return self.filter(ended_at=None).order_by("id")

    def served_next(self) -> "WaitingQuerySet":
        """Those who wait for something that is on sale and there: they can be served at once."""
        there = Q(variant__unlimited=True) | Q(variant__stock__gt=0)
        priced = Q(variant__price__isnull=False) | Q(variant__product__price__isnull=False)
        product = Q(variant__product__is_public=True, variant__product__removed_at=None)
        return self.waiting().filter(there, priced, product, variant__is_active=True)

    def of_products(self, product_ids: Iterable[int]) -> "WaitingQuerySet":
        """Those who wait for any of these products."""
        return self.waiting().filter(variant__product_id__in=list(product_ids))


WaitingManager = OwnedManager.from_queryset(WaitingQuerySet)


class Waiting(Owned):
    """A buyer waits for so many pieces of a variant that was sold out; `order` is what came of it."""

    variant = models.ForeignKey(
        "plusone.Variant", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        "plusone.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        "plusone.Contact", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    quantity = models.PositiveIntegerField()
    source = models.CharField(max_length=10)
    chat_key = models.CharField(max_length=40, blank=True, db_default="")
    at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    order = models.ForeignKey(
        "plusone.Order", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )

    objects: ClassVar["WaitingManager[Self]"] = WaitingManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "variant", "customer"],
                condition=Q(ended_at=None),
                name="waiting_once",
            )
        ]
