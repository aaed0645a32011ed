"""The shop's own order of its products: what buyers see first."""

from django.db import connection
from django.db.models import Min

from plusone.base import audit, events, scope
from plusone.base.audit import Actor
from plusone.catalogue.models import Product

# Room between two neighbours, so that one can be put between them without moving the others.
GAP = 1024
_TURN_SPACE = 7004
_SPREAD = """
    update plusone_product p set place = %s * o.number
      from (select id, row_number() over (order by place, id desc) as number
              from plusone_product where tenant_id = (select %s::bigint)) o
     where p.tenant_id = (select %s::bigint) and p.id = o.id
"""


def first_place() -> int:
    """A place before all others."""
    found = Product.objects.filter(removed_at=None).aggregate(first=Min("place"))["first"]
    return int(found or 0) - GAP


def put_before(actor: Actor, product: Product, other: Product | None) -> None:
    """Put the product right before the other one, or behind all when there is none.

    One person arranges at a time; who drags meanwhile waits. All products get new places when no room is
    left between two.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN_SPACE, scope.current() % 2**31])
    if other is not None and other.pk == product.pk:
        return
    place = _between(product, other)
    if place is None:
        _spread()
        place = _between(product, other)
    assert place is not None
    Product.objects.filter(pk=product.pk).update(place=place)
    audit.note(actor, "product.placed", f"product:{product.pk}", {"place": product.place}, {"place": place})
    events.record("product.changed", product=product.pk)


def _between(product: Product, other: Product | None) -> int | None:
    """A place between the other and the one before it; None when they stand too close."""
    rest = Product.objects.filter(removed_at=None).exclude(pk=product.pk).arranged()
    if other is None:
        last = rest.reverse().first()
        return last.place + GAP if last else 0
    now = rest.get(pk=other.pk)
    before = rest.filter(place__lte=now.place).exclude(place=now.place, pk__lte=now.pk).reverse().first()
    if before is None:
        return now.place - GAP
    middle = (before.place + now.place) // 2
    return middle if before.place < middle < now.place else None


def _spread() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, [GAP, scope.current(), scope.current()])
