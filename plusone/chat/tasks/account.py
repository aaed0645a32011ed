"""The tenant's account at LINE: its client, and the sender's settings; read again every few seconds."""

import time
from dataclasses import dataclass

from django.conf import settings

from plusone.base import scope
from plusone.line.client import Addresses, Client
from plusone.line.errors import BadToken
from plusone.tenants.models import Channel, Tenant

FRESH_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Account:
    """`client` is None while there is no usable access token."""

    client: Client | None
    rather_twice: bool
    floor: int
    read_at: float


_known: dict[int, Account] = {}


def addresses() -> Addresses:
    """LINE's addresses, or the simulator's."""
    return Addresses(api=settings.LINE_API_URL, data=settings.LINE_DATA_API_URL)


def account(tenant_id: int) -> Account:
    """The tenant's account, at most three seconds old."""
    known = _known.get(tenant_id)
    if known is None or time.monotonic() - known.read_at > FRESH_SECONDS:
        known = _known[tenant_id] = _read(tenant_id)
    return known


def _read(tenant_id: int) -> Account:
    with scope.tenant(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        token = Channel.objects.get().access_token()
    try:
        client = Client(addresses(), token) if token else None
    except BadToken:
        client = None
    return Account(client, tenant.rather_twice, tenant.quota_floor, time.monotonic())
