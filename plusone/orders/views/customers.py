"""Customers: the list, one person, and their contact data (JG12).

Here and not in the area of customers, because each figure on these pages is counted from orders.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base import numbers, tables
from plusone.base.views import downloads, notices
from plusone.base.views.chips import chips
from plusone.customers import actions
from plusone.customers.models import Contact, Customer
from plusone.orders.actions import contacts
from plusone.orders.models import buyers, habits
from plusone.orders.models.buyers import Buyer, Wanted
from plusone.orders.rules import periods
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page

SHOWS: dict[str, str | Promise] = {
    "": _("All"),
    "bought": _("Have bought"),
    "new": _("New this month"),
    "vip": _("VIP (10 orders or more)"),
}
SORTS: dict[str, str | Promise] = {
    "joined": _("Newest"),
    "last": _("Last purchase"),
    "total": _("Total"),
    "orders": _("Orders"),
    "average": _("Average order"),
}
_CURSOR = re.compile(r"(-?\d{1,18}(?:\.\d{1,8})?):(\d{1,18})")


class ContactForm(forms.Form):
    """What the shop knows of a customer besides LINE."""

    name = forms.CharField(label=_("Name of the customer"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "tel"})
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    note = forms.CharField(
        label=_("Note for the team"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer never sees it."),
    )


@may("customers.see")
@require_GET
def customers(request: TenantRequest, slug: str) -> HttpResponse:
    """Everybody who ever wrote or ordered: searched as one types, filtered, in the wanted order."""
    wanted = _wanted(request)
    shown, previous_url, next_url = _cut(request, wanted)
    context = {
        "rows": shown,
        "search": wanted.words,
        "filters": _filters(request, wanted.show),
        "sorts": _chips(request, "sort", SORTS, wanted.sort),
        "kept": {name: request.GET[name] for name in ("show", "since", "sort") if request.GET.get(name)},
        "filtered": bool(wanted.words or wanted.show),
        "previous_url": previous_url,
        "next_url": next_url,
        "exports": [_query(request, "console-customers-export", kind=kind) for kind in ("xlsx", "csv")]
        if allowed(request, "customers.export")
        else [],
    }
    return page(request, "customers/customers.html", context)


@may("customers.see")
@require_GET
def customer(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """One customer: who they are, what they buy and how often, how to reach them."""
    return _shown(request, pk)


@may("customers.change")
@require_POST
def contact_data(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Store name, phone, e-mail and note."""
    found = get_object_or_404(Customer, pk=pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _shown(request, pk, form)
    if actions.set_contact_data(actor(request), found, **form.cleaned_data):
        notices.leave(request, gettext("Saved."))
    return redirect(address(request, "console-customer", pk))


@may("customers.export")
@require_GET
def export(request: TenantRequest, slug: str) -> FileResponse:
    """The list as it is filtered and ordered, as a file; that it was taken stands in the history."""
    wanted = _wanted(request)
    kind = request.GET.get("kind", "")
    header = [
        *(
            gettext("Name of the customer"),
            gettext("Name at LINE"),
            gettext("LINE user ID"),
            gettext("Joined"),
        ),
        *(gettext("Orders"), gettext("Total"), gettext("Average order"), gettext("Last purchase")),
        *(gettext("Phone"), gettext("E-mail"), gettext("Note for the team")),
    ]
    day = numbers.local_day(numbers.database_now(), request.tenant.timezone)
    rows = _cells(contacts.take_out(actor(request), wanted), ZoneInfo(request.tenant.timezone))
    return downloads.table(kind, f"customers-{day:%Y%m%d}", gettext("Customers"), header, rows)


def _cells(found: Iterator[Buyer], zone: ZoneInfo) -> Iterator[tuple[tables.Cell, ...]]:
    for one in found:
        yield (
            *(one.name, one.display_name, one.line_user_id, one.joined_at.astimezone(zone).date()),
            *(one.orders, one.total, one.average),
            one.last_at.astimezone(zone).date() if one.last_at else None,
            *(one.phone, one.email, one.note),
        )


def _wanted(request: TenantRequest) -> Wanted:
    """What the address asks for; what it doesn't say rightly means the ordinary."""
    query = request.GET
    show, sort = query.get("show", ""), query.get("sort", "joined")
    after, before = (_CURSOR.fullmatch(query.get(name, "")) for name in ("after", "before"))
    return Wanted(
        month=_newcomers_since(request),
        words=query.get("q", "").replace("\x00", "").strip()[:80],
        show=show if show in buyers.SHOWS else "",
        sort=sort if sort in buyers.SORTS else "joined",
        after=(after[1], int(after[2])) if after else None,
        before=(before[1], int(before[2])) if before else None,
    )


def _newcomers_since(request: TenantRequest) -> datetime.datetime:
    """Since when a customer counts as new: the day that the address names, else when this month began."""
    zone = request.tenant.timezone
    today = numbers.local_day(numbers.database_now(), zone)
    return periods.midnight(periods.day(request.GET.get("since", "")) or today.replace(day=1), zone)


def _filters(request: TenantRequest, chosen: str) -> list[dict[str, Any]]:
    """All, buyers, newcomers, VIPs; and the newcomers since a day that somebody came here with."""
    since = periods.day(request.GET.get("since", "")) if chosen == "new" else None
    chips = _chips(request, "show", SHOWS, "since" if since else chosen)
    if since:
        label = gettext("New since %(day)s") % {"day": date_format(since, "MONTH_DAY_FORMAT")}
        chips.insert(0, {"label": label, "url": _query(request), "active": True})
    return chips


def _chips(
    request: TenantRequest, name: str, words: dict[str, str | Promise], chosen: str
) -> list[dict[str, Any]]:
    rest = {"since": ""} if name == "show" else {}
    return chips(words, chosen, lambda code: _query(request, **{name: code}, **rest))


def _query(request: TenantRequest, view: str = "", **changed: str) -> str:
    """This page's address with something changed, from its beginning; or another page's with the same."""
    kept = request.GET.copy()
    for cursor in ("after", "before"):
        kept.pop(cursor, None)
    for name, value in changed.items():
        kept[name] = value
    if not kept.get("since"):
        kept.pop("since", None)
    return f"{address(request, view) if view else ''}?{kept.urlencode()}"


def _cut(request: TenantRequest, wanted: Wanted) -> tuple[list[Buyer], str, str]:
    """The page that was asked for, and the addresses of the one before and the one after."""
    rows = buyers.listed(wanted, buyers.PAGE + 1)
    if wanted.before and len(rows) < buyers.PAGE:  # the first page, whole, whatever came or went
        wanted = replace(wanted, before=None)
        rows = buyers.listed(wanted, buyers.PAGE + 1)
    more = len(rows) > buyers.PAGE
    shown = rows[-buyers.PAGE :] if wanted.before else rows[: buyers.PAGE]
    has_previous = more if wanted.before else wanted.after is not None
    has_next = wanted.before is not None or more
    return (
        shown,
        _query(request, before=_cursor(shown[0])) if shown and has_previous else "",
        _query(request, after=_cursor(shown[-1])) if shown and has_next else "",
    )


def _cursor(one: Buyer) -> str:
    return f"{one.key}:{one.pk}"


def _shown(request: TenantRequest, pk: int, form: ContactForm | None = None) -> HttpResponse:
    found = buyers.one(pk)
    if found is None:
        raise Http404
    today = numbers.local_day(numbers.database_now(), request.tenant.timezone)
    rhythm = habits.rhythm(pk, today, request.tenant.timezone)
    initial = {name: getattr(found, name) for name in ContactForm.base_fields}
    context = {
        "customer": found,
        "contacts": list(Contact.objects.filter(customer_id=pk).order_by("pk")),
        "favourites": habits.favourites(pk),
        "rhythm": rhythm,
        "months": [(date_format(month, "YEAR_MONTH_FORMAT"), count) for month, count in rhythm.months],
        "form": form or ContactForm(initial=initial),
        "can_change": allowed(request, "customers.change"),
    }
    return page(request, "customers/customer.html", context, 422 if form else 200)
