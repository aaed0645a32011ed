"""Change the status of many orders: asked once, worked in pieces by a job, each by the same set_status."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import jobs, scope
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change
from plusone.orders.models import BulkChange, BulkItem, OrderQuerySet, Status

JOB = "orders.change_many"
# The shop's turn is held for a piece: buyers' orders wait no longer than so many changes take (about 0.2 s).
PIECE = 20
_ITEMS = """
    insert into plusone_bulkitem (tenant_id, bulk_id, order_id, wanted)
    select %s, %s, found.id, %s from ({}) found order by found.id
"""
_BACK = """
    insert into plusone_bulkitem (tenant_id, bulk_id, order_id, wanted, expected)
    select tenant_id, %s, order_id, before, wanted from plusone_bulkitem
     where tenant_id = (select %s::bigint) and bulk_id = %s and outcome = 'changed' order by id desc
"""


def start(actor: Actor, orders: OrderQuerySet, status: str, command: str) -> BulkChange:
    """Note the orders and queue the job that gives each this status; the same command starts nothing anew.

    Raises change.UnknownStatus.
    """
    if status not in Status.values:
        raise change.UnknownStatus(status)
    bulk, is_new = _open(actor, command, status=status)
    if is_new:
        sql, values = orders.order_by().values("id").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_ITEMS.format(sql), [scope.current(), bulk.pk, status, *values])
            _queue(bulk, cursor.rowcount)
    return bulk


def start_undo(actor: Actor, undone: BulkChange) -> BulkChange:
    """Stop the change where it is, and queue the job that gives each changed order its status back, unless
    somebody changed it since. Undone once however often it is asked.
    """
    held = BulkChange.objects.select_for_update().get(pk=undone.pk)
    bulk, is_new = _open(actor, f"undo:{undone.pk}"[:22], status="", undo_of=held)
    if is_new:
        BulkItem.objects.filter(bulk=held, outcome="").update(outcome="stopped")
        BulkChange.objects.filter(pk=held.pk, finished_at=None).update(finished_at=Now(), total=F("done"))
        with connection.cursor() as cursor:
            cursor.execute(_BACK, [bulk.pk, scope.current(), held.pk])
            _queue(bulk, cursor.rowcount)
    return bulk


def work(bulk_id: int) -> bool:
    """Change the next piece of orders, in the caller's transaction; False when nothing is left, or another
    worker is at it.
    """
    bulk = BulkChange.objects.select_for_update(skip_locked=True).filter(pk=bulk_id, finished_at=None).first()
    if bulk is None:
        return False
    items = list(BulkItem.objects.filter(bulk=bulk, outcome="").order_by("id")[:PIECE])
    catalogue.take_turn()
    done = [_change(Actor(bulk.actor_kind, bulk.actor), item) for item in items]
    BulkItem.objects.bulk_update(done, ["before", "outcome", "reason"])
    over = len(items) < PIECE
    BulkChange.objects.filter(pk=bulk.pk).update(
        done=F("done") + len(done),
        changed=F("changed") + sum(item.outcome == "changed" for item in done),
        refused=F("refused") + sum(item.outcome in REFUSALS for item in done),
        finished_at=Now() if over else None,
    )
    return not over


REFUSALS = ("moved", "merged", "missing")


@dataclass(frozen=True, slots=True)
class _Fate:
    before: str
    outcome: str
    reason: tuple[tuple[str, str, int], ...] = ()


def _change(actor: Actor, item: BulkItem) -> BulkItem:
    fate = _try(actor, item)
    item.before, item.outcome, item.reason = fate.before, fate.outcome, [list(one) for one in fate.reason]
    return item


def _try(actor: Actor, item: BulkItem) -> _Fate:
    order = change.hold(item.order_id)
    before = order.status
    if item.expected and before != item.expected:
        return _Fate(before, "moved")
    try:
        with transaction.atomic():
            changed = change.set_status(actor, order, item.wanted)
    except change.NotEnough as error:
        return _Fate(before, "missing", error.missing)
    except change.Merged:
        return _Fate(before, "merged")
    return _Fate(before, "changed" if changed else "same")


def _open(
    actor: Actor, command: str, *, status: str, undo_of: BulkChange | None = None
) -> tuple[BulkChange, bool]:
    given = {"status": status, "undo_of": undo_of, "actor_kind": actor.kind, "actor": actor.id}
    return BulkChange.objects.get_or_create(command=command, defaults=given)


def _queue(bulk: BulkChange, total: int) -> None:
    BulkChange.objects.filter(pk=bulk.pk).update(total=total)
    jobs.ring(JOB, tenant_id=scope.current(), bulk_id=bulk.pk)
