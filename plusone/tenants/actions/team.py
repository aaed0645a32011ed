"""Let people into the team, change what they are in it, let them go."""

import datetime
import secrets as random
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from plusone.base import audit, scope
from plusone.base.audit import Actor
from plusone.tenants import rules
from plusone.tenants.actions import hash_token
from plusone.tenants.models import Invite, Member, Role, TeamRole, Tenant, User

INVITE_DAYS = 7


@dataclass
class Refused(Exception):
    """The team can't be changed like this; `reason` is a code: above_you, last_owner, unknown_role,
    role_in_use, no_permissions.
    """

    reason: str


class EmailTaken(Exception):
    """There is a person with this e-mail already."""


@dataclass
class NotOpen(Exception):
    """The invite lets nobody in: unknown, used, revoked, expired, or the person is already in the team."""

    reason: str


def invite(actor: Actor, role: str, note: str = "") -> str:
    """Insert an invite for one person, valid for INVITE_DAYS; returns its token, which is shown this once.

    Raises Refused when the role can do more than who invites.
    """
    own = take_turn(actor)
    _check_reach(own, role)
    token = random.token_urlsafe(32)
    made = Invite.objects.create(
        token_hash=hash_token(token),
        role=role,
        note=note.strip(),
        invited_by_id=int(actor.id) if actor.kind == "member" else None,
        expires_at=Now() + datetime.timedelta(days=INVITE_DAYS),
    )
    audit.note(actor, "member.invited", f"invite:{made.pk}", after={"role": role, "name": made.note})
    return token


def revoke(actor: Actor, invite_id: int) -> bool:
    """Close an open invite; False when it is no longer open.

    Raises Refused when its role can do more than who revokes.
    """
    own = take_turn(actor)
    found = Invite.objects.open().filter(pk=invite_id).first()
    if found is None:
        return False
    _check_reach(own, found.role)
    Invite.objects.filter(pk=found.pk).update(revoked_at=Now())
    audit.note(actor, "invite.revoked", f"invite:{found.pk}", {"role": found.role, "name": found.note})
    return True


def invited(token: str) -> Invite:
    """The invite that the link names, with its shop, still open or not; raises NotOpen when it names none."""
    with scope.everywhere():
        found = Invite.objects.filter(token_hash=hash_token(token)).select_related("tenant").first()
    if found is None:
        raise NotOpen("unknown")
    return found


def closed(found: Invite) -> str:
    """Why the invite lets nobody in (used, revoked, expired); empty while it is open."""
    with scope.tenant(found.tenant.pk):
        if Invite.objects.open().filter(pk=found.pk).exists():
            return ""
        now = Invite.objects.get(pk=found.pk)
    return "used" if now.used_at else "revoked" if now.revoked_at else "expired"


def accept(token: str, user: User) -> Tenant:
    """Make the person a member with the invite's role and use the invite up; returns the shop.

    Raises NotOpen with the reason. Of two people who open one link at once, one gets in.
    """
    found = invited(token)
    with scope.tenant(found.tenant.pk):
        _turn()
        if Member.objects.filter(user=user).exists():
            raise NotOpen("member")
        if not Invite.objects.open().filter(pk=found.pk).update(used_at=Now()):
            raise NotOpen(closed(found))
        member = Member.objects.create(user=user, role=found.role)
        who = Actor("member", str(member.pk))
        audit.note(who, "member.joined", f"member:{member.pk}", after={"role": found.role, "name": user.name})
    return found.tenant


def accept_with_account(token: str, email: str, name: str, password: str) -> Tenant:
    """Insert a person and let them in as `accept` does; nothing is stored when the invite is not open.

    Raises NotOpen, EmailTaken.
    """
    with transaction.atomic():
        return accept(token, open_account(email, name, password))


def open_account(email: str, name: str, password: str) -> User:
    """Insert a person who signs in with e-mail and password; raises EmailTaken.

    Kept in small letters: people type their e-mail either way.
    """
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken
    try:
        with transaction.atomic():
            return User.objects.create_user(email.lower(), name.strip(), password)
    except IntegrityError as error:
        raise EmailTaken from error


def change_role(actor: Actor, member_id: int, role: str) -> str:
    """Give a member another role and close the invites they sent; returns the role they had before.

    Raises Refused (above_you, unknown_role, last_owner), Member.DoesNotExist.
    """
    own = take_turn(actor)
    member = Member.objects.select_related("user").get(pk=member_id)
    before = member.role
    _check_reach(own, before)
    _check_reach(own, role)
    if before == role:
        return before
    _keep_an_owner(member)
    Member.objects.filter(pk=member.pk).update(role=role)
    _close_invites_of(member)
    told = {"name": member.user.name}
    audit.note(
        actor,
        "member.changed",
        f"member:{member.pk}",
        {"role": before, **told},
        {"role": role, **told},
    )
    return before


def remove(actor: Actor, member_id: int) -> None:
    """Take a member out of the team: the next request of theirs is refused, their open invites are closed.

    The history keeps their name. Raises Refused (above_you, last_owner), Member.DoesNotExist.
    """
    own = take_turn(actor)
    member = Member.objects.select_related("user").get(pk=member_id)
    _check_reach(own, member.role)
    _keep_an_owner(member)
    _close_invites_of(member)
    told = {"role": member.role, "name": member.user.name}
    audit.note(actor, "member.removed", f"member:{member.pk}", before=told)
    member.delete()


def leave(tenant: Tenant, user: User) -> None:
    """Take the person out of the team by their own wish, whatever their role may do.

    As after `remove` the history keeps their name and their open invites are closed. Raises Refused
    (last_owner), Member.DoesNotExist.
    """
    with scope.tenant(tenant.pk):
        _turn()
        member = Member.objects.select_related("user").get(user=user)
        _keep_an_owner(member)
        _close_invites_of(member)
        told = {"role": member.role, "name": user.name}
        audit.note(Actor("member", str(member.pk)), "member.removed", f"member:{member.pk}", before=told)
        member.delete()


def take_turn(actor: Actor) -> frozenset[str]:
    """Wait until nobody else changes this shop's team or roles; returns what the actor may do now.

    Read after the lock: what the page was opened with may have been taken away meanwhile.
    """
    _turn()
    if actor.kind != "member":
        return frozenset(rules.PERMISSIONS)
    member = Member.objects.filter(pk=actor.id).first()
    if member is None or "team.change" not in member.permissions:
        raise Refused("above_you")
    return member.permissions


def _turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('team'), %s::int)", [scope.current() % 2**31])


def _check_reach(own: frozenset[str], role: str) -> None:
    matrix = TeamRole.objects.matrix()
    if role not in matrix:
        raise Refused("unknown_role")
    if not rules.reaches(own, matrix[role]):
        raise Refused("above_you")


def _keep_an_owner(member: Member) -> None:
    if member.role != Role.OWNER:
        return
    if not Member.objects.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise Refused("last_owner")


def _close_invites_of(member: Member) -> None:
    Invite.objects.open().filter(invited_by=member).update(revoked_at=Now())
