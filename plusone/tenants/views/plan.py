"""The plan's page: where the shop stands, what it paid, and the ways to Stripe's own pages to pay,
change, cancel.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base import numbers
from plusone.base.views import notices
from plusone.tenants import payments
from plusone.tenants.access import actor, may
from plusone.tenants.actions import plan as actions
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models.plan import Subscription
from plusone.tenants.rules import plan as rules
from plusone.tenants.views.pages import address, allowed, page

FLOWS: dict[str, payments.Wanted] = {"card": "payment_method_update", "cancel": "subscription_cancel"}


@may("settings.see")
@require_GET
def shown(request: TenantRequest, slug: str) -> HttpResponse:
    """State, next charge, invoices; `?back=1` comes from Stripe's page, `?refused=1` from a change that
    was refused.
    """
    _only_with_billing()
    asked = {"waits": "back" in request.GET, "refused": "refused" in request.GET}
    return page(request, "tenants/plan.html", {**_facts(request), **asked})


@may("settings.see")
@require_GET
def state(request: TenantRequest, slug: str) -> HttpResponse:
    """The state alone: asked every two seconds while Stripe's word after a payment is on its way."""
    _only_with_billing()
    return page(request, "tenants/plan.html#state", {**_facts(request), "waits": True})


@may("settings.see")
@require_GET
def invoices(request: TenantRequest, slug: str) -> HttpResponse:
    """Ask Stripe for the invoices now."""
    _only_with_billing()
    found = Subscription.objects.exclude(customer_id="").first()
    _allow_waiting()
    try:
        bills = payments.bills(found.customer_id) if found else []
    except payments.StripeError:
        return page(request, "tenants/plan_invoices.html", {"silent": True})
    return page(
        request,
        "tenants/plan_invoices.html",
        {"bills": bills, "can_change": allowed(request, "settings.change")},
    )


@may("settings.change", even_lapsed=True)
@require_POST
def pay(request: TenantRequest, slug: str) -> HttpResponse:
    """Lead to a Checkout page at Stripe; whoever has a live subscription there goes to its portal instead."""
    return _leave(request, _checkout)


@may("settings.change", even_lapsed=True)
@require_POST
def portal(request: TenantRequest, slug: str) -> HttpResponse:
    """Lead to Stripe's portal: to the card, to cancelling, or to its start."""
    return _leave(request, _portal)


def _leave(request: TenantRequest, page_at_stripe: Callable[[TenantRequest], payments.Page]) -> HttpResponse:
    """By htmx, because the content policy lets no form lead to another site."""
    _only_with_billing()
    _allow_waiting()
    try:
        url = page_at_stripe(request).url
    except payments.StripeError:
        notices.leave(
            request, gettext("Stripe is not answering. Nothing was charged; please try again."), loss=True
        )
        url = address(request, "console-plan")
    return HttpResponse(headers={"HX-Redirect": url}) if request.headers.get("HX-Request") else redirect(url)


def _checkout(request: TenantRequest) -> payments.Page:
    held = actions.hold()
    if held.subscription_id and held.state != Subscription.State.CANCELLED:
        return _portal(request)
    if held.checkout_id:
        payments.close(held.checkout_id)
    customer = held.customer_id or payments.customer(request.tenant.key, request.tenant.name)
    opened = payments.checkout(
        customer,
        request.tenant.key,
        back=_back(request),
        trial_ends_at=rules.trial_for_checkout(held.standing(), numbers.database_now()),
        language=get_language() or "",
    )
    actions.note_checkout(actor(request), customer, opened.id)
    return opened


def _portal(request: TenantRequest) -> payments.Page:
    held = actions.hold()
    if not held.customer_id:
        raise Http404
    wanted = FLOWS.get(request.POST.get("what", ""), "") if held.subscription_id else ""
    return payments.portal(
        held.customer_id,
        back=_back(request),
        wanted=wanted,
        subscription_id=held.subscription_id,
        language=get_language() or "",
    )


def _back(request: TenantRequest) -> str:
    site = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    return f"{site}{address(request, 'console-plan')}"


def _facts(request: TenantRequest) -> dict[str, Any]:
    found = Subscription.objects.first() or Subscription()
    standing, now = found.standing(), numbers.database_now()
    end = rules.lapses_at(standing)
    return {
        "plan": found,
        "lapsed": rules.is_lapsed(standing, now),
        "ends_at": end,
        "days_left": None if end is None else rules.days_left(end, now),
        "price": rules.PRICE,
        "currency": rules.CURRENCY,
        "live": found.subscription_id and found.state != Subscription.State.CANCELLED,
        "can_change": allowed(request, "settings.change"),
    }


def _only_with_billing() -> None:
    if not settings.BILLING:
        raise Http404


def _allow_waiting() -> None:
    """The page's transaction stays open while Stripe is asked, longer than a lane's may (settings)."""
    with connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '60s'")
