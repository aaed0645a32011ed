"""What the console changes on an order: status, what is paid, tracking number, memo."""

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from plusone.base.views import notices
from plusone.orders.actions import change
from plusone.orders.models import Order, Status
from plusone.orders.views import words
from plusone.orders.views.orders import Draft, shown
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, refreshed

MEMO_LENGTH = 2000


class StatusForm(forms.Form):
    """The wanted status, and the one that the page showed when it was chosen."""

    status = forms.ChoiceField(choices=Status.choices)
    seen = forms.ChoiceField(choices=Status.choices, required=False)


class PaidForm(forms.Form):
    """What is paid by now, in currency units."""

    paid = forms.IntegerField(min_value=0, max_value=10**15)


class TrackingForm(forms.Form):
    """A tracking number, and whether the order is shipped with it; `seen` is the status the page showed."""

    tracking_number = forms.CharField(max_length=60, required=False)
    shipped = forms.BooleanField(required=False)
    seen = forms.ChoiceField(choices=Status.choices, required=False)


class MemoForm(forms.Form):
    """An internal memo, and the one that the page showed."""

    memo = forms.CharField(max_length=MEMO_LENGTH, required=False)
    seen = forms.CharField(required=False)


@may("orders.change")
@require_POST
def status(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Give the order another status at once, with undo, or explain; an undo has its values in the address."""
    undoing = "undo" in request.GET
    form = StatusForm(request.GET if undoing else request.POST)
    order = get_object_or_404(Order, number=number)
    if form.is_valid():
        _set_status(request, order, form.cleaned_data["status"], form.cleaned_data["seen"], undoing)
    else:
        notices.leave(request, gettext("This is not one of the six states. Nothing was changed."), loss=True)
    return refreshed() if undoing else _order_page(request, number, "?offer=1")


@may("orders.change")
@require_POST
def paid(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """The rest of a paid order came, or was given back; at once, with undo, which has its value in the
    address.
    """
    undoing = "undo" in request.GET
    form = PaidForm(request.GET if undoing else request.POST)
    order = get_object_or_404(Order, number=number)
    if form.is_valid() and change.set_paid(actor(request), order, form.cleaned_data["paid"]):
        undo = f"{address(request, 'console-order-paid', number)}?undo=1&paid={order.paid_total}"
        said = gettext("Undone.") if undoing else gettext("Noted: the payment is settled.")
        notices.leave(request, said, undo_url="" if undoing else undo)
    return refreshed() if undoing else _order_page(request, number)


@may("orders.change")
@require_POST
def tracking(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Store the tracking number, and mark the order as shipped when that button was pressed."""
    form = TrackingForm(request.POST)
    order = get_object_or_404(Order, number=number)
    shipped = form.is_valid() and form.cleaned_data["shipped"]
    if not form.is_valid():
        notices.leave(
            request, gettext("A tracking number has at most 60 characters. Nothing was saved."), loss=True
        )
    elif change.set_tracking(actor(request), order, form.cleaned_data["tracking_number"]):
        notices.leave(request, gettext("Tracking number saved."))
    if shipped:
        _set_status(request, order, Status.SHIPPED, form.cleaned_data["seen"], undoing=False)
    return _order_page(request, number, "?offer=1" if shipped else "")


@may("orders.change")
@require_POST
def memo(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Store the internal memo. What can't be stored comes back in the form: when somebody else wrote in the
    meantime, both texts.
    """
    form = MemoForm(request.POST)
    order = get_object_or_404(Order, number=number)
    if not form.is_valid():
        said = gettext("A memo has at most 2,000 characters. Nothing was saved yet.")
        return shown(request, order, Draft(request.POST.get("memo", ""), order.memo, said))
    written, seen = form.cleaned_data["memo"], form.cleaned_data["seen"]
    try:
        saved = change.set_memo(actor(request), order, written, seen=seen if "seen" in request.POST else None)
    except change.MemoChanged as error:
        said = gettext("Somebody changed this memo meanwhile. Both texts are here; nothing is saved yet.")
        return shown(request, order, Draft(f"{error.now}\n\n{written}".strip(), error.now, said))
    if saved:
        notices.leave(request, gettext("Memo saved."))
    return _order_page(request, number)


def _set_status(request: TenantRequest, order: Order, wanted: str, seen: str, undoing: bool) -> None:
    before = change.hold(order.pk).status
    if seen and before != seen:
        said = gettext(
            "Someone changed this order in the meantime: it is now “%(status)s”. "
            "Your change was not made; please look again."
        )
        notices.leave(request, said % {"status": words.status(before)}, loss=True)
        return
    try:
        with transaction.atomic():
            changed = change.set_status(actor(request), order, wanted)
    except change.NotEnough as error:
        notices.leave(request, words.missing(error.missing), loss=True)
        return
    except change.Merged as error:
        said = gettext("This order was merged into %(number)s; change that one.")
        notices.leave(request, said % {"number": error.into}, loss=True)
        return
    if changed:
        undo = (
            f"{address(request, 'console-order-status', order.number)}?undo=1&status={before}&seen={wanted}"
        )
        notices.leave(request, _changed(wanted, undoing), undo_url="" if undoing else undo)


def _changed(status: str, undoing: bool) -> str:
    said = (
        gettext("Undone: the order is “%(status)s” again.")
        if undoing
        else gettext("The order is now “%(status)s”.")
    )
    if status == Status.CANCELLED:
        said = gettext("The order is now “%(status)s”; its pieces are back in stock.")
    return said % {"status": words.status(status)}


def _order_page(request: TenantRequest, number: str, query: str = "") -> HttpResponse:
    return redirect(address(request, "console-order", number) + query)
