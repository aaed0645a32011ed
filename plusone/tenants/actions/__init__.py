"""Open a shop, connect its LINE account, give it people and tokens."""

import hashlib
import secrets as random
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from plusone.base import audit, logs, scope, secrets
from plusone.tenants import rules
from plusone.tenants.actions import plan
from plusone.tenants.models import ApiToken, Channel, Member, TeamRole, Tenant, User, place

SECRET_FIELDS = {
    "secret": "sealed_secret",
    "next_secret": "sealed_next_secret",
    "token": "sealed_token",
    "login_secret": "sealed_login_secret",
}
PLAIN_FIELDS = ("channel_id", "bot_user_id", "basic_id", "name", "login_channel_id", "liff_id")
PAIRING_MINUTES = 15
MAX_NAME = 120


@dataclass
class BadTenant(Exception):
    """A tenant can't be opened like this; `field` says which word is wrong, `reason` is a code."""

    field: str
    reason: str


def open_tenant(
    slug: str, name: str, *, timezone: str = "Asia/Taipei", currency: str = "TWD", language: str = "zh-hant"
) -> Tenant:
    """Insert a tenant with an empty LINE channel; where billing is on, its trial starts.

    Raises BadTenant (slug taken or malformed, zone unknown, no name or one that is too long).
    """
    check_tenant(slug, name, timezone, currency)
    try:
        with transaction.atomic():
            tenant = Tenant.objects.create(
                slug=slug, name=name.strip(), timezone=timezone, currency=currency, language=language
            )
            with scope.tenant(tenant.pk):
                Channel.objects.create()
                if settings.BILLING:
                    plan.start_trial()
    except IntegrityError as error:
        raise BadTenant("slug", "taken") from error
    return tenant


def check_tenant(slug: str, name: str, timezone: str, currency: str) -> None:
    """Raise BadTenant for words that no shop can have; changes nothing."""
    if not rules.good_slug(slug):
        raise BadTenant("slug", "malformed")
    if not name.strip():
        raise BadTenant("name", "missing")
    if len(name.strip()) > MAX_NAME:
        raise BadTenant("name", "too_long")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadTenant("timezone", "unknown") from error
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise BadTenant("currency", "malformed")


def connect_channel(actor: audit.Actor, **values: str) -> Channel:
    """Set fields of the tenant's LINE channel: secrets are sealed, texts stored;
    an absent field stays as it is.

    A new `secret` keeps the old one in the second slot until the first webhook signed with the new one
    arrives, because LINE invalidates the old at once while events signed with it may still be on their way.
    Writes an audit row without the values.
    """
    channel = Channel.objects.select_for_update().get()
    known = _known_secrets(channel)
    if values.get("secret") and known and values["secret"].strip() not in known:
        values["next_secret"] = known[0]
    for field in PLAIN_FIELDS:
        if field in values:
            setattr(channel, field, values[field].strip())
    for field, column in SECRET_FIELDS.items():
        if field in values:
            setattr(channel, column, secrets.seal(values[field].strip(), place(scope.current(), field)))
    channel.paused_reason, channel.paused_until = "", None
    channel.changed_at = Now()
    channel.save()
    audit.note(actor, "channel.connected", f"channel:{channel.pk}", after={"fields": sorted(values)})
    return channel


def _known_secrets(channel: Channel) -> tuple[str, ...]:
    """None when their key is lost: then typing them in again must still work."""
    try:
        return channel.secrets()
    except secrets.CannotOpen:
        return ()


def drop_old_secret(tenant_id: int, old: str) -> None:
    """Empty the second slot once LINE signs with the new channel secret, if it still holds the old one.

    Called by the door, outside any request of Django's: the connection goes back to the pool here.
    """
    with scope.tenant(tenant_id):
        channel = Channel.objects.select_for_update().get()
        if channel.secrets()[1:] == (old,):
            channel.sealed_next_secret = b""
            channel.save(update_fields=["sealed_next_secret"])
    if not connection.in_atomic_block:
        connection.close()


def reseal_channels() -> int:
    """Seal every channel's secrets again with the newest key; returns how many rows changed.

    A shop whose own key is lost is left as it is: its owner types the secrets in again.
    """
    changed = 0
    with scope.everywhere():
        for channel in Channel.objects.select_for_update():
            try:
                changed += _reseal(channel)
            except secrets.CannotOpen:
                logs.logger().error("secrets.key_lost", tenant=channel.tenant_id)
    return changed


def _reseal(channel: Channel) -> int:
    stale = {
        column: secrets.seal(
            secrets.unseal(getattr(channel, column), place(channel.tenant_id, field)),
            place(channel.tenant_id, field),
        )
        for field, column in SECRET_FIELDS.items()
        if secrets.needs_resealing(getattr(channel, column))
    }
    for column, value in stale.items():
        setattr(channel, column, value)
    if stale:
        channel.save(update_fields=list(stale))
    return 1 if stale else 0


def pause_sending(reason: str, seconds: int) -> None:
    """Stop the tenant's sender for a while (LINE refuses its token); shown on the console with the reason."""
    Channel.objects.update(paused_reason=reason, paused_until=Now() + timedelta(seconds=seconds))


def set_shop(
    actor: audit.Actor,
    *,
    lenient: bool,
    push_answers: bool,
    quota_floor: int,
    words: dict[str, list[str]],
    payment_note: str,
) -> None:
    """Store how the shop answers: lenient reading, paid pushes, quota kept for answers, own words by kind,
    and how buyers pay.
    """
    wanted = {
        "lenient": lenient,
        "push_answers": push_answers,
        "quota_floor": quota_floor,
        "words": words,
        "payment_note": payment_note.replace("\r\n", "\n").strip(),
    }
    tenant = Tenant.objects.select_for_update().get(pk=scope.current())
    before = {name: getattr(tenant, name) for name in wanted}
    Tenant.objects.filter(pk=tenant.pk).update(**wanted)
    audit.note(actor, "shop.changed", f"tenant:{tenant.pk}", before, wanted)


def set_company(
    actor: audit.Actor, *, name: str, contact_name: str, contact_email: str, contact_phone: str
) -> bool:
    """Store the shop's name and whom to write to about it, with an audit entry; False when nothing changed.

    Raises BadTenant for an empty name.
    """
    if not name.strip():
        raise BadTenant("name", "missing")
    told = {"name": name.strip(), "contact_name": contact_name.strip(), "contact_email": contact_email}
    wanted = {**told, "contact_phone": contact_phone.strip()}
    tenant = Tenant.objects.select_for_update().get(pk=scope.current())
    before = {key: getattr(tenant, key) for key in wanted}
    if wanted == before:
        return False
    Tenant.objects.filter(pk=tenant.pk).update(**wanted)
    audit.note(actor, "shop.company", f"tenant:{tenant.pk}", before, wanted)
    return True


def add_member(user: User, role: str) -> Member:
    """Make the person a member with this role of the shop's, or change the role they have."""
    if role not in TeamRole.objects.matrix():
        raise BadTenant("role", "unknown")
    return Member.objects.update_or_create(user=user, defaults={"role": str(role)})[0]


def make_pairing_code(member: Member) -> str:
    """Give the member six digits to write to the official account, so that their LINE is known as theirs;
    15 minutes.
    """
    member.pairing_code = f"{random.randbelow(1_000_000):06d}"
    member.pairing_expires_at = Now() + timedelta(minutes=PAIRING_MINUTES)
    member.save(update_fields=["pairing_code", "pairing_expires_at"])
    return member.pairing_code


def use_pairing_code(code: str) -> Member | None:
    """The member whose valid code this is, and the code is used up; None when there is none."""
    member = (
        Member.objects.select_for_update().filter(pairing_code=code, pairing_expires_at__gt=Now()).first()
    )
    if member:
        member.pairing_code = ""
        member.save(update_fields=["pairing_code"])
    return member


def issue_token(name: str) -> str:
    """Insert an API token and return it; it is shown this once, only its hash is kept."""
    token = f"plusone_{random.token_urlsafe(32)}"
    ApiToken.objects.create(name=name, token_hash=hash_token(token))
    return token


def find_token(token: str) -> ApiToken | None:
    """The live token, over all tenants, and its last use noted; None when unknown or revoked."""
    with scope.everywhere():
        found = ApiToken.objects.filter(token_hash=hash_token(token), revoked_at=None).first()
        if found:
            ApiToken.objects.filter(pk=found.pk).exclude(
                last_used_at__gt=Now() - timedelta(minutes=1)
            ).update(last_used_at=Now())
        return found


def hash_token(token: str) -> str:
    """What is kept of a token; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
