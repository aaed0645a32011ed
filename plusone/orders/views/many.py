"""What is done with many orders at once: a new status, with progress, refusals and undo."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.orders.actions import bulk
from plusone.orders.models import BulkChange, BulkItem, BulkLetter, Status
from plusone.orders.views import letter_words, picks, words
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page

SHOWN = 100


class ManyForm(forms.Form):
    """The wanted status for what was picked; `command` is the form's own id."""

    to = forms.ChoiceField(choices=Status.choices)
    command = forms.RegexField(r"^[\w-]{16,22}$")


@may("orders.change")
@require_POST
def start(request: TenantRequest, slug: str) -> HttpResponse:
    """Give the picked orders, or all that fit the filter, another status; to the page with its progress."""
    form, picked = ManyForm(request.POST), picks.read(request.POST)
    if not form.is_valid() or not picked.any:
        notices.leave(
            request, gettext("Select at least one order and a status. Nothing was changed."), loss=True
        )
        return redirect(address(request, "console-orders"))
    asked = form.cleaned_data
    started = bulk.start(actor(request), picked.orders(), asked["to"], asked["command"])
    return redirect(address(request, "console-bulk", started.pk))


@may("orders.change")
@require_GET
def change(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, what was refused and why; the fragment `live` asks again until it is over."""
    found = get_object_or_404(BulkChange, pk=pk)
    context = {
        "bulk": found,
        "title": _title(found),
        "others": found.done - found.changed - found.refused,
        "refused": _refused(found),
        "undone": BulkChange.objects.filter(undo_of=found).first(),
        "letters": _letters(found),
        "can_send": allowed(request, "messages.send") and not found.undo_of_id,
    }
    return page(request, "orders/bulk.html#live" if "live" in request.GET else "orders/bulk.html", context)


@may("orders.change")
@require_POST
def undo(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Stop it where it is and give each order that it changed its status back."""
    started = bulk.start_undo(actor(request), get_object_or_404(BulkChange, pk=pk))
    return redirect(address(request, "console-bulk", started.pk))


def _title(found: BulkChange) -> str:
    if found.undo_of_id:
        return gettext("Undoing the change")
    return gettext("Orders become “%(status)s”") % {"status": words.status(found.status)}


def _letters(found: BulkChange) -> list[dict[str, Any]]:
    rows = BulkLetter.objects.filter(bulk=found).order_by("id")
    return [{"pk": row.pk, "name": letter_words.name(row.kind)} for row in rows]


def _refused(found: BulkChange) -> list[dict[str, Any]]:
    items = BulkItem.objects.filter(bulk=found, outcome__in=bulk.REFUSALS).select_related("order")
    return [{"number": item.order.number, "why": _why(item)} for item in items.order_by("id")[:SHOWN]]


def _why(item: BulkItem) -> str:
    match item.outcome:
        case "moved":
            said = gettext("Someone changed it in the meantime: it is now “%(status)s”.")
            return said % {"status": words.status(item.before)}
        case "merged":
            return gettext("It was merged into another order.")
        case _:
            return words.missing(item.reason)
