"""How a round stands: read from its lines, so that it cannot drift."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from plusone.base import scope
from plusone.catalogue.models import Variant
from plusone.orders.models.orders import Order, OrderLine, Status
from plusone.orders.models.purchases import Purchase
from plusone.orders.models.rounds import Round
from plusone.orders.models.waiting import Waiting

SETTLED = (Status.PAID, Status.SHIPPED)
# The few cancelled orders are set aside, instead of looking up all the others: both come from indexes alone.
_SOLD = """
    select l.round_id, sum(l.quantity)::bigint, sum(l.quantity::bigint * l.unit_price)::bigint
      from plusone_orderline l
     where l.tenant_id = (select %(tenant)s::bigint) and l.round_id = any(%(rounds)s)
       and not exists (select 1 from plusone_order o
                        where o.tenant_id = (select %(tenant)s::bigint) and o.status = 'cancelled'
                          and o.id = l.order_id)
     group by l.round_id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Orders, buyers, pieces, and money in currency units: all of it, and what is paid."""

    orders: int
    buyers: int
    pieces: int
    total: int
    paid: int

    @property
    def unpaid(self) -> int:
        """What is still to be paid."""
        return self.total - self.paid


@dataclass(frozen=True, slots=True)
class Ordered:
    """A variant in a round: pieces ordered by so many buyers, worth so much."""

    variant_id: int
    code: str
    name: str
    label: str
    pieces: int
    buyers: int
    total: int
    bought: int = 0
    waiting: int = 0

    @property
    def left(self) -> int:
        """Pieces still to buy."""
        return max(self.pieces - self.bought, 0)


def live_lines(found: Round) -> QuerySet[OrderLine]:
    """The round's lines that count: of orders that are not cancelled, with pieces."""
    return OrderLine.objects.filter(round=found, quantity__gt=0).exclude(order__status=Status.CANCELLED)


def orders_of(found: Round) -> QuerySet[Order]:
    """The orders with a line in the round, cancelled ones too, newest first."""
    return Order.objects.listed().filter(pk__in=OrderLine.objects.filter(round=found).values("order_id"))


def standing(found: Round) -> Standing:
    """One query."""
    worth = Sum(F("quantity") * F("unit_price"))
    paid = Sum(F("quantity") * F("unit_price"), filter=Q(order__status__in=SETTLED))
    sums = live_lines(found).aggregate(
        orders=Count("order_id", distinct=True),
        buyers=Count("customer_id", distinct=True),
        pieces=Sum("quantity"),
        total=worth,
        paid=paid,
    )
    return Standing(**{name: int(value or 0) for name, value in sums.items()})


def sold(rounds: Sequence[Round]) -> dict[int, tuple[int, int]]:
    """Pieces of each of these rounds and what they are worth in currency units. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_SOLD, {"tenant": scope.current(), "rounds": [found.pk for found in rounds]})
        told = {pk: (pieces, worth) for pk, pieces, worth in cursor.fetchall()}
    return {found.pk: told.get(found.pk, (0, 0)) for found in rounds}


def ordered(found: Round) -> list[Ordered]:
    """What is ordered of each variant, and bought, by product and option. Four queries.

    What was bought and is no longer ordered is left out: it is nobody's. Names are looked up for the variants
    and not for each line: sorting thousands of lines by name took five times as long.
    """
    rows = Purchase.objects.filter(round=found)
    bought = dict(rows.values_list("variant_id").annotate(sum=Sum("quantity")).order_by())
    queue = Waiting.objects.filter(ended_at=None, variant__in=live_lines(found).values("variant_id"))
    waiting = dict(queue.values_list("variant_id").annotate(sum=Sum("quantity")).order_by())
    sums = (
        live_lines(found)
        .order_by()
        .values_list("variant_id")
        .annotate(
            pieces=Sum("quantity"),
            buyers=Count("customer_id", distinct=True),
            total=Sum(F("quantity") * F("unit_price")),
        )
    )
    told = {pk: (pieces, buyers, total) for pk, pieces, buyers, total in sums}
    variants = Variant.objects.filter(pk__in=told).select_related("product")
    return [
        Ordered(
            variant.pk,
            variant.product.code,
            variant.product.name,
            variant.label,
            *told[variant.pk],
            bought.get(variant.pk, 0),
            waiting.get(variant.pk, 0),
        )
        for variant in variants.order_by("product__code", "position", "pk")
    ]
