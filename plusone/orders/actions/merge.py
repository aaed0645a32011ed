"""Merge a buyer's open orders into one, and take them apart again. No piece moves, every number stays."""

from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from plusone.base import events
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change, lines
from plusone.orders.models import OPEN, Order, OrderChange, OrderLine, Status


class CannotMerge(Exception):
    """These orders don't go together: `args[0]` is settled (one is paid, shipped, cancelled or otherwise not
    open), others (of another buyer or in another currency), or none (there is nothing to merge).
    """


def merge(actor: Actor, target: Order, sources: Iterable[Order]) -> list[str]:
    """Move all lines of the sources into the target; the sources stand as cancelled, empty, and point at it.

    Returns the sources' numbers. History on each side; stock stays as it is. Raises CannotMerge.
    """
    ids = {source.pk for source in sources} - {target.pk}
    held = _hold({target.pk, *ids})
    into = held.pop(target.pk)
    _check(into, held.values())
    for source in held.values():
        OrderLine.objects.filter(order=source).update(
            order=into, merged_from=Coalesce("merged_from", source.pk)
        )
        change.note(actor, source, "merged", source.status, into.number)
        change.note(actor, into, "merged_in", source.number, "")
    Order.objects.filter(pk__in=held).update(
        status=Status.CANCELLED, total=0, merged_into=into, updated_at=Now(), version=F("version") + 1
    )
    Order.objects.filter(merged_into__in=held).update(merged_into=into)
    lines.add_up(into)
    events.record("order.merged", into=into.pk, orders=sorted(held))
    return [source.number for source in held.values()]


def take_apart(actor: Actor, source: Order) -> None:
    """Undo the merging of one order: it gets back its lines and the status it had. One of the two that has no
    pieces left, as its items were cancelled meanwhile, is cancelled. Raises CannotMerge when it lies in no
    other, or that one is no longer open: its pieces may have gone back to stock or been shipped.
    """
    catalogue.take_turn()
    source = Order.objects.get(pk=source.pk)
    if source.merged_into_id is None:
        raise CannotMerge("none")
    held = _hold({source.pk, source.merged_into_id})
    into = held[source.merged_into_id]
    if into.status not in OPEN:
        raise CannotMerge("settled")
    OrderLine.objects.filter(merged_from=source).update(order=source, merged_from=None)
    before = OrderChange.objects.filter(order=source, what="merged").order_by("-id")[0].before
    Order.objects.filter(pk=source.pk).update(status=before, merged_into=None)
    change.note(actor, source, "unmerged", into.number, before)
    change.note(actor, into, "unmerged_out", source.number, "")
    for order in (source, into):
        lines.add_up(order)
        _end_if_empty(actor, order)


def _end_if_empty(actor: Actor, order: Order) -> None:
    if not Order.objects.get(pk=order.pk).kept_lines:
        change.set_status(actor, order, Status.CANCELLED)


def _hold(ids: set[int]) -> dict[int, Order]:
    catalogue.take_turn()
    rows = Order.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {order.pk: order for order in rows}


def _check(into: Order, sources: Iterable[Order]) -> None:
    orders = [into, *sources]
    if len(orders) == 1:
        raise CannotMerge("none")
    if any(order.status not in OPEN for order in orders):
        raise CannotMerge("settled")
    if len({(order.customer_id, order.currency) for order in orders}) > 1:
        raise CannotMerge("others")
