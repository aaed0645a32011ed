"""Buyers come in and leave."""

import datetime
import hashlib
import secrets

from django.db import connection

from plusone.base import numbers, scope
from plusone.customers import actions as customers
from plusone.storefront.models import BuyerSession

DAYS = 30


def open_session(line_user_id: str, *, instead_of: str = "") -> str:
    """Let the person in whom LINE named: their contact is met, a session of 30 days made; its token.

    Only the token's hash is kept. The session of the token `instead_of`, if any, ends.
    """
    end_session(instead_of)
    person = customers.meet([line_user_id])[line_user_id]
    token = secrets.token_urlsafe(32)
    BuyerSession.objects.create(
        token_hash=hash_of(token),
        contact_id=person.contact_id,
        expires_at=numbers.database_now() + datetime.timedelta(days=DAYS),
    )
    return token


def end_session(token: str) -> None:
    """End the token's session; nothing when there is none."""
    if token:
        BuyerSession.objects.filter(token_hash=hash_of(token)).delete()


def hash_of(token: str) -> str:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def forget_old() -> None:
    """Delete the sessions whose time is over, of all tenants."""
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("delete from plusone_buyersession where expires_at < now()")
