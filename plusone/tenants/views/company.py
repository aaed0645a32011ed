"""The company behind the shop: its name, and whom to write to about it (JG01); changed with history."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from plusone.base.views import notices
from plusone.tenants import actions
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page


class CompanyForm(forms.Form):
    """Name and contact; only the name is needed."""

    name = forms.CharField(
        label=_("Company or shop name"),
        max_length=120,
        help_text=_("Buyers read it in messages and on the shop's pages."),
        error_messages={"required": _("A shop needs a name.")},
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    contact_name = forms.CharField(
        label=_("Contact person"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    contact_phone = forms.RegexField(
        r"^[0-9+()# -]{6,30}$",
        label=_("Phone"),
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"invalid": _("A phone number has digits, spaces, + and -.")},
    )


@may("settings.see")
@require_http_methods(["GET", "POST"])
def company(request: TenantRequest, slug: str) -> HttpResponse:
    """See the company's name and contact; who may change settings changes them here."""
    can_change = allowed(request, "settings.change")
    shown = {name: getattr(request.tenant, name) for name in CompanyForm.base_fields}
    form = (
        CompanyForm(request.POST) if request.method == "POST" and can_change else CompanyForm(initial=shown)
    )
    if form.is_bound and form.is_valid():
        if actions.set_company(actor(request), **form.cleaned_data):
            notices.leave(request, gettext("Saved. Buyers read the new name from the next message on."))
        return redirect(address(request, "console-company"))
    status = 422 if form.is_bound else 200
    return page(request, "tenants/company.html", {"form": form, "can_change": can_change}, status)
