"""Rounds (開團): the list, one round, opening, changing, closing, finishing it."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base import numbers
from plusone.base.views import lists, notices
from plusone.chat.actions.quota import month_of
from plusone.chat.models import GroupChat, QuotaMonth
from plusone.orders.actions import rounds as actions
from plusone.orders.models import Round, figures
from plusone.orders.rules import periods
from plusone.orders.rules.facts import local_time
from plusone.orders.views import round_form
from plusone.orders.views.round_form import ClosingForm, RoundForm
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page, refreshed

CLOSING_HOUR = 21


@may("orders.see")
@require_GET
def rounds(request: TenantRequest, slug: str) -> HttpResponse:
    """All rounds, newest first, with how each stands; `?show=today` those that close today."""
    now = numbers.database_now()
    found = Round.objects.listed()
    today = request.GET.get("show") == "today"
    if today:
        found = found.closing(now, periods.end_of_day(now, request.tenant.timezone))
    cut = lists.cut(found, request.GET, size=20)
    sold = figures.sold(cut.rows)
    rows = [
        {"round": found, "state": found.state(now), "pieces": sold[found.pk][0], "total": sold[found.pk][1]}
        for found in cut.rows
    ]
    can_change = allowed(request, "rounds.change")
    context = {"slice": cut, "rows": rows, "can_change": can_change, "today": today}
    return page(request, "orders/rounds.html", context)


@may("orders.see")
@require_GET
def round_page(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """One round: how many, how much, who, what is ordered, and what to do next."""
    found = get_object_or_404(Round.objects.listed(), pk=pk)
    now = numbers.database_now()
    with timezone.override(request.tenant.timezone):
        closing = ClosingForm(initial={"closes_at": now + datetime.timedelta(hours=1)})
    context = {
        "round": found,
        "state": found.state(now),
        "standing": figures.standing(found),
        "ordered": figures.ordered(found),
        "slice": lists.cut(figures.orders_of(found), request.GET),
        "closing": closing,
        "push": _push(found, now),
        "until": local_time(found.closes_at, request.tenant.timezone),
        "can_change": allowed(request, "rounds.change"),
        "can_buy": allowed(request, "orders.change"),
    }
    return page(request, "orders/round.html", context)


@may("rounds.change")
def add(request: TenantRequest, slug: str) -> HttpResponse:
    """Plan a round, or open one at once."""
    return _form_page(request, None)


@may("rounds.change")
def edit(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Change a round."""
    return _form_page(request, get_object_or_404(Round, pk=pk))


@may("rounds.change")
@require_POST
def closing(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Close at once, or at the time that is sent, which may reopen; an undo has its time in the address."""
    found = get_object_or_404(Round, pk=pk)
    undo = _moment(request.GET.get("back_to", ""))
    wanted = undo or _wanted_closing(request)
    if wanted is None:
        notices.leave(request, gettext("Please choose a day and a time."), loss=True)
    elif not actions.set_closing(actor(request), found, wanted):
        notices.leave(
            request, gettext("The round cannot close at that time. Nothing was changed."), loss=True
        )
    else:
        microseconds = found.closes_at.timestamp() * 1_000_000
        back = f"{address(request, 'console-round-closing', pk)}?back_to={microseconds:.0f}"
        notices.leave(request, _closing_said(request, wanted, undo), undo_url="" if undo else back)
    return refreshed() if undo else redirect(address(request, "console-round", pk))


@may("rounds.change")
@require_POST
def opening(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Open a planned round at once."""
    found = get_object_or_404(Round, pk=pk)
    if actions.open_now(actor(request), found):
        notices.leave(request, gettext("The round is open."))
    return redirect(address(request, "console-round", pk))


@may("rounds.change")
@require_POST
def finish(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Mark the round as finished, or take that back."""
    found = get_object_or_404(Round, pk=pk)
    back = "undo" in request.GET
    if actions.set_finished(actor(request), found, not back):
        undo = f"{address(request, 'console-round-finish', pk)}?undo=1"
        said = gettext("The round is no longer finished.") if back else gettext("The round is finished.")
        notices.leave(request, said, undo_url="" if back else undo)
    return refreshed() if back else redirect(address(request, "console-round", pk))


def _moment(microseconds: str) -> datetime.datetime | None:
    if not (microseconds.isascii() and microseconds.isdigit() and len(microseconds) < 17):
        return None
    return datetime.datetime.fromtimestamp(int(microseconds) / 1_000_000, datetime.UTC)


def _wanted_closing(request: TenantRequest) -> datetime.datetime | None:
    if "closes_at" not in request.POST:
        return numbers.database_now()
    with timezone.override(request.tenant.timezone):
        form = ClosingForm(request.POST)
        return form.cleaned_data["closes_at"] if form.is_valid() else None


def _closing_said(request: TenantRequest, wanted: datetime.datetime, undo: datetime.datetime | None) -> str:
    if wanted <= numbers.database_now():
        return gettext("The round is closed. Anyone who writes +1 now is told so.")
    said = (
        gettext("Undone: the round closes at %(time)s.") if undo else gettext("The round closes at %(time)s.")
    )
    return said % {"time": local_time(wanted, request.tenant.timezone)}


def _push(found: Round, now: datetime.datetime) -> dict[str, Any]:
    """What the reminder by push costs in messages, and what the month has left (None: LINE sets no limit,
    or was not asked yet).
    """
    month = QuotaMonth.objects.filter(month=month_of(now)).first()
    left = month.cap - month.used - month.reserved if month and month.cap is not None else None
    return {"cost": sum(chat.group.members or 0 for chat in found.chats.all()), "left": left}


def _form_page(request: TenantRequest, found: Round | None) -> HttpResponse:
    with timezone.override(request.tenant.timezone):
        chosen = tuple(found.products.values_list("product_id", flat=True)) if found else ()
        if request.method == "POST":
            form = RoundForm(request.POST, chosen=chosen)
            saved = _save(request, found, form) if form.is_valid() else None
            if saved:
                return redirect(address(request, "console-round", saved.pk))
            return page(request, "orders/round_form.html", {"form": form, "round": found}, 422)
        form = RoundForm(initial=_initial(request, found), chosen=chosen)
        return page(request, "orders/round_form.html", {"form": form, "round": found})


def _initial(request: TenantRequest, found: Round | None) -> dict[str, Any]:
    """What the form starts with: the round, or a new one: from now until tomorrow evening, in the only group
    there is, with the product it was asked for.
    """
    if found:
        return round_form.shown(actions.draft_of(found), found.version)
    now = numbers.database_now()
    tomorrow = timezone.localtime(now) + datetime.timedelta(days=1)
    closes = tomorrow.replace(hour=CLOSING_HOUR, minute=0, second=0, microsecond=0)
    product = request.GET.get("product", "")
    products = (int(product),) if product.isascii() and product.isdigit() else ()
    groups = tuple(GroupChat.objects.present().values_list("pk", flat=True)[:2])
    remind_at = closes - datetime.timedelta(minutes=30)
    draft = actions.RoundDraft(
        "", now, closes, products, groups if len(groups) == 1 else (), remind_at=remind_at
    )
    return round_form.shown(draft, None)


def _save(request: TenantRequest, found: Round | None, form: RoundForm) -> Round | None:
    try:
        if found is None:
            saved = actions.start(actor(request), form.draft())
            notices.leave(request, gettext("The round has been created. Copy the text below into the group."))
            return saved
        saved = actions.change(actor(request), found, form.draft(), form.cleaned_data["version"] or 0)
        notices.leave(request, gettext("Saved."))
        return saved
    except actions.BadRound as error:
        for field, code in error.problems.items():
            form.add_error(field, str(round_form.PROBLEMS[field, code]))
    except actions.ChangedMeanwhile:
        form.add_error(
            None,
            gettext("Someone else changed this round in the meantime. Open it again to see it as it is now."),
        )
    return None
