"""Bank transfers (轉帳): lines pasted, what they pay confirmed with one tap, and undone."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.customers.models import Customer
from plusone.orders.actions import transfers as actions
from plusone.orders.models import BankLine, Match, Order, Transfer
from plusone.orders.rules.transfers import Candidate, Proposal
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page, refreshed

LATEST = 20
MOST_ROWS = 30  # of each kind; the others come up as these are done
WHY: dict[str, str | Promise] = {
    "nobody": _("Nobody reported these digits and this amount."),
    "other_amount": _("Somebody reported these digits with another amount."),
    "several_buyers": _("Several buyers reported the same; choose one."),
    "no_such_sum": _("The buyer who reported it has no unpaid orders that add up to this."),
    "several_sums": _("More than one choice of the buyer's orders adds up to this; choose one."),
    "several_lines": _("Another line claims the same orders; choose which one pays them."),
}


class PasteForm(forms.Form):
    """The bank's lines."""

    lines = forms.CharField(
        label=_("Bank lines"),
        max_length=60_000,
        widget=forms.Textarea({"rows": 4, "placeholder": "11/25 680 012-*****12345"}),
        help_text=_(
            "One per line, with the amount and the account's last five digits. Leave out the balance."
        ),
        error_messages={"required": _("Please paste at least one line.")},
    )


class MatchForm(forms.Form):
    """The orders a line pays, and the report that says so."""

    orders = forms.RegexField(r"^\d{1,18}(-\d{1,18}){0,11}$")
    transfer = forms.IntegerField(required=False)


@may("orders.see")
@require_GET
def transfers(request: TenantRequest, slug: str) -> HttpResponse:
    """What can be confirmed, what can't be told and why, what was reported only, what was confirmed last."""
    return _shown(request, PasteForm())


@may("orders.change")
@require_POST
def paste(request: TenantRequest, slug: str) -> HttpResponse:
    """Keep the pasted lines; what can't be read stays in the form."""
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _shown(request, form, 422)
    came = actions.paste(actor(request), form.cleaned_data["lines"])
    said = gettext("%(new)d new lines, %(known)d already known.") % {"new": came.new, "known": came.known}
    if came.outgoing:
        said = gettext("%(said)s Left out, because the money went out: %(count)d.") % {
            "said": said,
            "count": came.outgoing,
        }
    notices.leave(request, said)
    if not came.unread:
        return redirect(address(request, "console-transfers"))
    left = PasteForm({"lines": "\n".join(came.unread)})
    left.add_error("lines", gettext("In these lines the amount is unclear. Leave one amount in each."))
    return _shown(request, left)  # not 422, which would take the lines that were read back


@may("orders.change")
@require_POST
def confirm(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """The line pays these orders: they are paid at once, with undo."""
    line = get_object_or_404(BankLine, pk=pk)
    form = MatchForm(request.POST)
    try:
        if not form.is_valid():
            raise actions.CannotMatch
        orders = [int(order) for order in form.cleaned_data["orders"].split("-")]
        transfer = Transfer.objects.filter(pk=form.cleaned_data["transfer"] or 0).first()
        match = actions.confirm(actor(request), line, orders, transfer)
    except actions.CannotMatch:
        said = gettext("This changed in the meantime. Nothing was done; please look again.")
        notices.leave(request, said, loss=True)
    else:
        undo_url = address(request, "console-transfer-undo", match.pk)
        notices.leave(request, gettext("Confirmed: the orders are paid."), undo_url=undo_url)
    return redirect(address(request, "console-transfers"))


@may("orders.change")
@require_POST
def undo(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take a match back: its orders are unpaid again."""
    if actions.undo(actor(request), get_object_or_404(Match, pk=pk)):
        notices.leave(request, gettext("Undone: the orders are as they were."))
    return (
        refreshed() if request.headers.get("HX-Request") else redirect(address(request, "console-transfers"))
    )


@may("orders.change")
@require_POST
def seen(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """The team saw this report's money at the bank."""
    actions.see(actor(request), get_object_or_404(Transfer, pk=pk))
    return redirect(address(request, "console-transfers"))


@may("orders.change")
@require_POST
def aside(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """The line is none of ours, with undo."""
    line = get_object_or_404(BankLine, pk=pk)
    back = "undo" in request.GET
    if actions.set_aside(actor(request), line, not back) and not back:
        undo_url = f"{address(request, 'console-transfer-aside', pk)}?undo=1"
        notices.leave(request, gettext("Set aside."), undo_url=undo_url)
    return refreshed() if back else redirect(address(request, "console-transfers"))


def _shown(request: TenantRequest, form: PasteForm, status: int = 200) -> HttpResponse:
    proposals = actions.proposals()
    sure = [one for one in proposals if not one.why]
    unclear = [one for one in proposals if one.why]
    found = sure[:MOST_ROWS] + unclear[:MOST_ROWS]
    lines = BankLine.objects.in_bulk([one.line.id for one in found])
    reports = Transfer.objects.waiting()
    named = _names(found)
    context = {
        "sure": [_row(one, lines[one.line.id], named) for one in sure[:MOST_ROWS]],
        "sure_count": len(sure),
        "unclear": [_row(one, lines[one.line.id], named) for one in unclear[:MOST_ROWS]],
        "unclear_count": len(unclear),
        "reports": reports.select_related("customer").order_by("-id")[:LATEST],
        "reports_count": reports.count(),
        "matches": _latest(),
        "form": form,
        "can_change": allowed(request, "orders.change"),
    }
    return page(request, "orders/transfers.html", context, status)


def _latest() -> list[Match]:
    rows = Match.objects.filter(undone_at=None).select_related("bank_line").order_by("-id")
    return list(rows.prefetch_related("orders__order__customer")[:LATEST])


def _names(found: Sequence[Proposal]) -> dict[str, dict[int, Any]]:
    candidates = [candidate for one in found for candidate in one.candidates]
    return {
        "customers": Customer.objects.in_bulk([candidate.customer_id for candidate in candidates]),
        "orders": Order.objects.in_bulk([order for candidate in candidates for order in candidate.orders]),
    }


def _row(one: Proposal, line: BankLine, named: dict[str, dict[int, Any]]) -> dict[str, Any]:
    choices = [_choice(candidate, named) for candidate in one.candidates]
    return {"line": line, "why": WHY[one.why] if one.why else "", "choices": choices}


def _choice(candidate: Candidate, named: dict[str, dict[int, Any]]) -> dict[str, Any]:
    return {
        "customer": named["customers"][candidate.customer_id],
        "orders": [named["orders"][order] for order in candidate.orders],
        "ids": "-".join(map(str, candidate.orders)),
        "transfer": candidate.report_id,
    }
