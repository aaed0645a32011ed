"""Buyers' browsers, for tests of the shop's pages."""

import re
import secrets
from typing import Any

from django.http import HttpResponse
from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product, Variant
from plusone.customers import actions as customers
from plusone.orders.models import Order
from plusone.storefront.access import COOKIE
from plusone.storefront.actions import sessions
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant
from tests import makers
from tests.tenants import browser


def shop(**fields: Any) -> Tenant:
    """A shop whose LINE Login channel has a LIFF app."""
    tenant = makers.shop(**fields)
    channel = str(1_600_000_000 + secrets.randbelow(10**8))
    with scope.tenant(tenant.pk):
        tenants.connect_channel(
            HOUSE,
            login_channel_id=channel,
            login_secret=secrets.token_hex(16),
            liff_id=f"{channel}-abcdEFGH",
            basic_id="@123abcde",
        )
    return tenant


def channel_of(tenant: Tenant) -> str:
    """The id of the shop's login channel."""
    with scope.tenant(tenant.pk):
        return Channel.objects.get().login_channel_id


def stranger(**settings: Any) -> Client:
    """A browser in which nobody is signed in, at an address of its own."""
    return Client(headers={"accept-language": "en"}, **{"REMOTE_ADDR": browser.address(), **settings})


def at(tenant: Tenant, person: str = "", **settings: Any) -> Client:
    """A browser in which a buyer (a friend of the account) is signed in to the shop."""
    client = stranger(**settings)
    sign_in(client, tenant, person or makers.friend(tenant))
    return client


def sign_in(client: Client, tenant: Tenant, person: str) -> None:
    """What follows a good token."""
    with scope.tenant(tenant.pk):
        client.cookies[COOKIE] = sessions.open_session(person)


def path(tenant: Tenant, rest: str = "") -> str:
    """The address of one of the shop's pages."""
    return f"/t/{tenant.slug}/liff/{rest}"


def variants(tenant: Tenant, product: Product) -> list[int]:
    """The ids of a product's options, in order."""
    with scope.tenant(tenant.pk):
        found = Variant.objects.filter(product=product).order_by("position")
        return list(found.values_list("pk", flat=True))


def order(
    client: Client, tenant: Tenant, product: Product, quantity: object = 1, /, **more: Any
) -> HttpResponse:
    """Order on the product's page: its first option, unless `more` says otherwise."""
    form = {
        "variant": variants(tenant, product)[0],
        "quantity": quantity,
        "command": secrets.token_urlsafe(12),
        "do": "order",
        **more,
    }
    return client.post(path(tenant, f"p/{product.public_id}/order"), form)  # type: ignore[return-value]


def orders(tenant: Tenant, person: str = "") -> list[Order]:
    """The shop's orders, or one person's; oldest first, with lines."""
    with scope.tenant(tenant.pk):
        found = Order.objects.order_by("pk").prefetch_related("lines")
        if person:
            found = found.filter(customer_id=customers.meet([person])[person].customer_id)
        return list(found)


def text(answer: Any) -> str:
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
