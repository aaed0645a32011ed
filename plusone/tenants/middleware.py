"""The tenant in the path becomes the tenant in scope."""

import re
from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from plusone.base import numbers, scope
from plusone.tenants.models import Member, Tenant, User, tenant_of
from plusone.tenants.models.plan import shop_is_lapsed

# Any name, also one that no shop can have: a view under /t/ never runs without a tenant.
_PATH = re.compile(r"^/t/([^/]+)/")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class TenantRequest(HttpRequest):
    """A request inside a tenant, as views under /t/{tenant}/ get it."""

    tenant: Tenant
    member: Member | None
    user: User


def tenant_in_path(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Open the tenant's transaction round every view under /t/{tenant}/;
    an answer of 400 or more changes nothing.

    Opened here and not by ATOMIC_REQUESTS,
    whose transaction would start after the session has been read on another one.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        found = _PATH.match(request.path_info)
        if not found:
            return get_response(request)
        tenant = tenant_of(found.group(1))
        if tenant is None:
            request.tenant_missing = True  # type: ignore[attr-defined]
            raise Http404
        return in_scope(request, tenant, get_response)

    return middleware


def in_scope(
    request: HttpRequest, tenant: Tenant, get_response: Callable[[HttpRequest], HttpResponse]
) -> HttpResponse:
    """Answer the request inside the tenant's transaction, rolled back when the answer is a refusal.

    The one place where a shop whose plan is over is kept from changing: whatever the door, it reads and
    pays only.
    """
    with scope.tenant(tenant.pk):
        request.tenant = tenant  # type: ignore[attr-defined]
        request.member = None  # type: ignore[attr-defined]
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            request.member = Member.objects.filter(user=user).first()  # type: ignore[attr-defined]
        response = _refusal(request, tenant) or get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response


def _refusal(request: HttpRequest, tenant: Tenant) -> HttpResponse | None:
    if (
        request.method in _READING
        or _may_change_lapsed(request)
        or not shop_is_lapsed(numbers.database_now())
    ):
        return None
    member = request.member  # type: ignore[attr-defined]
    response = render(request, "tenants/lapsed.html" if member else "storefront/resting.html", status=402)
    if member and request.headers.get("HX-Request"):
        # htmx swaps no refusals in: the whole page goes to where the sentence and the way to pay stand.
        response["HX-Redirect"] = f"{reverse('console-plan', args=[tenant.slug])}?refused=1"
    return response


def _may_change_lapsed(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "even_lapsed", False)
    except Resolver404:
        return True
