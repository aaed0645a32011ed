"""Files of orders (JG22): asked for, worked by a job, fetched, forgotten after a day."""

import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, jobs, numbers, scope
from plusone.base.audit import Actor
from plusone.orders.models import Export, OrderQuerySet, todo

JOB = "orders.export"
KEPT_HOURS = 24
State = Export.State


def ask(
    actor: Actor, *, kind: str, language: str, search: str, status: str, picked: list[int], command: str
) -> Export:
    """Note what is wanted and queue the job that makes the file; the same command asks for nothing anew."""
    given = {
        "kind": kind,
        "language": language,
        "search": search,
        "status": status,
        "picked": picked,
        "actor": actor.id,
    }
    wanted, is_new = Export.objects.get_or_create(command=command, defaults=given)
    if is_new:
        told = {"kind": kind, "search": search, "status": status, "picked": len(picked)}
        audit.note(actor, "orders.export", f"export:{wanted.pk}", None, told)
        jobs.ring(JOB, tenant_id=scope.current(), export_id=wanted.pk)
    return wanted


def orders_of(wanted: Export) -> OrderQuerySet:
    """The orders that the file is to hold, newest first."""
    found = todo.fitting(wanted.search, wanted.status)
    return found.filter(pk__in=wanted.picked) if wanted.picked else found


def begin(export_id: int) -> Export | None:
    """Take the work: a new epoch, and how many orders there are; None when the file is made or forgotten."""
    open_ = Export.objects.filter(pk=export_id, state__in=(State.WAITING, State.WORKING))
    if not open_.update(state=State.WORKING, epoch=F("epoch") + 1, done=0):
        return None
    wanted = Export.objects.get(pk=export_id)
    Export.objects.filter(pk=export_id).update(total=orders_of(wanted).count())
    return wanted


def note_progress(wanted: Export, orders: int) -> None:
    """So many more orders are in the file."""
    Export.objects.filter(pk=wanted.pk, epoch=wanted.epoch).update(done=F("done") + orders)


def finish(wanted: Export, name: str, size: int) -> bool:
    """The file lies there under this name; False when a later worker took over or the work was forgotten."""
    mine = Export.objects.filter(pk=wanted.pk, epoch=wanted.epoch, state=State.WORKING)
    return bool(mine.update(state=State.DONE, file=name, size=size, finished_at=Now(), done=F("total")))


def fail(wanted: Export) -> None:
    """The file could not be created."""
    mine = Export.objects.filter(pk=wanted.pk, epoch=wanted.epoch, state=State.WORKING)
    mine.update(state=State.FAILED, finished_at=Now())


def folder() -> Path:
    """Where files lie that only members with the permission may fetch; never served by their name."""
    return Path(settings.PRIVATE_FILES)


def forget_old() -> int:
    """Remove exports older than a day, of all shops, with their files; how many."""
    with scope.everywhere():
        before = numbers.database_now() - datetime.timedelta(hours=KEPT_HOURS)
        old = list(Export.objects.filter(created_at__lt=before))
        for one in old:
            if one.file:
                (folder() / one.file).unlink(missing_ok=True)
        Export.objects.filter(pk__in=[one.pk for one in old]).delete()
    return len(old)
