"""The hand-out list of a round per pick-up point: who gets what, who has not paid, who has not collected."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.chat.models import GroupChat
from plusone.orders.actions import handouts as actions
from plusone.orders.models import Order, OrderLine, PickupPoint, Round, figures, handouts
from plusone.orders.models.handouts import Parcel
from plusone.orders.views import picks
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """An order on the list: whether it is paid, and where it is handed out; `order` once it is shown."""

    parcel: Parcel
    paid: bool
    point: PickupPoint | None
    order: Order | None = None
    lines: Sequence[OrderLine] = ()

    @property
    def collected(self) -> bool:
        """True when the buyer has it."""
        return self.parcel.collected


class PointForm(forms.Form):
    """A new pick-up point."""

    name = forms.CharField(
        label=_("Pick-up point"),
        max_length=60,
        error_messages={"required": _("Please give the pick-up point a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    group = forms.ChoiceField(
        label=_("Default for orders from"),
        required=False,
        help_text=_("Orders from this group are handed out here unless you move them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offers the groups the account is in."""
        super().__init__(*args, **kwargs)
        groups = [(str(group.pk), group.name or "—") for group in GroupChat.objects.present()]
        self.fields["group"].choices = [("", gettext("no group")), *groups]  # type: ignore[attr-defined]


@may("orders.see")
@require_GET
def handout(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Who gets what, by pick-up point; `?show=` unpaid or uncollected and `?q=` a name or number leave the
    others out. A page at a time, or `?page=all` for paper.
    """
    found = get_object_or_404(Round, pk=pk)
    show, search = request.GET.get("show", ""), picks.searched(request.GET)
    points = {one.pk: one for one in PickupPoint.objects.select_related("group").order_by("name", "id")}
    rows = [row for row in _rows(found, points) if _is_called(row, search)]
    kept = [row for row in rows if _is_shown(row, show)]
    number, last = _page_number(request.GET.get("page", "")), max(len(kept) - 1, 0) // PAGE + 1
    shown = kept[(number - 1) * PAGE : number * PAGE] if number else kept
    context = {
        "round": found,
        "sections": _sections(kept, _opened(found, shown)),
        "filters": _filters(rows, show, search),
        "search": search,
        "kept": {"show": show} if show else {},
        "previous_url": _url(show, search, number - 1) if 1 < number <= last else "",
        "next_url": _url(show, search, number + 1) if 0 < number < last else "",
        "all_url": _url(show, search, 0) if number and last > 1 else "",
        "total": len(kept),
        "points": [point for point in points.values() if not point.removed],
        "here": request.get_full_path(),
        "can_change": allowed(request, "orders.change"),
    }
    return page(request, "orders/handout.html", context)


@may("orders.change")
@require_POST
def collected(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """The buyer has collected the order, or not after all; at once, with undo."""
    order = get_object_or_404(Order, number=number)
    undoing = "undo" in request.GET
    wanted = (request.GET if undoing else request.POST).get("collected", "1") == "1"
    if actions.set_collected(actor(request), order, wanted):
        undo = f"{address(request, 'console-order-collected', number)}?undo=1&collected={int(not wanted)}"
        said = (
            gettext("%(number)s is collected.")
            if wanted
            else gettext("%(number)s is marked as not collected.")
        )
        notices.leave(request, said % {"number": number}, undo_url="" if undoing else undo)
    return refreshed() if undoing else back(request, address(request, "console-order", number))


@may("orders.change")
@require_POST
def move(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Hand the order out at another point."""
    order = get_object_or_404(Order, number=number)
    chosen = request.POST.get("point", "")
    known = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
    point = PickupPoint.objects.present().filter(pk=known).first()
    if point is None:
        notices.leave(request, gettext("Please choose a pick-up point."), loss=True)
    elif actions.set_point(actor(request), order, point):
        told = {"number": number, "point": point.name}
        notices.leave(request, gettext("%(number)s is now handed out at %(point)s.") % told)
    return back(request, address(request, "console-order", number))


@may("orders.change")
def points(request: TenantRequest, slug: str) -> HttpResponse:
    """All pick-up points, and a form for a new one."""
    form = PointForm(request.POST) if request.method == "POST" else PointForm()
    if form.is_bound and form.is_valid() and _added(request, form):
        return redirect(address(request, "console-pickup-points"))
    known = PickupPoint.objects.present().select_related("group")
    status = 422 if form.is_bound else 200
    return page(request, "orders/pickup_points.html", {"points": known, "form": form}, status)


@may("orders.change")
@require_POST
def remove(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take a pick-up point out of use, with undo."""
    point = get_object_or_404(PickupPoint, pk=pk)
    undoing = "undo" in request.GET
    try:
        done = actions.remove_point(actor(request), point, not undoing)
    except actions.NameTaken:
        notices.leave(request, gettext("There is a pick-up point of this name already."), loss=True)
    else:
        undo = f"{address(request, 'console-pickup-point-removal', pk)}?undo=1"
        if done and not undoing:
            said = gettext("“%(name)s” is no longer offered.") % {"name": point.name}
            notices.leave(request, said, undo_url=undo)
    return refreshed() if undoing else redirect(address(request, "console-pickup-points"))


def _added(request: TenantRequest, form: PointForm) -> bool:
    group = form.cleaned_data["group"]
    try:
        actions.add_point(actor(request), form.cleaned_data["name"], int(group) if group else None)
    except actions.NameTaken:
        form.add_error("name", gettext("There is a pick-up point of this name already."))
        return False
    notices.leave(request, gettext("Pick-up point added."))
    return True


def _rows(found: Round, points: dict[int, PickupPoint]) -> list[Row]:
    """All that is to be handed out, by pick-up point and buyer; those without a point last."""
    usual = {point.group.chat_key: point for point in points.values() if point.group and not point.removed}
    rows = [
        Row(
            parcel,
            parcel.status in figures.SETTLED and not parcel.owes,
            points[parcel.point_id] if parcel.point_id else usual.get(parcel.chat_key),
        )
        for parcel in handouts.parcels_of(found.pk)
    ]
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[bool, str, int, str, int]:
    point = row.point
    name, number = (point.name, point.pk) if point else ("", 0)
    return point is None, name, number, row.parcel.customer, row.parcel.order_id


def _opened(found: Round, shown: Sequence[Row]) -> list[Row]:
    """The rows with their orders and lines. Four statements, however many."""
    orders = {
        one.pk: one for one in Order.objects.listed().filter(pk__in=[row.parcel.order_id for row in shown])
    }
    return [
        replace(row, order=order, lines=[line for line in order.kept_lines if line.round_id == found.pk])
        for row in shown
        if (order := orders.get(row.parcel.order_id))
    ]


def _sections(kept: Sequence[Row], shown: Sequence[Row]) -> list[dict[str, Any]]:
    """The points of which something is shown, each with what is to be handed out there in all."""
    return [
        {
            "name": point.name if point else gettext("No pick-up point yet"),
            "rows": list(rows),
            "pieces": sum(row.parcel.pieces for row in kept if row.point == point),
            "open": sum(not row.collected for row in kept if row.point == point),
        }
        for point, rows in itertools.groupby(shown, key=lambda row: row.point)
    ]


def _is_shown(row: Row, show: str) -> bool:
    return {"unpaid": not row.paid, "uncollected": not row.collected}.get(show, True)


def _is_called(row: Row, search: str) -> bool:
    return search.casefold() in row.parcel.customer.casefold() or search.upper() in row.parcel.number


def _filters(rows: Sequence[Row], show: str, search: str) -> list[dict[str, Any]]:
    named = {"": gettext("All"), "uncollected": gettext("Not collected"), "unpaid": gettext("Not paid")}
    return [
        {
            "label": label,
            "url": _url(code, search, 1),
            "active": code == show,
            "count": sum(_is_shown(row, code) for row in rows),
        }
        for code, label in named.items()
    ]


def _page_number(text: str) -> int:
    """From 1 on; 0 means all of them."""
    if text == "all":
        return 0
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _url(show: str, search: str, number: int) -> str:
    told = {"show": show, "q": search, "page": {0: "all", 1: ""}.get(number, str(number))}
    return f"?{urlencode({name: value for name, value in told.items() if value})}"
