"""The outbox: each message's fate and its reason."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import TemplateDoesNotExist
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from plusone.base.views import lists
from plusone.base.views.chips import chips
from plusone.chat.models import Attempt, OutboxMessage
from plusone.chat.views import fates
from plusone.chat.views.wording import draw
from plusone.customers.models import Contact
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Channel
from plusone.tenants.views.pages import page

SHOWN: dict[str, tuple[str, ...]] = {
    "way": ("ready", "leased", "retry"),
    "accepted": ("accepted",),
    "parked": ("parked",),
    "trouble": ("unconfirmed", "refused", "expired"),
}
ABOUT = 20
_MOVING = ("ready", "leased", "retry")


@may("messages.see")
@require_GET
def outbox(request: TenantRequest, slug: str) -> HttpResponse:
    """All messages that left or will, newest first, by fate."""
    show = request.GET.get("show", "")
    found = OutboxMessage.objects.order_by("-id")
    shown = lists.cut(found.filter(state__in=SHOWN[show]) if show in SHOWN else found, request.GET)
    context = {
        "slice": shown,
        "messages": _rows(list(shown.rows)),
        "filters": _filters(show),
        "filtered": show in SHOWN,
        "channel": Channel.objects.get(),
    }
    return page(request, "chat/outbox.html", context)


@may("messages.see")
@require_GET
def message(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """One message: as LINE draws it, its fate, each attempt with LINE's request ID."""
    found = get_object_or_404(OutboxMessage, pk=pk)
    (row,) = _rows([found])
    context = {
        **row,
        "facts": _facts(found),
        "attempts": [_attempt(attempt) for attempt in Attempt.objects.filter(message=found).order_by("-id")],
        "preview": _preview(found),
        "account": Channel.objects.get().name or request.tenant.name,
    }
    return page(request, "chat/message.html", context)


@may("messages.see")
@require_GET
def about(request: TenantRequest, slug: str) -> HttpResponse:
    """The messages with these causes (`?cause=`, several times), as a fragment for the page of that cause; it
    asks again while one of them is on its way.
    """
    causes = [cause for cause in request.GET.getlist("cause") if cause][:ABOUT]
    found = OutboxMessage.objects.filter(cause__in=causes).order_by("-id")[:ABOUT]
    rows = _rows(list(found))
    moving = any(row["message"].state in _MOVING for row in rows)
    return page(request, "chat/outbox.html#about", {"messages": rows, "moving": moving})


def _rows(messages: list[OutboxMessage]) -> list[dict[str, Any]]:
    """Messages with their people's names, in one query more."""
    wanted = {message.user_id for message in messages if message.user_id}
    people = {one.line_user_id: one for one in Contact.objects.filter(line_user_id__in=wanted)}
    return [_row(one, people.get(one.user_id)) for one in messages]


def _row(message: OutboxMessage, person: Contact | None) -> dict[str, Any]:
    fate = fates.fate(message)
    if message.state == "accepted" and message.way == "push" and person and _was_blocked(message, person):
        # LINE answers 200 to such a push and delivers nothing (facts: line-platform, "Push conditions").
        fate |= {"look": "lost", "icon": "close", "reason": fates.undelivered()}
    return {
        "message": message,
        "fate": fate,
        "kind": fates.kind(message),
        "person": (person.display_name if person else "") or gettext("a LINE user"),
        "in_group": message.to_kind != "user",
    }


def _was_blocked(message: OutboxMessage, person: Contact) -> bool:
    sent = message.final_at
    return (
        person.is_blocked and sent is not None and person.blocked_at is not None and person.blocked_at <= sent
    )


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at,
        "way": fates.WAYS.get(attempt.way, attempt.way),
        "status": attempt.status,
        "outcome": fates.OUTCOMES.get(attempt.outcome, attempt.outcome),
        "request_id": attempt.request_id,
        "milliseconds": attempt.milliseconds,
    }


def _facts(found: OutboxMessage) -> list[dict[str, Any]]:
    allowed = ", ".join(str(fates.WAYS.get(way, way)) for way in found.ways)
    rows = (
        (gettext("Ways it may take"), allowed),
        (
            gettext("Combined"),
            gettext("%(count)d times") % {"count": found.count} if found.count > 1 else "",
        ),
        (gettext("LINE's request ID"), found.request_id),
        (gettext("LINE's message ID"), ", ".join(found.message_ids)),
        (gettext("Language"), dict(settings.LANGUAGES).get(found.language, found.language)),
    )
    return [{"label": label, "value": value} for label, value in rows if value]


def _preview(found: OutboxMessage) -> list[dict[str, Any]]:
    if found.payload:
        return list(found.payload)
    try:
        return draw(found.kind, found.facts, found.language, found.count)
    except TemplateDoesNotExist:
        return []


def _filters(chosen: str) -> list[dict[str, Any]]:
    named = {
        "": gettext("All"),
        "way": gettext("On the way"),
        "accepted": gettext("Accepted by LINE"),
        "parked": gettext("Waiting"),
        "trouble": gettext("May not have arrived"),
    }
    return chips(named, chosen, "?show={}".format)
