"""The decision about what came in with an import, above the messages."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.chat.actions import fence
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page


@may("messages.see")
@require_GET
def fenced(request: TenantRequest, slug: str) -> HttpResponse:
    """What is held, as a fragment; empty when nothing is."""
    told = {"held": fence.held(), "can_send": allowed(request, "messages.send")}
    return page(request, "chat/fence.html", told)


@may("messages.send")
@require_POST
def decide(request: TenantRequest, slug: str) -> HttpResponse:
    """Release or discard all of it."""
    if request.POST.get("what") == "release":
        fence.release(actor(request))
        notices.leave(request, gettext("Released: what is still in time is being sent and answered."))
    elif request.POST.get("what") == "discard":
        fence.discard(actor(request))
        notices.leave(request, gettext("Discarded: none of it will be sent. It can still be read below."))
    return redirect(address(request, "console-outbox"))
