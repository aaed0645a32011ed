"""Exports that an owner asks for on the settings page: a row, a job, a file for a day."""

import secrets
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Now

from plusone.base import audit, jobs, scope
from plusone.tenants.models.archive import Archive

KEPT_HOURS = 24
SILENT_MINUTES = 10
OPEN = (Archive.State.QUEUED, Archive.State.RUNNING)


def ask(actor: audit.Actor) -> Archive:
    """Queue an export of the shop; while one is under way, that one."""
    give_up_silent()
    under_way = Archive.objects.filter(state__in=OPEN).first()
    if under_way:
        return under_way
    made = Archive.objects.create(asked_by=f"{actor.kind}:{actor.id}")
    audit.note(actor, "shop.export_asked", f"archive:{made.pk}")
    jobs.ring("tenants.archive", tenant_id=scope.current(), archive_id=made.pk)
    return made


def begin(archive_id: int) -> bool:
    """Take a queued export in hand; False when somebody else has, so that a doubled job makes one file."""
    mine = Archive.objects.filter(pk=archive_id, state=Archive.State.QUEUED)
    return bool(mine.update(state=Archive.State.RUNNING, touched_at=Now()))


def note_progress(archive_id: int, done: int, total: int) -> None:
    """Rows written so far, of how many."""
    Archive.objects.filter(pk=archive_id).update(done=done, total=total, touched_at=Now())


def finish(archive_id: int, name: str, size: int) -> None:
    """The file is complete: its name below archives/, and its bytes."""
    Archive.objects.filter(pk=archive_id, state=Archive.State.RUNNING).update(
        state=Archive.State.DONE, name=name, bytes=size, finished_at=Now(), touched_at=Now()
    )


def fail(archive_id: int) -> None:
    """It did not come about; the page says so and offers another try."""
    Archive.objects.filter(pk=archive_id, state__in=OPEN).update(
        state=Archive.State.FAILED, finished_at=Now()
    )


def give_up_silent() -> None:
    """What has not been heard of for minutes has died with its worker."""
    silent = Archive.objects.filter(state__in=OPEN, touched_at__lt=Now() - timedelta(minutes=SILENT_MINUTES))
    silent.update(state=Archive.State.FAILED, finished_at=Now())


def note_fetched(actor: audit.Actor, archive: Archive) -> None:
    """Leave in the history who took the whole shop home."""
    audit.note(actor, "shop.export_fetched", f"archive:{archive.pk}")


def folder() -> Path:
    """Where the files are; only the server reads there."""
    return Path(settings.DATA) / "archives"


def new_name() -> str:
    """A name that nobody can guess."""
    return f"{secrets.token_hex(16)}.tar.gz"


def forget_old() -> None:
    """Over all tenants: remove archives of a day ago, row and file."""
    with scope.everywhere():
        old = Archive.objects.filter(created_at__lt=Now() - timedelta(hours=KEPT_HOURS))
        names = [name for name in old.values_list("name", flat=True) if name]
        old.delete()
    for name in names:
        (folder() / name).unlink(missing_ok=True)
