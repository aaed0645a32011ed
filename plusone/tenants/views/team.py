"""The team: who is in it, inviting, changing a role, removing (JG23)."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base import qr
from plusone.base.views import notices
from plusone.tenants import rules
from plusone.tenants.access import actor, may
from plusone.tenants.actions import team as actions
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Invite, Member, TeamRole
from plusone.tenants.views import words
from plusone.tenants.views.pages import address, allowed, page, refreshed

REFUSALS: dict[str, str | Promise] = {
    "above_you": _("That role has more rights than yours, so only someone with more rights can do this."),
    "last_owner": _("This is the shop's last owner. Make someone else an owner first."),
    "unknown_role": _("This role is no longer there. Choose another."),
    "role_in_use": _("Someone still has this role. Give them another role first."),
    "no_permissions": _("A role needs at least one thing it may do."),
}


class InviteForm(forms.Form):
    """For whom, with which role."""

    note = forms.CharField(
        label=_("Who is it for?"),
        max_length=60,
        required=False,
        help_text=_("Only for your list of open invites."),
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *data: Any, roles: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *data: Any, roles: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


@may("team.see")
@require_GET
def team(request: TenantRequest, slug: str) -> HttpResponse:
    """Everybody in the team, and the invites that are still open."""
    return _shown(request, {})


@may("team.change")
@require_POST
def invite(request: TenantRequest, slug: str) -> HttpResponse:
    """Make an invite and show its link and QR code, this once."""
    form = InviteForm(request.POST, roles=_roles(request))
    if not form.is_valid():
        return _shown(request, {"form": form}, 422)
    try:
        token = actions.invite(actor(request), form.cleaned_data["role"], form.cleaned_data["note"])
    except actions.Refused as refused:
        form.add_error("role", str(REFUSALS[refused.reason]))
        return _shown(request, {"form": form}, 422)
    link = f"{_site(request)}{reverse('join', args=[token])}"
    return _shown(request, {"link": link, "qr": qr.draw(link), "days": actions.INVITE_DAYS})


@may("team.change")
@require_POST
def revoke(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Close an open invite: its link lets nobody in any more."""
    get_object_or_404(Invite, pk=pk)
    try:
        closed = actions.revoke(actor(request), pk)
    except actions.Refused as refused:
        return _refused(request, refused, address(request, "console-team"))
    said = gettext("The invite is withdrawn; its link no longer works.")
    notices.leave(request, said if closed else gettext("This invite was already closed."))
    return redirect(address(request, "console-team"))


@may("team.see")
@require_GET
def member(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """One member: role, and the way out of the team."""
    found = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    matrix, names = TeamRole.objects.matrix(), words.role_names()
    theirs = matrix.get(found.role, frozenset())
    can_change = allowed(request, "team.change") and rules.reaches(_own(request), theirs)
    context = {
        "one": found,
        "role_name": names.get(found.role, found.role),
        "can_change": can_change,
        "form": RoleForm(initial={"role": found.role}, roles=_roles(request)),
        "groups": words.groups(theirs, ()),
        "is_self": request.member is not None and found.pk == request.member.pk,
        "can_see_history": allowed(request, "history.see"),
    }
    return page(request, "tenants/member.html", context)


@may("team.change")
@require_POST
def role(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Give a member another role at once, with undo; an undo has the role in the address."""
    found = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    undoing = "undo" in request.GET
    wanted = (request.GET if undoing else request.POST).get("role", "")
    back = address(request, "console-member", pk)
    try:
        before = actions.change_role(actor(request), pk, wanted)
    except actions.Refused as refused:
        return _refused(request, refused, back)
    if before != wanted:
        said = gettext("%(name)s is now “%(role)s”.")
        said %= {"name": found.user.name, "role": words.role_names().get(wanted, wanted)}
        undo = f"{address(request, 'console-member-role', pk)}?undo=1&role={before}"
        notices.leave(request, said, undo_url="" if undoing else undo)
    return refreshed() if undoing else redirect(back)


@may("team.change")
@require_POST
def removal(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Take a member out of the team; their next request is refused."""
    found = get_object_or_404(Member.objects.select_related("user"), pk=pk)
    try:
        actions.remove(actor(request), pk)
    except actions.Refused as refused:
        return _refused(request, refused, address(request, "console-member", pk))
    if request.member is not None and request.member.pk == pk:
        return redirect("home")
    said = gettext("%(name)s is no longer in the team.")
    notices.leave(request, said % {"name": found.user.name})
    return redirect(address(request, "console-team"))


def _shown(request: TenantRequest, given: dict[str, Any], status: int = 200) -> HttpResponse:
    names = words.role_names()
    members = Member.objects.select_related("user").order_by("pk")
    context = {
        "rows": [{"one": one, "role": names.get(one.role, one.role)} for one in members],
        "invites": [
            {"one": one, "role": names.get(one.role, one.role)}
            for one in Invite.objects.open().select_related("invited_by__user").order_by("-pk")
        ],
        "form": InviteForm(initial={"role": "staff"}, roles=_roles(request)),
        "can_change": allowed(request, "team.change"),
        "can_see_history": allowed(request, "history.see"),
        **given,
    }
    return page(request, "tenants/team.html", context, status)


def _roles(request: TenantRequest) -> list[tuple[str, str]]:
    """The roles that the signed-in member may give."""
    names = words.role_names()
    return [(code, names[code]) for code in words.within(_own(request), TeamRole.objects.matrix())]


def _own(request: TenantRequest) -> frozenset[str]:
    return request.member.permissions if request.member else frozenset()


def _refused(request: TenantRequest, refused: actions.Refused, back: str) -> HttpResponse:
    notices.leave(request, str(REFUSALS[refused.reason]), loss=True)
    return redirect(back)


def _site(request: TenantRequest) -> str:
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
