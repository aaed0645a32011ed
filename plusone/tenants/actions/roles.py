"""Make roles of the shop's own, and edit what each may do."""

import secrets as random
from collections.abc import Iterable

from django.db.models.functions import Now

from plusone.base import audit
from plusone.base.audit import Actor
from plusone.tenants import rules
from plusone.tenants.actions.team import Refused, take_turn
from plusone.tenants.models import Invite, Member, Role, TeamRole


def make(actor: Actor, name: str, permissions: Iterable[str]) -> TeamRole:
    """Insert a role with these permissions, completed by what they need.

    Raises Refused (above_you, no_permissions).
    """
    wanted = _checked(actor, permissions)
    made = TeamRole.objects.create(
        code=f"r{random.token_hex(5)}", name=name.strip(), permissions=sorted(wanted)
    )
    audit.note(actor, "role.made", f"role:{made.code}", after=_told(made))
    return made


def edit(actor: Actor, code: str, name: str, permissions: Iterable[str]) -> TeamRole:
    """Change a role's name and permissions; it counts from its members' next request on.

    Raises Refused (above_you, no_permissions, unknown_role: the owner's role can't be edited).
    """
    wanted = _checked(actor, permissions)
    before = TeamRole.objects.filter(code=code).first()
    if code == Role.OWNER or (before is None and code not in Role.values):
        raise Refused("unknown_role")
    role, _ = TeamRole.objects.update_or_create(
        code=code, defaults={"name": name.strip(), "permissions": sorted(wanted)}
    )
    told = _told(before) if before else {"permissions": sorted(rules.granted(code))}
    audit.note(actor, "role.changed", f"role:{code}", told, _told(role))
    return role


def remove(actor: Actor, code: str) -> None:
    """Delete a role that no member has, with its open invites; one of the three goes back to its beginnings.

    Raises Refused (above_you, role_in_use, unknown_role).
    """
    own = take_turn(actor)
    found = TeamRole.objects.filter(code=code).first()
    if found is None:
        raise Refused("unknown_role")
    theirs = frozenset(found.permissions) | (rules.granted(code) if code in Role.values else frozenset())
    if "roles.change" not in own or not rules.reaches(own, theirs):
        raise Refused("above_you")
    if code not in Role.values:
        if Member.objects.filter(role=code).exists():
            raise Refused("role_in_use")
        Invite.objects.open().filter(role=code).update(revoked_at=Now())
    found.delete()
    audit.note(actor, "role.removed", f"role:{code}", _told(found))


def _checked(actor: Actor, permissions: Iterable[str]) -> frozenset[str]:
    own, wanted = take_turn(actor), rules.completed(permissions)
    if "roles.change" not in own or not rules.reaches(own, wanted):
        raise Refused("above_you")
    if not wanted:
        raise Refused("no_permissions")
    return wanted


def _told(role: TeamRole) -> dict[str, object]:
    return {"name": role.name, "permissions": role.permissions}
