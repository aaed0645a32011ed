"""How every page of the console is put together."""

from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext

from plusone.base.views import notices
from plusone.tenants.middleware import TenantRequest


def page(request: TenantRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The template in the shop's own time zone, with what the last request left to say."""
    said = {} if "#" in template else {"notices": notices.collect(request)}
    with timezone.override(request.tenant.timezone):
        return render(request, template, {**context, **said}, status=status)


def site_of(request: HttpRequest) -> str:
    """Our own address as the world knows it; as this visitor does, where it was not told."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def address(request: TenantRequest, name: str, *arguments: object) -> str:
    """The address of a console page of this shop."""
    return reverse(name, args=[request.tenant.slug, *arguments])


def back(request: TenantRequest, fallback: str) -> HttpResponse:
    """To the page that the form came from, when it says so and it is ours; else to `fallback`."""
    wanted = request.POST.get("back", "")
    return redirect(wanted if is_local(wanted) else fallback)


def is_local(url: str) -> bool:
    """True for a path on this site; `//other.example` and full addresses are not."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def allowed(request: TenantRequest, permission: str) -> bool:
    """True when the signed-in member has the permission: what a page may offer to do."""
    return request.member is not None and permission in request.member.permissions


def refreshed() -> HttpResponse:
    """Tells htmx to load the page anew: for an undo, whose effect may stand anywhere on it."""
    return HttpResponse(headers={"HX-Refresh": "true"})


def too_many_tries(wait: int) -> str:
    """What is said to somebody who tried to come in too often, with the seconds to wait."""
    minutes = ceil(wait / 60)
    return ngettext(
        "Too many tries. Please wait %(minutes)d minute, then try again.",
        "Too many tries. Please wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}
