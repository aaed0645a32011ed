"""Count tries to sign in; make a person, their shop and their way in by LINE."""

import hashlib
from dataclasses import dataclass

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import F

from plusone.base import audit, scope
from plusone.tenants import actions
from plusone.tenants.actions import throttle
from plusone.tenants.models import Role, Tenant, User
from plusone.tenants.models.signing import SignInTry
from plusone.tenants.rules import signing as rules
from plusone.tenants.rules.guessing import network


@dataclass(frozen=True, slots=True)
class NewShop:
    """What somebody who signs up tells: the shop, whom to write to, and where they sell."""

    name: str
    contact: str
    email: str
    phone: str
    slug: str
    timezone: str
    currency: str
    language: str


@dataclass(frozen=True, slots=True)
class LinePerson:
    """Who LINE says it is, under the platform's own Login channel."""

    user_id: str
    profile: dict[str, str]


class EmailTaken(Exception):
    """Somebody has an account with this e-mail; only they may join LINE to it, signed in."""


def admit(address: str, email: str) -> int:
    """Count a try to sign in, or to make an account, before the password is looked at; returns the seconds to
    wait, 0 for go ahead.
    """
    for kind, key in _keys(address, email):
        tries, seconds = throttle.count(key, rules.WINDOW_MINUTES)
        if not rules.may_try(tries, kind):
            return seconds
    return 0


def succeeded(address: str, email: str) -> None:
    """The right password ends the account's count, and the address's goes down by one."""
    (_, by_address), (_, by_account) = _keys(address, email)
    SignInTry.objects.filter(key=by_account).delete()
    SignInTry.objects.filter(key=by_address, tries__gt=0).update(tries=F("tries") - 1)


def _keys(address: str, email: str) -> tuple[tuple[str, str], tuple[str, str]]:
    hashed = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    return ("address", f"address:{network(address)}"), ("account", f"account:{hashed}")


def sign_up(person: LinePerson, shop: NewShop) -> tuple[User, Tenant]:
    """Insert the person, their way in by LINE, and a shop that they own.

    Raises EmailTaken, and BadTenant for a place in addresses that is taken or malformed.
    """
    with transaction.atomic():
        user = make_account(person, shop.contact, shop.email)
        tenant = _open(shop)
        Tenant.objects.filter(pk=tenant.pk).update(
            contact_name=shop.contact, contact_email=shop.email, contact_phone=shop.phone
        )
        with scope.tenant(tenant.pk):
            member = actions.add_member(user, Role.OWNER)
            told = {"slug": tenant.slug}
            audit.note(
                audit.Actor("member", str(member.pk)), "shop.opened", f"tenant:{tenant.pk}", after=told
            )
    return user, tenant


def make_account(person: LinePerson, name: str, email: str) -> User:
    """Insert a person who comes in by LINE, without a password. Raises EmailTaken."""
    if User.objects.filter(email__iexact=email).exists():
        raise EmailTaken
    try:
        with transaction.atomic():
            user = User.objects.create_user(email.lower(), name)
            SocialAccount.objects.create(
                user=user, provider="line", uid=person.user_id, extra_data=person.profile
            )
    except IntegrityError as error:
        raise EmailTaken from error
    return user


def _open(shop: NewShop) -> Tenant:
    """The place that was asked for, or the first free one that suits the name."""
    if shop.slug:
        return _open_at(shop, shop.slug)
    for slug in rules.slugs(shop.name, shop.email):
        if not Tenant.objects.filter(slug=slug).exists():
            return _open_at(shop, slug)
    raise AssertionError("slugs end")


def _open_at(shop: NewShop, slug: str) -> Tenant:
    return actions.open_tenant(
        slug, shop.name, timezone=shop.timezone, currency=shop.currency, language=shop.language
    )
