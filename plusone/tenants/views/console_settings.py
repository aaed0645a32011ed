"""The shop's settings: LINE account, one's own LINE, team, API tokens."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.db.models.functions import Now
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.base.views.lists import listed
from plusone.tenants import actions
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import ApiToken, Channel, Member, Tenant
from plusone.tenants.views.pages import address, allowed, page, site_of

TOLD = ("lenient", "push_answers", "quota_floor", "payment_note")
SECRETS = ("secret", "token", "login_secret")
_ID = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class LineForm(forms.Form):
    """The LINE account's fields. Secrets are only ever written: an empty one leaves what is stored."""

    channel_id = forms.RegexField(
        r"^\d{1,20}$",
        label=_("Channel ID"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", **_ID}),
        help_text=_("LINE Developers → your Messaging API channel → Basic settings"),
        error_messages={"invalid": _("A channel ID has only digits.")},
    )
    secret = forms.RegexField(
        r"^[0-9a-fA-F]{32}$",
        label=_("Channel secret"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("On the same page, further down"),
        error_messages={"invalid": _("A channel secret has 32 characters, 0 to 9 and a to f.")},
    )
    token = forms.RegexField(
        r"^[!-~]{20,1000}$",
        label=_("Channel access token"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text=_("Messaging API tab → Channel access token (long-lived) → Issue"),
        error_messages={
            "invalid": _("This does not look like an access token; copy it whole, without spaces.")
        },
    )
    login_channel_id = forms.RegexField(
        r"^\d{1,20}$",
        label=_("LINE Login channel ID"),
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", **_ID}),
        help_text=_("Of the LINE Login channel under the same provider"),
        error_messages={"invalid": _("A channel ID has only digits.")},
    )
    login_secret = forms.RegexField(
        r"^[0-9a-fA-F]{32}$",
        label=_("LINE Login channel secret"),
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
        error_messages={"invalid": _("A channel secret has 32 characters, 0 to 9 and a to f.")},
    )
    liff_id = forms.RegexField(
        r"^\d{1,20}-[0-9A-Za-z]{4,20}$",
        label=_("LIFF ID"),
        required=False,
        widget=forms.TextInput(_ID),
        help_text=_("LINE Login channel → LIFF tab, such as 1234567890-AbcdEfgh"),
        error_messages={"invalid": _("A LIFF ID looks like 1234567890-AbcdEfgh.")},
    )


class ShopForm(forms.Form):
    """How the shop answers."""

    lenient = forms.BooleanField(
        label=_("Ask back when a sentence contains a command"),
        required=False,
        help_text=_("Off: only a command alone in a message orders."),
    )
    push_answers = forms.BooleanField(
        label=_("Send a paid push when a free reply is no longer possible"),
        required=False,
        help_text=_("Off: the answer waits for the next free reply in that chat."),
    )
    quota_floor = forms.IntegerField(
        label=_("Messages kept for answers to orders"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Notices and campaigns leave this many messages of the month untouched."),
        error_messages={"invalid": _("Please enter a whole number, such as 50.")},
    )
    order_words = forms.CharField(
        label=_("Own words that order one of the newest product"),
        max_length=400,
        required=False,
        help_text=_("Separated by commas, besides 我要, 欲しい and the like."),
    )
    payment_note = forms.CharField(
        label=_("How buyers pay"),
        max_length=600,
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off"}),
        help_text=_(
            "Bank, account and name, or what else you take. Buyers see it where they report a transfer, and "
            "in the chat when they ask for your account."
        ),
    )


class TokenForm(forms.Form):
    """What the API token is for."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        error_messages={"required": _("Please say what the token is for, such as “ERP”.")},
    )


@may("settings.see")
@require_GET
def overview(request: TenantRequest, slug: str) -> HttpResponse:
    """All settings on one page."""
    return _shown(request, {})


@may("settings.change")
@require_POST
def line_account(request: TenantRequest, slug: str) -> HttpResponse:
    """Store the LINE account's fields; secrets left empty stay as they are."""
    form = LineForm(request.POST)
    if not form.is_valid():
        return _shown(request, {"line_form": form}, 422)
    values = {name: value for name, value in form.cleaned_data.items() if value or name not in SECRETS}
    actions.connect_channel(actor(request), **values)
    notices.leave(
        request,
        gettext("The LINE account's settings were saved. The check below tells whether LINE accepts them."),
    )
    return redirect(address(request, "console-settings"))


@may("settings.change")
@require_POST
def shop(request: TenantRequest, slug: str) -> HttpResponse:
    """Store how the shop answers."""
    form = ShopForm(request.POST)
    if not form.is_valid():
        return _shown(request, {"shop_form": form}, 422)
    values = dict(form.cleaned_data)
    words = {**request.tenant.words, "order": listed(values.pop("order_words"))}
    actions.set_shop(actor(request), **values, words=words)
    notices.leave(request, gettext("Saved. It takes effect from the next message."))
    return redirect(f"{address(request, 'console-settings')}#shop")


@may("settings.see")
@require_POST
def pairing(request: TenantRequest, slug: str) -> HttpResponse:
    """Give the signed-in member six digits to write to the LINE account."""
    assert request.member is not None
    actions.make_pairing_code(request.member)
    return redirect(f"{address(request, 'console-settings')}#pairing")


@may("settings.change")
@require_POST
def tokens(request: TenantRequest, slug: str) -> HttpResponse:
    """Issue an API token and show it, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _shown(request, {"token_form": form}, 422)
    return _shown(request, {"new_token": actions.issue_token(form.cleaned_data["name"])})


def _shown(request: TenantRequest, given: dict[str, Any], status: int = 200) -> HttpResponse:
    channel = Channel.objects.get()
    context = {
        "channel": channel,
        "secrets_set": secrets_set(channel),
        "line_form": LineForm(initial={name: getattr(channel, name, "") for name in LineForm.base_fields}),
        "shop_form": _shop_form(request.tenant),
        "webhook_url": _webhook_url(request),
        "pairing_code": _pairing_code(request.member),
        "paired": _paired(request.member),
        "by_line": _by_line(request),
        "members": Member.objects.count(),
        "can_see_team": allowed(request, "team.see"),
        "can_see_history": allowed(request, "history.see"),
        "tokens": ApiToken.objects.filter(revoked_at=None).order_by("-pk"),
        "token_form": TokenForm(),
        "can_change": allowed(request, "settings.change"),
        "billing": settings.BILLING,
        "can_export": allowed(request, "data.export"),
        **given,
    }
    return page(request, "tenants/settings.html", context, status)


def _shop_form(tenant: Tenant) -> ShopForm:
    told = {name: getattr(tenant, name) for name in TOLD}
    return ShopForm(initial={**told, "order_words": ", ".join(tenant.words.get("order", ()))})


def secrets_set(channel: Channel) -> dict[str, bool]:
    """Which secrets are stored; they themselves are never shown."""
    return {
        "secret": bool(channel.sealed_secret),
        "token": bool(channel.sealed_token),
        "login_secret": bool(channel.sealed_login_secret),
    }


def _webhook_url(request: TenantRequest) -> str:
    return f"{site_of(request)}/t/{request.tenant.slug}/webhook"


def _pairing_code(member: Member | None) -> str:
    assert member is not None
    found = Member.objects.filter(pk=member.pk, pairing_expires_at__gt=Now()).first()
    return found.pairing_code if found else ""


def _by_line(request: TenantRequest) -> str:
    """Does the person come in by LINE: "yes", "no", "taken" (it is another's); nothing where nobody can."""
    if not settings.LINE_LOGIN_CHANNEL_ID:
        return ""
    if SocialAccount.objects.filter(user=request.user).exists():
        return "yes"
    return "taken" if request.GET.get("line") == "taken" else "no"


def _paired(member: Member | None) -> Any:
    """The member's own LINE contact, read through the relation because contacts belong to a higher area."""
    return member.contacts.order_by("pk").first() if member else None
