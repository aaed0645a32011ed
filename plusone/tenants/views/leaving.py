"""Leaving a shop's team by one's own wish, whatever one's role may do there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from plusone.base import scope
from plusone.base.views import notices
from plusone.tenants.actions import team
from plusone.tenants.models import Member, Tenant, User, tenant_of
from plusone.tenants.views.team import REFUSALS


def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what leaving means; a POST does it. For members of the shop only, others find nothing."""
    if not isinstance(request.user, User):
        return redirect("sign-in")
    tenant = tenant_of(slug)
    if tenant is None or not _is_member(tenant, request.user):
        raise Http404
    if request.method != "POST":
        return render(request, "tenants/leave.html", {"tenant": tenant})
    try:
        team.leave(tenant, request.user)
    except team.Refused as refused:
        told = {"tenant": tenant, "refusal": str(REFUSALS[refused.reason])}
        return render(request, "tenants/leave.html", told, status=409)
    notices.leave(request, gettext("You have left the team of %(shop)s.") % {"shop": tenant.name})
    return redirect("home")


def _is_member(tenant: Tenant, user: User) -> bool:
    with scope.tenant(tenant.pk):
        return Member.objects.filter(user=user).exists()
