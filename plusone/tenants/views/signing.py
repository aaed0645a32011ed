"""Coming in by LINE: the way there and back, and a new shop's form."""

from typing import Any

from allauth.socialaccount.internal.flows.signup import clear_pending_signup, get_pending_signup
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.tenants.actions import BadTenant, signing
from plusone.tenants.actions.signing import LinePerson, NewShop
from plusone.tenants.line_login import AtLine
from plusone.tenants.models import User

# Where one sells: time zone and currency of the new shop.
MARKETS = {"tw": ("Asia/Taipei", "TWD"), "jp": ("Asia/Tokyo", "JPY")}
_to_line = OAuth2LoginView.adapter_view(AtLine)
_from_line = OAuth2CallbackView.adapter_view(AtLine)


class PersonForm(forms.Form):
    """Somebody new who was invited to a team: no shop of their own."""

    contact = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )


class ShopForm(forms.Form):
    """A new shop and whom to write to about it."""

    name = forms.CharField(
        label=_("Company or shop name"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    market = forms.ChoiceField(
        label=_("Where do you sell?"),
        choices=[("tw", _("Taiwan (NT$)")), ("jp", _("Japan (¥)"))],
        widget=forms.RadioSelect,
    )
    contact = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    phone = forms.RegexField(
        r"^[0-9+()# -]{6,30}$",
        label=_("Phone"),
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"invalid": _("A phone number has digits, spaces, + and -.")},
    )
    slug = forms.RegexField(
        r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        label=_("Address of your shop"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
        help_text=_(
            "Lowercase letters, digits, hyphens: lin-mama. Leave it empty and we choose. "
            "It can't be changed later."
        ),
        error_messages={"invalid": _("Only lowercase letters, digits and hyphens, up to 40.")},
    )


@require_POST
def to_line(request: HttpRequest) -> HttpResponse:
    """To LINE's page; `process=connect` joins LINE to the account that is signed in."""
    if not settings.LINE_LOGIN_CHANNEL_ID:
        raise Http404
    if request.GET.get("process") == "connect" and not request.user.is_authenticated:
        return redirect("sign-in")
    return _answer(_to_line(request))


@require_GET
def from_line(request: HttpRequest) -> HttpResponse:
    """Back from LINE: who is known comes in, who is new gets the form."""
    if not settings.LINE_LOGIN_CHANNEL_ID:
        raise Http404
    return _answer(_from_line(request))


def _answer(response: Any) -> HttpResponse:
    assert isinstance(response, HttpResponse)
    return response


def sign_up(request: HttpRequest) -> HttpResponse:
    """The form of a new shop, for somebody whom LINE has just told us of."""
    pending = get_pending_signup(request)
    if pending is None:
        return redirect("home" if request.user.is_authenticated else "sign-in")
    invited_at = _invited_at(request, pending)
    form = (PersonForm if invited_at else ShopForm)(request.POST or None, initial=_known(pending))
    if request.method == "POST" and form.is_valid():
        answer = _made(request, pending, form, invited_at)
        if answer:
            return answer
    name = pending.account.extra_data.get("displayName", "")
    shown = {"form": form, "line_name": name, "invited": bool(invited_at)}
    return render(request, "tenants/sign_up.html", shown, status=422 if form.errors else 200)


def _known(pending: SocialLogin) -> dict[str, str]:
    market = "jp" if get_language() == "ja" else "tw"
    return {"contact": pending.account.extra_data.get("displayName", ""), "market": market}


def _invited_at(request: HttpRequest, pending: SocialLogin) -> str:
    """The invite from whose page the person went to LINE, if any."""
    wanted = pending.get_redirect_url(request) or ""
    return wanted if wanted.startswith(reverse("join", args=["-"]).removesuffix("-/")) else ""


def _made(
    request: HttpRequest, pending: SocialLogin, form: forms.Form, invited_at: str
) -> HttpResponse | None:
    """Back to the invite, or the new shop's first page; None when the form has to be shown again."""
    person = LinePerson(pending.account.uid, pending.account.extra_data)
    told = form.cleaned_data
    try:
        if invited_at:
            user, following = signing.make_account(person, told["contact"], told["email"]), invited_at
        else:
            user, tenant = signing.sign_up(person, _wanted(told))
            following = reverse("console-line-guide", args=[tenant.slug])
    except signing.EmailTaken:
        taken = gettext(
            "There is an account with this e-mail already. Sign in with its password, then add LINE there."
        )
        form.add_error("email", taken)
        return None
    except BadTenant as error:
        form.add_error("slug" if error.field == "slug" else "name", _refusal(error))
        return None
    clear_pending_signup(request)
    _enter(request, user)
    return redirect(following)


def _wanted(told: dict[str, str]) -> NewShop:
    timezone, currency = MARKETS[told["market"]]
    return NewShop(
        name=told["name"],
        contact=told["contact"],
        email=told["email"],
        phone=told["phone"],
        slug=told["slug"],
        timezone=timezone,
        currency=currency,
        language=get_language() or settings.LANGUAGE_CODE,
    )


def _refusal(error: BadTenant) -> str:
    if error.reason == "taken":
        return gettext("This address is taken. Please choose another.")
    return gettext("This can't be used. Please choose another.")


def _enter(request: HttpRequest, user: User) -> None:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
