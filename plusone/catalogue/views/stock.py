"""A product's stock: its history, and what people do to it by hand (庫存異動)."""

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import lists, notices
from plusone.catalogue import actions, rules
from plusone.catalogue.models import Product, StockMovement
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views import who
from plusone.tenants.views.pages import address, allowed, page

REASONS: dict[str, str | Promise] = {
    "initial": _("first stock"),
    "order": _("ordered"),
    "cancel": _("order cancelled"),
    "short": _("supplier delivered short"),
    "change": _("order changed"),
    "adjust": _("set by hand"),
    "counted": _("counted"),
    "received": _("goods received"),
    "returned": _("returned"),
    "damaged": _("damaged or lost"),
    "given": _("given away, sample"),
}
# What a person may say has happened: the reason, and which way pieces go.
WAYS: dict[str, tuple[str | Promise, int]] = {
    "counted": (_("Counted: there are"), 0),
    "received": (_("Goods received: add"), 1),
    "returned": (_("Returned: add"), 1),
    "damaged": (_("Damaged or lost: remove"), -1),
    "given": (_("Given away, sample: remove"), -1),
}


class StockForm(forms.Form):
    """One movement by hand. `once` names it, so that a double press moves once."""

    variant = forms.TypedChoiceField(label=_("Option"), coerce=int)
    way = forms.ChoiceField(
        label=_("What happened"), choices=lambda: [(code, label) for code, (label, _side) in WAYS.items()]
    )
    pieces = forms.IntegerField(
        label=_("Pieces"),
        min_value=0,
        max_value=rules.MAX_STOCK,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Please enter how many."),
            "invalid": _("Please enter a whole number of pieces."),
            "min_value": _("A stock cannot be below 0."),
            "max_value": _("A stock is at most 9,999,999."),
        },
    )
    note = forms.CharField(label=_("Note"), max_length=120, required=False)
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, product: Product, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["variant"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(one.pk, one.label or product.name) for one in product.active_variants()]
        if len(field.choices) == 1:
            field.widget = forms.HiddenInput()
            self.initial.setdefault("variant", field.choices[0][0])


@may("products.see")
@require_GET
def history(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Every change of the product's stock, newest first: when, how many, why, by whom."""
    product = get_object_or_404(Product.objects.listed(), code=code)
    return _shown(request, product, StockForm(product, initial={"once": uuid.uuid4()}), 200)


@may("products.change")
@require_POST
def move(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Change the stock by hand: a count, or pieces that came or went."""
    product = get_object_or_404(Product.objects.listed(), code=code)
    form = StockForm(product, request.POST)
    if form.is_valid() and _moved(request, form):
        notices.leave(request, gettext("The stock was changed."))
        return redirect(address(request, "console-product-stock", product.code))
    return _shown(request, product, form, 422)


def _moved(request: TenantRequest, form: StockForm) -> bool:
    """Do what the form says; False with a sentence at its field when it cannot be done."""
    told = form.cleaned_data
    variant, pieces, cause = told["variant"], told["pieces"], f"hand:{told['once'].hex}"
    _label, side = WAYS[told["way"]]
    try:
        if side == 0:
            actions.count_in(actor(request), variant, pieces, cause, told["note"])
        else:
            actions.move_by_hand(actor(request), variant, side * pieces, told["way"], cause, told["note"])
    except actions.NotEnough as error:
        form.add_error("pieces", gettext("There are only %(left)d.") % {"left": error.left})
    except actions.Uncounted:
        form.add_error(
            "way", gettext("This is unlimited. Count it first; after that pieces can be added and removed.")
        )
    return not form.errors


def _shown(request: TenantRequest, product: Product, form: StockForm, status: int) -> HttpResponse:
    found = StockMovement.objects.filter(variant__product=product).select_related("variant").order_by("-id")
    shown = lists.cut(found, request.GET)
    names = who.names((row.actor_kind, row.actor) for row in shown.rows)
    context = {
        "product": product,
        "slice": shown,
        "moves": [_move(row, names) for row in shown.rows],
        "can_change": allowed(request, "products.change"),
        "form": form,
    }
    return page(request, "catalogue/stock.html", context, status)


def _move(row: StockMovement, names: dict[who.Doer, str]) -> dict[str, Any]:
    kind, _colon, order_id = row.cause.partition(":")
    return {
        "at": row.at,
        "label": row.variant.label,
        "quantity": row.quantity,
        "reason": REASONS.get(row.reason, row.reason),
        "note": row.note,
        "who": names[row.actor_kind, row.actor],
        "order_id": int(order_id) if kind == "order" and order_id.isdigit() else None,
    }
