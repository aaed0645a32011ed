"""Opening an invite's link: sign in or make an account, and be in the team."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plusone.base import scope
from plusone.base.views import notices
from plusone.tenants import context
from plusone.tenants.actions import signing, team
from plusone.tenants.models import Invite, Tenant, User
from plusone.tenants.views import words
from plusone.tenants.views.pages import too_many_tries
from plusone.tenants.visitors import address_of


class AccountForm(forms.Form):
    """A new account: name, e-mail, password."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )

    def clean_password(self) -> str:
        """Long enough, and not one that everybody uses."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites to what; a POST lets the signed-in person in, or the one whose account it makes."""
    try:
        invite = team.invited(token)
    except team.NotOpen as closed:
        return _closed(request, closed.reason)
    reason = team.closed(invite)
    if reason:
        return _closed(request, reason, invite.tenant)
    form = AccountForm(request.POST or None)
    if request.method == "POST":
        answer = _let_in(request, token, form)
        if answer:
            return answer
    return _asked(request, invite, form)


def _let_in(request: HttpRequest, token: str, form: AccountForm) -> HttpResponse | None:
    """The answer to somebody who got in, or could not; None when the form has to be shown again."""
    try:
        if isinstance(request.user, User):
            return _welcome(request, team.accept(token, request.user))
        if not form.is_valid():
            return None
        told = form.cleaned_data
        address = address_of(request)
        wait = signing.admit(address, told["email"])
        if wait:
            form.add_error(None, too_many_tries(wait))
            return _asked(request, team.invited(token), form, wait)
        tenant = team.accept_with_account(token, told["email"], told["name"], told["password"])
    except team.NotOpen as closed:
        return _closed(request, closed.reason)
    except team.EmailTaken:
        form.add_error(
            "email", gettext("There is an account with this e-mail already. Please sign in with it.")
        )
        return None
    signing.succeeded(address, told["email"])
    login(request, authenticate(request, username=told["email"].lower(), password=told["password"]))
    return _welcome(request, tenant)


def _welcome(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    notices.leave(request, gettext("Welcome to the team of %(shop)s!") % {"shop": tenant.name})
    assert isinstance(request.user, User)
    return redirect(context.first_page(tenant, request.user))


def _asked(request: HttpRequest, invite: Invite, form: AccountForm, wait: int = 0) -> HttpResponse:
    with scope.tenant(invite.tenant.pk):
        role = words.role_names().get(invite.role, "")
    shown = {
        "tenant": invite.tenant,
        "role": role,
        "invite": invite,
        "form": form,
        "by_line": bool(settings.LINE_LOGIN_CHANNEL_ID),
    }
    status = 429 if wait else 422 if form.is_bound and form.errors else 200
    response = render(request, "tenants/join.html", shown, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


def _closed(request: HttpRequest, reason: str, tenant: Tenant | None = None) -> HttpResponse:
    status = 404 if reason == "unknown" else 409 if reason == "member" else 410
    return render(request, "tenants/join_closed.html", {"reason": reason, "tenant": tenant}, status=status)
