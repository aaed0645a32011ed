"""Where goods are handed out, and which orders were collected."""

from dataclasses import dataclass
from typing import ClassVar, Self

from django.db import connection, models
from django.db.models import Q

from plusone.base import scope
from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.orders.models.orders import Order

_PARCELS = """
    select o.id, o.number, c.name, o.status, o.chat_key, h.point_id, h.collected_at is not null, l.pieces,
           coalesce(o.paid_total < o.total, false)
      from (select order_id, sum(quantity)::bigint as pieces from plusone_orderline
             where tenant_id = (select %(tenant)s::bigint) and round_id = %(round)s and quantity > 0
             group by order_id) l
      join plusone_order o on o.tenant_id = (select %(tenant)s::bigint) and o.id = l.order_id
      join plusone_customer c on c.tenant_id = (select %(tenant)s::bigint) and c.id = o.customer_id
      left join plusone_handout h on h.tenant_id = (select %(tenant)s::bigint) and h.order_id = o.id
     where o.status <> 'cancelled'
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one order gets of a round, in pieces; `point_id` is where somebody moved it to; `owes`
    that its total has grown since it was paid."""

    order_id: int
    number: str
    customer: str
    status: str
    chat_key: str
    point_id: int | None
    collected: bool
    pieces: int
    owes: bool


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


def parcels_of(round_id: int) -> list[Parcel]:
    """What is to be handed out of this round, in no order. One statement, without opening the orders' lines:
    some thousands take some milliseconds, and a page opens only those it shows.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PARCELS, {"tenant": scope.current(), "round": round_id})
        return [Parcel(*row) for row in cursor.fetchall()]
