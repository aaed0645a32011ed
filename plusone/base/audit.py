"""The record of who did what."""

from dataclasses import dataclass
from typing import Any

from plusone.base.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a team member, a LINE contact, a program's token, or the house itself; `id` as text."""

    kind: str
    id: str = ""


HOUSE = Actor("house")


def note(
    actor: Actor,
    action: str,
    subject: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Insert one audit row and return it; secrets must be masked by the caller."""
    return AuditEntry.objects.create(
        actor_kind=actor.kind,
        actor=actor.id,
        action=action,
        subject=subject,
        before=before or {},
        after=after or {},
    )
