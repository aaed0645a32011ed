"""The shop that is measured: one hot product with stock for everybody."""

import secrets
from dataclasses import dataclass

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.orders.models import Order
from plusone.tenants import actions as tenants
from plusone.tenants.models import Tenant


@dataclass(frozen=True)
class Shop:
    """A shop and what its webhooks need."""

    tenant: Tenant
    secret: str
    destination: str
    variant_id: int

    @property
    def path(self) -> str:
        """Its webhook's path."""
        return f"/t/{self.tenant.slug}/webhook"


def open_shop() -> Shop:
    """A shop with one product of a million pieces, and no limit of messages a minute."""
    tenant = tenants.open_tenant(f"bench-{secrets.token_hex(4)}", "Bench")
    Tenant.objects.filter(pk=tenant.pk).update(commands_a_minute=10**6)
    secret, destination = secrets.token_hex(16), "U" + secrets.token_hex(16)
    with scope.tenant(tenant.pk):
        tenants.connect_channel(
            HOUSE,
            channel_id=str(secrets.randbelow(10**10)),
            secret=secret,
            token=secrets.token_urlsafe(24),
            bot_user_id=destination,
        )
        draft = ProductDraft(name="高山茶", price=680, variants=(VariantDraft(stock=1_000_000),))
        product = catalogue.put_up(HOUSE, draft)
        variant_id = product.variants.get().pk
    return Shop(tenant, secret, destination, variant_id)


def buyers(count: int) -> list[str]:
    """LINE user ids of so many buyers."""
    return ["U" + secrets.token_hex(16) for _ in range(count)]


def orders_of(shop: Shop) -> int:
    """How many orders the shop has, committed."""
    with scope.tenant(shop.tenant.pk):
        return Order.objects.count()
