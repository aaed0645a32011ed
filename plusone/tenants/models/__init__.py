"""Tenant, people and roles, LINE channel, API tokens."""

import uuid
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from plusone.base import scope, secrets
from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.tenants import rules


def new_key() -> str:
    """A tenant's public id: 32 hex characters in capitals;
    the first four stand in front of its order numbers.
    """
    return uuid.uuid4().hex.upper()


class Tenant(models.Model):
    """One shop (商店). `key` is its public id, `slug` its place in addresses."""

    slug = models.SlugField(max_length=40, unique=True)
    key = models.CharField(max_length=32, default=new_key, unique=True)
    name = models.CharField(max_length=120)
    timezone = models.CharField(max_length=60, default="Asia/Taipei")
    currency = models.CharField(max_length=3, default="TWD")
    language = models.CharField(max_length=10, default="zh-hant")
    lenient = models.BooleanField(default=False)
    words = models.JSONField(default=dict, blank=True)
    push_answers = models.BooleanField(default=True)
    rather_twice = models.BooleanField(default=False)
    commands_a_minute = models.PositiveIntegerField(default=30)
    quota_floor = models.PositiveIntegerField(default=50)
    # How buyers pay (付款說明): the shop's own words, with its bank account; buyers read them.
    payment_note = models.CharField(max_length=600, blank=True, default="", db_default="")
    contact_name = models.CharField(max_length=80, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.slug


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail."""

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """Insert a person; without a password they can only come in by another way (demo, LINE)."""
        user = self.model(email=self.normalize_email(email), name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in to the console; may be in several tenants."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.email


class Role(models.TextChoices):
    """The three roles every shop starts with; tenants/rules has their matrix."""

    OWNER = "owner"
    MANAGER = "manager"
    STAFF = "staff"


class TeamRoleQuerySet(OwnedQuerySet["TeamRole"]):
    """Ways to read the shop's matrix."""

    def matrix(self) -> dict[str, frozenset[str]]:
        """Every role of the shop and what it may do: the three, and those of its own."""
        stored = dict(self.order_by("pk").values_list("code", "permissions"))
        return {code: rules.granted(code, stored.get(code)) for code in (*Role.values, *stored)}

    def who_may(self, permission: str) -> list[str]:
        """The codes of the roles that have the permission."""
        return [code for code, permissions in self.matrix().items() if permission in permissions]


TeamRoleManager = OwnedManager.from_queryset(TeamRoleQuerySet)


class TeamRole(Owned):
    """A role of the shop's own making, or one of the three with another name or other permissions (權限角色).

    Of a role that has no row here the shop changed nothing.
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40, blank=True)
    permissions = models.JSONField(default=list)

    objects: ClassVar["TeamRoleManager[Self]"] = TeamRoleManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="role_once")]


class Member(Owned):
    """A person in a tenant with a role (團隊成員): one of the three, or a TeamRole's code."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, default=Role.STAFF)
    pairing_code = models.CharField(max_length=8, blank=True)
    pairing_expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="member_once")]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """A pairing code works where it was made."""
        return {**row, "pairing_code": "", "pairing_expires_at": None}

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What the member may do, by the shop's matrix as it is now."""
        stored = TeamRole.objects.filter(code=self.role).values_list("permissions", flat=True).first()
        return rules.granted(self.role, stored)


class InviteQuerySet(OwnedQuerySet["Invite"]):
    """Ways to look for invites."""

    def open(self) -> "InviteQuerySet":
        """Those that still let somebody in."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=Now())


InviteManager = OwnedManager.from_queryset(InviteQuerySet)


class Invite(Owned):
    """A link that lets one person into the team, once, with one role (邀請); only its hash is kept."""

    stays = "an open door to the team; ask again after an import"

    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=20)
    note = models.CharField(max_length=60, blank=True)
    invited_by = models.ForeignKey(
        Member, models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar["InviteManager[Self]"] = InviteManager()


class Channel(Owned):
    """The tenant's LINE official account (LINE 官方帳號).

    Secrets are sealed; read them through the methods only.
    """

    sealed_at = {
        "sealed_secret": "channel:{tenant}:secret",
        "sealed_next_secret": "channel:{tenant}:next_secret",
        "sealed_token": "channel:{tenant}:token",
        "sealed_login_secret": "channel:{tenant}:login_secret",
    }

    channel_id = models.CharField(max_length=40, blank=True)
    bot_user_id = models.CharField(max_length=33, blank=True)
    basic_id = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80, blank=True)
    sealed_secret = models.BinaryField(default=b"")
    sealed_next_secret = models.BinaryField(default=b"")
    sealed_token = models.BinaryField(default=b"")
    login_channel_id = models.CharField(max_length=40, blank=True)
    sealed_login_secret = models.BinaryField(default=b"")
    liff_id = models.CharField(max_length=60, blank=True)
    paused_reason = models.CharField(max_length=40, blank=True)
    paused_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant"], name="channel_one_a_tenant")]

    def secrets(self) -> tuple[str, ...]:
        """The channel secrets that may have signed a webhook: the current one,
        and the next one during a change.
        """
        sealed = ((self.sealed_secret, "secret"), (self.sealed_next_secret, "next_secret"))
        return tuple(secrets.unseal(value, place(self.tenant_id, field)) for value, field in sealed if value)

    def access_token(self) -> str:
        """The channel access token, or an empty text."""
        return secrets.unseal(self.sealed_token, place(self.tenant_id, "token"))

    def login_secret(self) -> str:
        """The LINE Login channel's secret, or an empty text."""
        return secrets.unseal(self.sealed_login_secret, place(self.tenant_id, "login_secret"))


def place(tenant_id: int | None, field: str) -> str:
    """Where a channel's secret stands; authenticated with the ciphertext."""
    return f"channel:{tenant_id}:{field}"


class ApiToken(Owned):
    """A program's bearer token; only its hash is kept."""

    stays = "a token opens the shop that it was made for; make new ones after an import"

    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


def tenant_of(slug: str) -> Tenant | None:
    """The tenant at this place in the address, or None.

    Tenants themselves stand outside row-level security.
    """
    return Tenant.objects.filter(slug=slug).first()


def member_of(user: User, tenant: Tenant) -> Member | None:
    """The person's membership in this tenant, or None."""
    with scope.tenant(tenant.pk):
        return Member.objects.filter(user=user).first()
