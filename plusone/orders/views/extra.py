"""One more item for an order that stands: what can be added, and adding it at once, with undo."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.templatetags.texts import one_line
from plusone.base.views import notices
from plusone.orders.actions import extra, lines
from plusone.orders.models import Order
from plusone.orders.rules.terms import MOST
from plusone.orders.views import picks, words
from plusone.orders.views.adding import on_sale
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

WHY_NOT: dict[str, str | Promise] = {
    "sold_out": _("Nothing of it is left in stock, so nothing was added."),
    "not_public": _("This product is not on sale, so nothing was added. Put it on sale first."),
    "changed": _("This order was changed in the meantime. Nothing was added; look again."),
}


class ItemForm(forms.Form):
    """So many pieces of a variant; `seen` is the order's version that the page showed."""

    variant = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    pieces = forms.IntegerField(min_value=1, max_value=MOST)
    seen = forms.IntegerField(min_value=0)


@may("orders.change")
@require_GET
def goods(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Products on sale by name or code, as a fragment to add from."""
    order = get_object_or_404(Order, number=number)
    found = on_sale(picks.searched(request.GET))
    return page(request, "orders/add_item.html", {"order": order, "goods": found})


@may("orders.change")
@require_POST
def item(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """Put the pieces into the order at today's price; the page then offers to tell the buyer."""
    order = get_object_or_404(Order, number=number)
    form = ItemForm(request.POST)
    if not form.is_valid():
        notices.leave(request, gettext("One item can have 1 to 99 pieces. Nothing was added."), loss=True)
        return redirect(address(request, "console-order", number))
    asked = form.cleaned_data
    try:
        added = extra.add(actor(request), order, asked["variant"], asked["pieces"], seen=asked["seen"])
    except extra.NotAdded as error:
        notices.leave(request, str(WHY_NOT.get(error.reason, WHY_NOT["not_public"])), loss=True)
    except lines.Settled as error:
        said = gettext("The order is “%(status)s”: its items can no longer be changed.")
        notices.leave(request, said % {"status": words.status(error.status)}, loss=True)
    else:
        _say(request, added, number, asked["pieces"])
        return redirect(f"{address(request, 'console-order', number)}?offer=1")
    return redirect(address(request, "console-order", number))


def _say(request: TenantRequest, added: extra.Added, number: str, wanted: int) -> None:
    line = added.line
    told = {"name": one_line(f"{line.name} {line.variant_label}"), "given": added.given, "wanted": wanted}
    said = gettext("%(name)s ×%(given)d is in the order now.")
    if added.given < wanted:
        said = gettext("Only %(given)d of %(wanted)d were left: %(name)s ×%(given)d is in the order now.")
    undo = f"{address(request, 'console-order-line', number, line.pk)}?undo=1&quantity={added.before}"
    notices.leave(request, said % told, undo_url=undo, loss=added.given < wanted)
