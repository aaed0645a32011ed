"""What came in with an import and was still under way is held until somebody decides (P24): nobody here knows
whether the shop it comes from has said or answered it since.
"""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from plusone.base import audit, scope
from plusone.chat.models import InboxEvent, OutboxMessage

IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages are still to be sent, and how many of buyers' to be answered."""

    messages: int
    events: int


def held() -> Held:
    """What is held of the shop in scope."""
    return Held(_messages().count(), _events().count())


def release(actor: audit.Actor) -> Held:
    """Send what is still in time, answer what was not answered, and wake who does it; the rest expires."""
    counted = held()
    _messages().filter(expires_at__lte=Now()).update(state=OutboxMessage.State.EXPIRED, final_at=Now())
    _messages().update(state=OutboxMessage.State.READY, reason="")
    _events().update(state=InboxEvent.State.NEW, error="", attempts=0, next_try_at=None, final_at=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_notify('plusone_outbox', ''), pg_notify('plusone_inbox', %s)", [str(scope.current())]
        )
    audit.note(
        actor, "fence.released", "shop", after={"messages": counted.messages, "events": counted.events}
    )
    return counted


def discard(actor: audit.Actor) -> Held:
    """Send and answer none of it; all stays to be read."""
    counted = held()
    _messages().update(state=OutboxMessage.State.SUPPRESSED, final_at=Now())
    _events().update(state=InboxEvent.State.IGNORED, final_at=Now())
    audit.note(
        actor, "fence.discarded", "shop", after={"messages": counted.messages, "events": counted.events}
    )
    return counted


def _messages() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.FENCED)


def _events() -> QuerySet[InboxEvent]:
    return InboxEvent.objects.filter(state=InboxEvent.State.QUARANTINED, error=IMPORTED)
