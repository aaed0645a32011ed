"""Pick-up points, and handing orders out: where, and that they were collected. History on the order."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from plusone.base import audit, events
from plusone.base.audit import Actor
from plusone.orders.actions import change
from plusone.orders.models import Handout, Order, PickupPoint, Status


class NameTaken(ValueError):
    """There is a pick-up point of this name."""


def add_point(actor: Actor, name: str, group_id: int | None) -> PickupPoint:
    """Insert a pick-up point, perhaps the usual one of a group; audit. Raises NameTaken."""
    try:
        with transaction.atomic():
            made = PickupPoint.objects.create(name=name.strip()[:60], group_id=group_id)
    except IntegrityError as error:
        raise NameTaken from error
    audit.note(actor, "pickup.added", f"pickup:{made.pk}", after={"name": made.name})
    return made


def remove_point(actor: Actor, point: PickupPoint, removed: bool) -> bool:
    """Take a pick-up point out of use, or back; its orders keep it. Audit. Raises NameTaken."""
    try:
        with transaction.atomic():
            rows = PickupPoint.objects.filter(pk=point.pk, removed=not removed).update(removed=removed)
    except IntegrityError as error:
        raise NameTaken from error
    if rows:
        audit.note(actor, "pickup.removed" if removed else "pickup.taken_back", f"pickup:{point.pk}")
    return bool(rows)


def set_point(actor: Actor, order: Order, point: PickupPoint) -> bool:
    """Hand the order out at this point; False when it already is. History and `order.changed`."""
    held = change.hold(order.pk)
    row, _ = Handout.objects.get_or_create(order=held)
    if row.point_id == point.pk:
        return False
    before = PickupPoint.objects.filter(pk=row.point_id or 0).first()
    Handout.objects.filter(pk=row.pk).update(point=point)
    change.note(actor, held, "pickup", before.name if before else "", point.name)
    events.record("order.changed", order=held.pk)
    return True


def set_collected(actor: Actor, order: Order, collected: bool) -> bool:
    """The buyer has the goods, or has not after all; False when that was known or the order is cancelled.

    History and `order.changed`. The order's status stays: collected and paid are two things.
    """
    held = change.hold(order.pk)
    if held.status == Status.CANCELLED:
        return False
    row, _ = Handout.objects.get_or_create(order=held)
    if (row.collected_at is not None) == collected:
        return False
    Handout.objects.filter(pk=row.pk).update(collected_at=Now() if collected else None)
    change.note(actor, held, "collected", "" if collected else "yes", "yes" if collected else "")
    events.record("order.changed", order=held.pk)
    return True
