"""Enter an order for a buyer who called or stands at the door: who, what, how many."""

import secrets
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from plusone.base.views import notices
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import Wish
from plusone.customers.models import Customer
from plusone.orders.actions import add
from plusone.orders.actions.take import Outcome
from plusone.orders.models import Order
from plusone.orders.rules.terms import MOST
from plusone.orders.views import picks
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

SHOWN, MOST_LINES = 8, 50


class OrderForm(forms.Form):
    """Who it is for: a known customer, or a name; `command` is the form's own id."""

    command = forms.RegexField(r"^[\w-]{16,22}$")
    customer = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    name = forms.CharField(label=_("Name of a new customer"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    reserve = forms.BooleanField(label=_("Only reserve it (not purchased yet)"), required=False)

    def clean(self) -> dict[str, Any]:
        """Exactly one way to say who buys."""
        given = super().clean() or {}
        if not given.get("customer") and not given.get("name"):
            raise forms.ValidationError(
                gettext("Choose who the order is for, or enter a new customer's name.")
            )
        if given.get("customer") and not Customer.objects.filter(pk=given["customer"]).exists():
            raise forms.ValidationError(gettext("This customer is no longer there. Choose again."))
        return given


@may("orders.change")
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest, slug: str) -> HttpResponse:
    """The form, and taking the order; what is not there any more is said and nothing is taken."""
    if request.method == "GET":
        return page(request, "orders/new.html", _context(OrderForm(initial=_fresh()), []))
    form, chosen = OrderForm(request.POST), _chosen(request)
    if not chosen:
        form.add_error(None, gettext("Choose at least one product, with 1 to 99 pieces."))
    elif form.is_valid():
        taken = _take(request, form, chosen)
        if taken is not None:
            return redirect(address(request, "console-order", taken))
        form.add_error(None, gettext("Nothing in it is in stock or on sale: no order was created."))
    return page(request, "orders/new.html", _context(form, chosen), 422)


@may("orders.change")
@require_GET
def people(request: TenantRequest, slug: str) -> HttpResponse:
    """Customers by name or phone, as a fragment to choose from."""
    return page(request, "orders/new.html#people", {"people": _people(picks.searched(request.GET))})


@may("orders.change")
@require_GET
def goods(request: TenantRequest, slug: str) -> HttpResponse:
    """Products on sale by name or code, as a fragment to choose from."""
    return page(request, "orders/new.html#goods", {"goods": on_sale(picks.searched(request.GET))})


@may("orders.change")
@require_GET
def row(request: TenantRequest, slug: str) -> HttpResponse:
    """One chosen option with its pieces, as a fragment that joins the form."""
    text = request.GET.get("variant", "")
    found = _variants([int(text)]) if text.isascii() and text.isdigit() and len(text) < 19 else []
    if not found:
        raise Http404
    return page(request, "orders/new.html#row", {"one": {"variant": found[0], "pieces": 1}})


def _take(request: TenantRequest, form: OrderForm, chosen: list[dict[str, Any]]) -> str | None:
    """The number of the order; None when nothing could be given, and then no customer is made either."""
    given = form.cleaned_data
    buyer = given["customer"] or add.Newcomer(given["name"], given["phone"])
    wishes = [Wish(one["variant"].pk, one["pieces"]) for one in chosen]
    taken = add.enter(actor(request), buyer, wishes, command=given["command"], reserve=given["reserve"])
    if isinstance(taken, Order):
        return taken.number
    if taken.order_id is not None:
        _say(request, taken)
        return taken.number
    return None


def _say(request: TenantRequest, taken: Outcome) -> None:
    short = [line for line in taken.lines if line.given < line.asked]
    if not short:
        notices.leave(request, gettext("Order %(number)s was created.") % {"number": taken.number})
        return
    told = gettext(", ").join(f"{line.name} {line.label} {line.given}/{line.asked}" for line in short)
    said = gettext("Order %(number)s was created, but stock was short: %(short)s.")
    notices.leave(request, said % {"number": taken.number, "short": told}, loss=True)


def _context(form: OrderForm, chosen: list[dict[str, Any]]) -> dict[str, Any]:
    known = str(form["customer"].value() or "")
    is_id = known.isdigit() and len(known) < 19
    picked = Customer.objects.filter(pk=known) if is_id else Customer.objects.none()
    return {
        "form": form,
        "chosen": chosen,
        "people": [*picked, *_people("")],
        "goods": on_sale(""),
        "known": known,
    }


def _fresh() -> dict[str, str]:
    return {"command": secrets.token_urlsafe(12)}


def _people(search: str) -> list[Customer]:
    found = Customer.objects.order_by("-pk")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(phone__icontains=search))
    return list(found[:SHOWN])


def on_sale(search: str) -> list[Product]:
    """The first products on sale of this name or code, with their options."""
    return list(Product.objects.on_show().named(search).prefetch_related("variants")[:SHOWN])


def _variants(ids: list[int]) -> list[Variant]:
    found = Variant.objects.filter(pk__in=ids, is_active=True, product__removed_at=None)
    return list(found.select_related("product"))


def _chosen(request: TenantRequest) -> list[dict[str, Any]]:
    """The rows of the form that name an option of ours and 1 to 99 pieces, in order."""
    rows = list(zip(request.POST.getlist("variant"), request.POST.getlist("pieces"), strict=False))[
        :MOST_LINES
    ]
    wanted = [(int(pk), int(n)) for pk, n in rows if _number(pk) and _number(n) and 1 <= int(n) <= MOST]
    known = {variant.pk: variant for variant in _variants([pk for pk, _n in wanted])}
    return [{"variant": known[pk], "pieces": count} for pk, count in wanted if pk in known]


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
