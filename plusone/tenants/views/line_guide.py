"""Connecting LINE step by step: where each value is found at LINE, and its field beside it."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from plusone.base.views import notices
from plusone.tenants import actions
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Channel
from plusone.tenants.views.console_settings import SECRETS, LineForm, secrets_set
from plusone.tenants.views.pages import address, page, site_of


@dataclass(frozen=True, slots=True)
class Step:
    """One step; its sentences are in the template by `name`. `is_done` when all of its `fields` are there."""

    name: str
    fields: tuple[str, ...] = ()
    is_done: bool = False


STEPS = (
    ("account", ()),
    ("channel", ("channel_id", "secret")),
    ("token", ("token",)),
    ("webhook", ()),
    ("groups", ()),
    ("login", ("login_channel_id", "login_secret")),
    ("liff", ("liff_id",)),
)


@require_http_methods(["GET", "HEAD", "POST"])
@may("settings.change")
def guide(request: TenantRequest, slug: str) -> HttpResponse:
    """Show the steps; a POST stores what was filled in and leads to the check at the end."""
    channel = Channel.objects.get()
    form = LineForm(request.POST or None, initial=_initial(channel))
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if value or name not in SECRETS}
        actions.connect_channel(actor(request), **values)
        notices.leave(request, gettext("Saved. The check at the end tells whether LINE accepts it."))
        return redirect(f"{address(request, 'console-line-guide')}#check")
    site = site_of(request)
    shown = {
        "form": form,
        "steps": [_step(channel, name, fields) for name, fields in STEPS],
        "secrets_set": secrets_set(channel),
        "webhook_url": f"{site}/t/{request.tenant.slug}/webhook",
        "callback_url": f"{site}{address(request, 'shop-web-login-back')}",
        "liff_url": f"{site}/t/{request.tenant.slug}/liff/",
        "is_started": bool(channel.channel_id),
    }
    return page(request, "tenants/line_guide.html", shown, 422 if form.errors else 200)


def _initial(channel: Channel) -> dict[str, str]:
    return {name: getattr(channel, name, "") for name in LineForm.base_fields}


def _step(channel: Channel, name: str, fields: tuple[str, ...]) -> Step:
    held = {**_initial(channel), **secrets_set(channel)}
    return Step(name, fields, bool(fields) and all(held[field] for field in fields))
