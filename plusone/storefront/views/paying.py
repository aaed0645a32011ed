"""Pay by bank transfer: how the shop is paid, what is open, reporting it (匯款回報), what became of it."""

import datetime
import unicodedata
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from plusone.base import numbers
from plusone.orders.models import Order, Transfer
from plusone.orders.rules.facts import local_time
from plusone.orders.rules.transfers import MOST_AMOUNT
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only
from plusone.storefront.actions import paying
from plusone.storefront.rules.paying import accounts, to_report
from plusone.storefront.views.pages import going, page

LATEST = 20
_MOMENT = "%Y-%m-%dT%H:%M"
_AHEAD = datetime.timedelta(minutes=10)  # clocks differ


class TransferForm(forms.Form):
    """A report: last five digits, amount, when. Digits in any width, an amount with or without its commas."""

    digits = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Last five digits of your account"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "placeholder": "12345"}),
        help_text=_("Of the account that you paid from."),
        error_messages={
            "required": _("Please write the last five digits of the account that you paid from."),
            "invalid": _("These are exactly five digits."),
        },
    )
    amount = forms.RegexField(
        r"^[0-9]{1,8}$",
        label=_("Amount"),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Please write how much you transferred."),
            "invalid": _("Please write the amount as a whole number, such as 680."),
        },
    )
    moment = forms.DateTimeField(
        label=_("When did you transfer?"),
        required=False,
        input_formats=[_MOMENT, f"{_MOMENT}:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={"invalid": _("Please choose a day and a time, or leave it empty.")},
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        """Reads what was typed in full-width digits, with blanks, commas or a currency sign, too."""
        if data is not None:
            plain = {name: unicodedata.normalize("NFKC", data.get(name, "")) for name in ("digits", "amount")}
            amount = plain["amount"].strip().lower().removeprefix("nt").lstrip("$¥ ").rstrip("元円 ")
            data = {
                "digits": plain["digits"].strip(),
                "amount": amount.replace(",", ""),
                "moment": data.get("moment", ""),
            }
        super().__init__(data, **more)

    def clean_amount(self) -> int:
        """At least one unit, at most what a bank's line can say."""
        amount = int(self.cleaned_data["amount"])
        if not 0 < amount <= MOST_AMOUNT:
            raise forms.ValidationError(_("Please write the amount as a whole number, such as 680."))
        return amount

    def clean_moment(self) -> datetime.datetime | None:
        """Not in the future."""
        moment: datetime.datetime | None = self.cleaned_data["moment"]
        if moment and moment > numbers.database_now() + _AHEAD:
            raise forms.ValidationError(_("This time has not come yet."))
        return moment


@buyers_only
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: ShopRequest, slug: str) -> HttpResponse:
    """What is open and how to pay it; a POST reports a transfer. `?order=` fills in that order's total."""
    with timezone.override(request.tenant.timezone):
        form = TransferForm(request.POST) if request.method == "POST" else None
        if form is not None and form.is_valid():
            return _report(request, form.cleaned_data)
    return _shown(request, form)


def _report(request: ShopRequest, told: dict[str, Any]) -> HttpResponse:
    moment = local_time(told["moment"], request.tenant.timezone) if told["moment"] else ""
    try:
        new = paying.report(
            buyer_of(request),
            digits=told["digits"],
            amount=told["amount"],
            said=f"{told['digits']} {told['amount']} {moment}".strip(),
            command=request.POST.get("command", "")[:40],
        )
    except paying.TooMany:
        return going(request, "shop-pay", said="many_reports")
    return going(request, "shop-pay", said="reported" if new else "reported_before")


def _shown(request: ShopRequest, form: TransferForm | None) -> HttpResponse:
    buyer = buyer_of(request)
    owed = list(Order.objects.open().filter(customer_id=buyer.customer_id, total__gt=0).order_by("-id"))
    mine = Transfer.objects.filter(customer_id=buyer.customer_id)
    waiting = mine.waiting().values_list("at", "amount")
    left = to_report([(order.placed_at, order.total) for order in owed], list(waiting))
    asked = [order for order in owed if order.public_id == request.GET.get("order")]
    amount = asked[0].total if asked else left
    context = {
        "owed": owed,
        "total": sum(order.total for order in owed),
        "left": left,
        "accounts": accounts(request.tenant.payment_note),
        "reports": mine.told()[:LATEST],
        "form": form or TransferForm(initial={"amount": amount or "", "moment": numbers.database_now()}),
        "refused": form is not None,
    }
    return page(request, "storefront/pay.html", context, 422 if form is not None else 200)
