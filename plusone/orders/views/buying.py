"""The buy list of a round (採購單): tick off what was bought; share out what came when it was less."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from plusone.base.views import notices
from plusone.catalogue.models import Variant
from plusone.orders.actions import buying
from plusone.orders.models import Round, figures
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page, refreshed


class BoughtForm(forms.Form):
    """So many more were bought; minus takes back."""

    quantity = forms.IntegerField(min_value=-buying.MOST, max_value=buying.MOST)


class ShortForm(forms.Form):
    """What came, and how it is shared out."""

    delivered = forms.IntegerField(
        label=_("How many arrived?"),
        min_value=0,
        max_value=buying.MOST,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Please enter how many arrived; 0 is allowed."),
            "invalid": _("Please enter a whole number."),
        },
    )
    how = forms.ChoiceField(
        label=_("How should they be shared?"),
        choices=[
            ("first", _("First come, first served")),
            ("equal", _("The same for everyone, up to what they ordered")),
        ],
        widget=forms.RadioSelect,
        initial="first",
    )


@may("orders.change")
@require_POST
def bought(request: TenantRequest, slug: str, pk: int, variant: int) -> HttpResponse:
    """Note pieces as bought at once, with undo, whose number is in the address."""
    found = get_object_or_404(Round, pk=pk)
    option = get_object_or_404(Variant.objects.select_related("product"), pk=variant)
    undoing = "quantity" in request.GET
    form = BoughtForm(request.GET if undoing else request.POST)
    if not form.is_valid():
        notices.leave(request, gettext("Please enter a whole number."), loss=True)
    else:
        quantity = form.cleaned_data["quantity"]
        now = buying.note_bought(actor(request), found, option.pk, quantity)
        undo = f"{address(request, 'console-round-bought', pk, variant)}?quantity={-quantity}"
        told = {"name": f"{option.product.name} {option.label}".strip(), "count": now}
        said = gettext("%(name)s: %(count)d bought.") % told
        notices.leave(request, said, undo_url="" if undoing else undo)
    return refreshed() if undoing else redirect(f"{address(request, 'console-round', pk)}#buy")


@may("orders.change")
def short(request: TenantRequest, slug: str, pk: int, variant: int) -> HttpResponse:
    """A short delivery: the shares are shown first; a POST applies exactly what was shown."""
    found = get_object_or_404(Round, pk=pk)
    wanted = next((one for one in figures.ordered(found) if one.variant_id == variant), None)
    if wanted is None:
        get_object_or_404(Variant, pk=variant)
        return redirect(address(request, "console-round", pk))
    told = request.POST if request.method == "POST" else request.GET
    form = ShortForm(told) if "delivered" in told else ShortForm(initial={"how": "first"})
    if form.is_bound and form.is_valid():
        if request.method == "POST" and _apply(request, found, variant, form):
            return redirect(f"{address(request, 'console-round', pk)}#buy")
        return _shown(request, found, wanted, form, 200)
    return page(
        request,
        "orders/short.html",
        {"round": found, "wanted": wanted, "form": form},
        422 if form.is_bound else 200,
    )


def _shown(
    request: TenantRequest, found: Round, wanted: figures.Ordered, form: ShortForm, status: int
) -> HttpResponse:
    shares = buying.shares_of(
        found, wanted.variant_id, form.cleaned_data["delivered"], form.cleaned_data["how"]
    )
    cut = [share for share in shares if share.after < share.before]
    context: dict[str, Any] = {
        "round": found,
        "wanted": wanted,
        "form": form,
        "shares": shares,
        "cut": len(cut),
        "stamp": buying.stamp(shares),
        "settled": figures.SETTLED,
    }
    return page(request, "orders/short.html", context, status)


def _apply(request: TenantRequest, found: Round, variant: int, form: ShortForm) -> bool:
    try:
        count = buying.deliver_short(
            actor(request),
            found,
            variant,
            form.cleaned_data["delivered"],
            form.cleaned_data["how"],
            seen=request.POST.get("stamp", ""),
            push="push" in request.POST,
        )
    except buying.ChangedMeanwhile:
        said = gettext("An order changed in the meantime. Nothing was done; these are the shares now.")
        notices.leave(request, said, loss=True)
        return False
    said = ngettext(
        "%(count)d buyer gets less and is told.", "%(count)d buyers get less and are told.", count
    )
    notices.leave(request, said % {"count": count})
    return True
