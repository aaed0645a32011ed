"""What buyers wrote that was not acted on: while the shop rested, too late, or because of a fault of ours."""

from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from plusone.base.views import lists
from plusone.base.views.chips import chips
from plusone.chat.models import InboxEvent
from plusone.customers.models import Contact
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import page

WHY: dict[str, str | Promise] = {
    "rested": _("The shop was resting: its plan had ended."),
    "stale": _("It came to us more than three days after it was written: LINE could not reach the shop."),
    "quarantined": _("Something of ours failed over it; the operator can have it answered again."),
}


@may("messages.see")
@require_GET
def missed(request: TenantRequest, slug: str) -> HttpResponse:
    """All of it, last written first, so that nobody is forgotten; `?show=` one of WHY leaves others out."""
    show = request.GET.get("show", "")
    found = InboxEvent.objects.missed(show if show in WHY else "")
    shown = lists.cut_in_order(found, request.GET, "-line_at")
    context = {
        "slice": shown,
        "rows": _rows(list(shown.rows)),
        "filters": _filters(show),
        "filtered": show in WHY,
    }
    return page(request, "chat/missed.html", context)


def _rows(events: list[InboxEvent]) -> list[dict[str, Any]]:
    """What was written, by whom, and why it was not acted on; one query for all the names."""
    wanted = {event.user_id for event in events if event.user_id}
    people = {one.line_user_id: one for one in Contact.objects.filter(line_user_id__in=wanted)}
    return [
        {
            "event": event,
            "person": people.get(event.user_id),
            "words": _words(event),
            "why": WHY[_reason(event)],
            "in_group": event.chat_kind not in ("", "user"),
        }
        for event in events
    ]


def _reason(event: InboxEvent) -> str:
    return event.state if event.state in WHY else "rested"


def _words(event: InboxEvent) -> str:
    """What they wrote; a picture or a button is said to be one, and bodies are emptied after thirty days."""
    message = event.body.get("message", {}) if event.body else {}
    if message.get("text"):
        return str(message["text"])
    if not event.body:
        return gettext("(older than thirty days)")
    return gettext("(tapped a button)") if event.type == "postback" else gettext("(picture or sticker)")


def _filters(chosen: str) -> list[dict[str, Any]]:
    named = {
        "": gettext("All"),
        "rested": gettext("While the shop rested"),
        "stale": gettext("Too late"),
        "quarantined": gettext("Failed"),
    }
    return chips(named, chosen, "?show={}".format)
