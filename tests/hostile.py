"""A shop in which every text that somebody can write is one of the payloads (P36)."""

from dataclasses import dataclass

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.chat.models import GroupChat, OutboxMessage
from plusone.customers import actions as customers
from plusone.customers.models import Contact, Customer
from plusone.orders.actions import change, handouts
from plusone.orders.models import Letter, Order, PickupPoint, Round
from plusone.tenants import actions as tenants
from plusone.tenants.actions import roles, team
from plusone.tenants.models import Member, TeamRole, Tenant, User
from tests import makers
from tests.house import walk
from tests.orders import groupbuy
from tests.payloads import STORABLE, fit
from tests.storefront import buyers

AT_ONCE = 90


@dataclass(frozen=True)
class Hostile:
    """The shop, and who ordered there."""

    tenant: Tenant
    people: list[str]


def a_shop() -> Hostile:
    """One product and one buyer a payload; each buyer orders by chat, half of them in a group."""
    tenant = buyers.shop(name=fit(STORABLE[0], 120), commands_a_minute=10_000)
    with scope.tenant(tenant.pk):  # one commit, not three hundred
        products = [catalogue.put_up(HOUSE, _draft(text)) for text in STORABLE]
    people = _buyers(tenant)
    group = groupbuy.known_group(tenant)
    asked = [
        makers.text(person, f"{product.code}+2", **({"group": group} if place % 2 else {}))
        for place, (person, product) in enumerate(zip(people, products, strict=True))
    ]
    for start in range(0, len(asked), AT_ONCE):
        makers.hear(tenant, *asked[start : start + AT_ONCE])
    _round_and_the_rest(tenant, products, group)
    return Hostile(tenant, people)


def named(shop: Hostile) -> walk.Shop:
    """What fills the blanks of addresses (tests/house/walk.py), as far as the shop has it."""
    with scope.tenant(shop.tenant.pk):
        order = Order.objects.order_by("pk")[3]
        line = order.lines.select_related("product").all()[0]
        values = {
            "order": order.number,
            "order id": str(order.pk),
            "line id": str(line.pk),
            "product": line.product.code,
            "variant id": str(line.variant_id),
            "customer id": str(order.customer_id),
            "round id": str(Round.objects.order_by("pk")[0].pk),
            "message id": str(OutboxMessage.objects.order_by("pk")[0].pk),
            "member id": str(Member.objects.order_by("pk")[0].pk),
            "role": TeamRole.objects.order_by("pk")[0].code,
            "point id": str(PickupPoint.objects.order_by("pk")[0].pk),
        }
    return walk.Shop(shop.tenant, values, "")


def _draft(text: str) -> ProductDraft:
    many = (VariantDraft(stock=10),)
    return ProductDraft(fit(text, 120), 100, description=text, category=fit(text, 60), variants=many)


def _buyers(tenant: Tenant) -> list[str]:
    people = [makers.user_id() for _ in STORABLE]
    with scope.tenant(tenant.pk):
        met = customers.meet(people)
        for person, text in zip(people, STORABLE, strict=True):
            customers.note_profile(met[person].contact_id, name=text, picture_url="", language="")
            Customer.objects.filter(pk=met[person].customer_id).update(
                phone=fit(text, 40), email=fit(text, 254), note=text
            )
        Contact.objects.update(followed_at=tenant.created_at)
    return people


def _round_and_the_rest(tenant: Tenant, products: list[Product], group: str) -> None:
    for text in STORABLE[:12]:
        groupbuy.a_round(tenant, products[0], chats=[group], name=fit(text, 80))
    with scope.tenant(tenant.pk):
        for order, text in zip(Order.objects.order_by("pk"), STORABLE, strict=True):
            change.set_memo(HOUSE, order, text)
            change.set_tracking(HOUSE, order, fit(text, 60))
        GroupChat.objects.update(name=fit(STORABLE[1], 60))
        for text in STORABLE[:40]:
            handouts.add_point(HOUSE, fit(text, 60), None)
            roles.make(HOUSE, fit(text, 40), ["orders.see"])
            team.invite(HOUSE, "staff", fit(text, 60))
        for number, text in enumerate(STORABLE[:20]):
            user = User.objects.create_user(f"{tenant.slug}-{number}@example.com", fit(text, 80))
            tenants.add_member(user, "staff")
        Letter.objects.create(kind="shipped", language="en", text=STORABLE[2])
        tenants.connect_channel(HOUSE, name=fit(STORABLE[3], 80))
