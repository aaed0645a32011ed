"""A signed-in person's browser, for tests of the console's pages."""

import secrets

from django.test import Client

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product
from plusone.catalogue.rules import Wish
from plusone.customers import actions as customers
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.tenants import actions as tenants
from plusone.tenants.models import Role, Tenant, User
from tests import makers


def at(tenant: Tenant, role: str = Role.OWNER) -> Client:
    """A browser in which a new member of the shop with this role is signed in; pages in English."""
    client = stranger()
    user = User.objects.create_user(f"{secrets.token_hex(6)}@example.com", "店員")
    with scope.tenant(tenant.pk):
        tenants.add_member(user, role)
    client.force_login(user)
    return client


def stranger() -> Client:
    """A browser in which nobody is signed in, at an address of its own."""
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address())


def address() -> str:
    """A network address that nobody else comes from: wrong guesses are counted by address."""
    return f"fd00:{secrets.token_hex(2)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


def path(tenant: Tenant, rest: str = "") -> str:
    """The address of a console page."""
    return f"/t/{tenant.slug}/console/{rest}"


def order(tenant: Tenant, product: Product, quantity: int = 1, *, person: str = "") -> Outcome:
    """An order for the product's first option, as the lane would take it."""
    person = person or makers.friend(tenant)
    with scope.tenant(tenant.pk):
        buyer = customers.meet([person])[person]
        variant = product.variants.order_by("position")[0]
        cause = f"test:{makers.user_id()}"
        wish = (Wish(variant.pk, quantity),)
        return take([Ask(cause, buyer.customer_id, buyer.contact_id, wish, "chat", person, HOUSE)])[0]
