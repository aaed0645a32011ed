"""The tenant in the path becomes the tenant in scope."""

import re
from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from plusone.base import scope
from plusone.tenants.models import Member, Tenant, User, tenant_of

# Any name, also one that no shop can have: a view under /t/ never runs without a tenant.
_PATH = re.compile(r"^/t/([^/]+)/")


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
    """Answer the request inside the tenant's transaction, rolled back when the answer is a refusal."""
    with scope.tenant(tenant.pk):
        request.tenant = tenant  # type: ignore[attr-defined]
        request.member = None  # type: ignore[attr-defined]
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            request.member = Member.objects.filter(user=user).first()  # type: ignore[attr-defined]
        response = get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response
