"""What the console changes in an order: the pieces of a line, and which orders are one."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from plusone.base.templatetags.texts import one_line
from plusone.base.views import notices
from plusone.orders.actions import lines, merge
from plusone.orders.models import Order, OrderLine, Status
from plusone.orders.rules.terms import MOST
from plusone.orders.views import words
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, refreshed


class PiecesForm(forms.Form):
    """So many pieces of a line; none cancels it."""

    quantity = forms.IntegerField(min_value=0, max_value=MOST)


@may("orders.change")
@require_POST
def line(request: TenantRequest, slug: str, number: str, pk: int) -> HttpResponse:
    """Make the line this many pieces at once, with undo; 0 cancels it. Undo has its value in the address."""
    undoing = "undo" in request.GET
    form = PiecesForm(request.GET if undoing else request.POST)
    found = get_object_or_404(OrderLine.objects.select_related("order"), order__number=number, pk=pk)
    if not form.is_valid():
        said = gettext("One item can have 0 to 99 pieces. Nothing was changed.")
        notices.leave(request, said, loss=True)
    else:
        try:
            _change(request, found, form.cleaned_data["quantity"], undoing)
        except lines.Settled as error:
            said = gettext("The order is “%(status)s”: its items can no longer be changed.")
            notices.leave(request, said % {"status": words.status(error.status)}, loss=True)
    return refreshed() if undoing else redirect(address(request, "console-order", number))


@may("orders.change")
@require_POST
def together(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Merge the buyer's other open orders that were picked (`other`, several) into this one; undo takes them
    apart.
    """
    undoing = "undo" in request.GET
    named = (request.GET if undoing else request.POST).getlist("other")
    order = get_object_or_404(Order, number=number)
    others = list(Order.objects.filter(number__in=named, customer_id=order.customer_id))
    try:
        if undoing:
            for other in sorted(others, key=lambda one: -one.pk):
                merge.take_apart(actor(request), other)
            notices.leave(request, gettext("Undone: the orders are separate again."))
        else:
            _merged(request, order, merge.merge(actor(request), order, others))
    except merge.CannotMerge as error:
        notices.leave(request, _why_not(error), loss=True)
    return refreshed() if undoing else redirect(address(request, "console-order", number))


def _change(request: TenantRequest, found: OrderLine, wanted: int, undoing: bool) -> None:
    if wanted == 0:
        changed, now = lines.cancel(actor(request), found), 0
    else:
        now = lines.set_quantity(actor(request), found, wanted).given
        changed = now != found.quantity
    if not changed:
        _not_changed(request, wanted, now)
        return
    whole = Order.objects.get(pk=found.order_id).status == Status.CANCELLED
    undo = "" if undoing else _undo(request, found, whole)
    notices.leave(request, _said(found, wanted, now, whole), undo_url=undo, loss=now < wanted)


def _undo(request: TenantRequest, found: OrderLine, whole: bool) -> str:
    number = found.order.number
    if whole:
        return f"{address(request, 'console-order-status', number)}?undo=1&status={found.order.status}"
    return f"{address(request, 'console-order-line', number, found.pk)}?undo=1&quantity={found.quantity}"


def _not_changed(request: TenantRequest, wanted: int, now: int) -> None:
    if wanted > now:
        said = gettext("Nothing more is left in stock: it stays at %(now)d.")
        notices.leave(request, said % {"now": now}, loss=True)


def _said(found: OrderLine, wanted: int, now: int, whole: bool) -> str:
    name = one_line(f"{found.name} {found.variant_label}")
    if whole:
        return gettext("That was the last item: the order is cancelled, its pieces are back in stock.")
    if now == 0:
        return gettext("%(name)s is cancelled; its pieces are back in stock.") % {"name": name}
    if now < wanted:
        told = {"name": name, "now": now, "wanted": wanted}
        return gettext("Only %(now)d of %(wanted)d were available: %(name)s is now ×%(now)d.") % told
    return gettext("%(name)s is now ×%(now)d.") % {"name": name, "now": now}


def _merged(request: TenantRequest, order: Order, numbers: list[str]) -> None:
    query = urlencode({"undo": 1, "other": numbers}, doseq=True)
    said = gettext("%(count)d orders are part of this one now. Stock and numbers stay as they were.")
    undo = f"{address(request, 'console-order-merge', order.number)}?{query}"
    notices.leave(request, said % {"count": len(numbers)}, undo_url=undo)


def _why_not(error: merge.CannotMerge) -> str:
    reasons = {
        "settled": gettext(
            "Only orders that are not purchased yet or purchased can be merged or separated. "
            "Nothing was changed."
        ),
        "others": gettext("These orders are of different buyers or currencies. Nothing was changed."),
    }
    return reasons.get(error.args[0], gettext("Select at least one order. Nothing was changed."))
