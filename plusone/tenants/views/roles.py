"""Roles: what each may do, making and editing them (JG23)."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import notices
from plusone.tenants import rules
from plusone.tenants.access import actor, may
from plusone.tenants.actions import roles as actions
from plusone.tenants.actions.team import Refused
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Member, Role, TeamRole
from plusone.tenants.views import words
from plusone.tenants.views.pages import address, allowed, page
from plusone.tenants.views.team import REFUSALS


class RoleForm(forms.Form):
    """A role's name and what it may do."""

    name = forms.CharField(
        label=_("What is the role called?"),
        max_length=40,
        error_messages={"required": _("Please give the role a name, such as “Packing”.")},
    )
    permissions = forms.MultipleChoiceField(
        required=False, choices=[(code, code) for code in rules.PERMISSIONS]
    )


@may("team.see")
@require_GET
def roles(request: TenantRequest, slug: str) -> HttpResponse:
    """The matrix: every role, every permission."""
    matrix, names, counts = TeamRole.objects.matrix(), words.role_names(), _counts()
    context = {
        "roles": [
            {"code": code, "name": names[code], "members": counts.get(code, 0), "may": len(on)}
            for code, on in matrix.items()
        ],
        "lines": _lines(matrix),
        "can_change": allowed(request, "roles.change"),
    }
    return page(request, "tenants/roles.html", context)


@may("roles.change")
def add(request: TenantRequest, slug: str) -> HttpResponse:
    """Make a role of the shop's own."""
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _made(request, form):
        return redirect(address(request, "console-roles"))
    return _form(request, form, rules.granted(Role.STAFF), {"title": gettext("New role")})


@may("roles.change")
def edit(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Change what a role may do; it counts from its members' next request on."""
    matrix, names = TeamRole.objects.matrix(), words.role_names()
    if code not in matrix or code == Role.OWNER:
        raise Http404
    form = RoleForm(request.POST or None, initial={"name": names[code]})
    if request.method == "POST" and form.is_valid() and _stored(request, form, code):
        return redirect(address(request, "console-roles"))
    given = {
        "title": names[code],
        "code": code,
        "members": _counts().get(code, 0),
        "built_in": code in Role.values,
        "edited": TeamRole.objects.filter(code=code).exists(),
    }
    return _form(request, form, matrix[code], given)


@may("roles.change")
@require_POST
def removal(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Delete a role that nobody has; one of the three goes back to what it was at first."""
    if not TeamRole.objects.filter(code=code).exists():
        raise Http404
    try:
        actions.remove(actor(request), code)
    except Refused as refused:
        notices.leave(request, str(REFUSALS[refused.reason]), loss=True)
        return redirect(address(request, "console-role", code))
    back = code in Role.values
    said = gettext("The role has been reset.") if back else gettext("The role has been deleted.")
    notices.leave(request, said)
    return redirect(address(request, "console-roles"))


def _made(request: TenantRequest, form: RoleForm) -> bool:
    try:
        made = actions.make(actor(request), form.cleaned_data["name"], form.cleaned_data["permissions"])
    except Refused as refused:
        form.add_error(None, str(REFUSALS[refused.reason]))
        return False
    said = gettext("The role “%(name)s” has been created. Now give it to someone.")
    notices.leave(request, said % {"name": made.name})
    return True


def _stored(request: TenantRequest, form: RoleForm, code: str) -> bool:
    name = form.cleaned_data["name"]
    own_name = "" if name == str(words.ROLES.get(code, "")) else name
    try:
        actions.edit(actor(request), code, own_name, form.cleaned_data["permissions"])
    except Refused as refused:
        form.add_error(None, str(REFUSALS[refused.reason]))
        return False
    notices.leave(request, gettext("Saved. It takes effect at the next click of everyone with this role."))
    return True


def _form(
    request: TenantRequest, form: RoleForm, stored: frozenset[str], given: dict[str, Any]
) -> HttpResponse:
    """The form with what was ticked, or what is stored when nothing was sent yet."""
    assert request.member is not None
    on = frozenset(request.POST.getlist("permissions")) if form.is_bound else stored
    groups = words.groups(on, request.member.permissions)
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "tenants/role.html", {"form": form, "groups": groups, **given}, status)


def _counts() -> dict[str, int]:
    found: dict[str, int] = {}
    for role in Member.objects.values_list("role", flat=True):
        found[role] = found.get(role, 0) + 1
    return found


def _lines(matrix: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    """A line a permission: its word, and for each role whether it has it."""
    return [
        {"word": words.permission(code), "on": [code in on for on in matrix.values()]}
        for code in rules.PERMISSIONS
    ]
