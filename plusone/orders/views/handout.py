"""The hand-out list of a round per pick-up point: who gets what, who has not paid, who has not collected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.chat.models import GroupChat
from plusone.orders.actions import handouts as actions
from plusone.orders.models import Handout, Order, OrderLine, PickupPoint, Round, Status, figures
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed

MOST = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """An order on the list: its pieces of this round, whether it is paid, whether it was collected."""

    order: Order
    lines: list[OrderLine]
    paid: bool
    collected: bool
    point: PickupPoint | None


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
    """Who gets what, by pick-up point; `?show=` unpaid or uncollected leaves the others out."""
    found = get_object_or_404(Round, pk=pk)
    show = request.GET.get("show", "")
    rows = _rows(found)
    kept = [row for row in rows if _is_shown(row, show)]
    context = {
        "round": found,
        "sections": _sections(kept),
        "filters": _filters(rows, show),
        "points": list(PickupPoint.objects.present()),
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


def _rows(found: Round) -> list[Row]:
    """Five queries, however many orders."""
    orders = list(figures.orders_of(found).exclude(status=Status.CANCELLED)[:MOST])
    noted = {one.order_id: one for one in Handout.objects.filter(order__in=orders).select_related("point")}
    usual = {
        point.group.chat_key: point
        for point in PickupPoint.objects.present().select_related("group")
        if point.group
    }
    rows = [_row(found, order, noted.get(order.pk), usual) for order in orders]
    return sorted((row for row in rows if row.lines), key=lambda row: (row.order.customer.name, row.order.pk))


def _row(found: Round, order: Order, noted: Handout | None, usual: dict[str, PickupPoint]) -> Row:
    return Row(
        order,
        [line for line in order.kept_lines if line.round_id == found.pk],
        order.status in figures.SETTLED,
        noted is not None and noted.collected_at is not None,
        noted.point if noted and noted.point else usual.get(order.chat_key),
    )


def _sections(rows: Sequence[Row]) -> list[dict[str, Any]]:
    named = {row.point.pk: row.point.name for row in rows if row.point}
    order = sorted(named, key=lambda pk: named[pk])
    sections = [(named[pk], [row for row in rows if row.point and row.point.pk == pk]) for pk in order]
    loose = [row for row in rows if row.point is None]
    if loose:
        sections.append((gettext("No pick-up point yet"), loose))
    return [
        {
            "name": name,
            "rows": found,
            "pieces": sum(line.quantity for row in found for line in row.lines),
            "open": sum(not row.collected for row in found),
        }
        for name, found in sections
    ]


def _is_shown(row: Row, show: str) -> bool:
    return {"unpaid": not row.paid, "uncollected": not row.collected}.get(show, True)


def _filters(rows: Sequence[Row], show: str) -> list[dict[str, Any]]:
    named = {"": gettext("All"), "uncollected": gettext("Not collected"), "unpaid": gettext("Not paid")}
    return [
        {
            "label": label,
            "url": f"?show={code}",
            "active": code == show,
            "count": sum(_is_shown(row, code) for row in rows),
        }
        for code, label in named.items()
    ]
