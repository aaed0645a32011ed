"""Every address of the product, and what to fill its blanks with."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.base.models import Owned
from plusone.catalogue import actions as catalogue
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft
from plusone.catalogue.rules.sheets import Planned
from plusone.chat.actions import menus, publication
from plusone.chat.models import GroupChat, MenuSlot, OutboxMessage, RichMenu
from plusone.chat.rules.menus import Area, MenuDraft
from plusone.chat.rules.slots import Slot
from plusone.customers.models import Customer
from plusone.orders.actions import bulk, export, handouts, transfers
from plusone.orders.models import BankLine, BulkLetter, Export, Order, Round, Transfer, Waiting
from plusone.tenants import actions as tenants
from plusone.tenants.actions import archives, roles, team
from plusone.tenants.models import Invite, Tenant, User
from plusone.tenants.models.archive import Archive
from tests import makers
from tests.orders import groupbuy
from tests.tenants import browser

CANARY = "canary9c1e"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CONSOLE = "t/<slug:slug>/"
SHOP = f"{CONSOLE}liff/"
API = "api/v1/"


@dataclass(frozen=True)
class Route:
    """One pattern: its whole text, and the view behind it."""

    text: str
    view: Callable[..., Any]

    @property
    def blanks(self) -> list[str]:
        """The names of what is to be filled in."""
        return re.findall(r"<(?:\w+:)?(\w+)>", self.text)

    def path(self, values: dict[str, str]) -> str:
        """The address with the blanks filled in."""
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda blank: values[blank[1]], self.text)


@dataclass(frozen=True)
class Shop:
    """A shop full of marked rows, and the values that name them in addresses."""

    tenant: Tenant
    values: dict[str, str]
    token: str


# What fills the blanks of a pattern: the name of the blank to what of the shop stands there. A pattern
# without blanks but the shop's own needs none; any other has a line here, or the walker fails.
FILLED: dict[str, dict[str, str]] = {
    "orders/<str:number>/": {"number": "order"},
    "orders/<str:number>/status": {"number": "order"},
    "orders/<str:number>/paid": {"number": "order"},
    "orders/<str:number>/tracking": {"number": "order"},
    "orders/<str:number>/memo": {"number": "order"},
    "orders/<str:number>/letter": {"number": "order"},
    "orders/many/<int:pk>": {"pk": "bulk id"},
    "orders/many/<int:pk>/undo": {"pk": "bulk id"},
    "orders/many/<int:pk>/letter": {"pk": "bulk id"},
    "orders/letters/<int:pk>": {"pk": "bulk letter id"},
    "orders/letters/<int:pk>/stop": {"pk": "bulk letter id"},
    "orders/export/<int:pk>": {"pk": "export id"},
    "orders/export/<int:pk>/file": {"pk": "export id"},
    "orders/<str:number>/merge": {"number": "order"},
    "orders/<str:number>/items": {"number": "order"},
    "orders/<str:number>/items/goods": {"number": "order"},
    "orders/<str:number>/lines/<int:pk>": {"number": "order", "pk": "line id"},
    "orders/by-id/<int:pk>": {"pk": "order id"},
    "orders/transfers/lines/<int:pk>/confirm": {"pk": "bank line id"},
    "orders/transfers/lines/<int:pk>/aside": {"pk": "bank line id"},
    "orders/transfers/reports/<int:pk>/seen": {"pk": "transfer id"},
    "orders/transfers/matches/<int:pk>/undo": {"pk": "match id"},
    "orders/waiting/<int:pk>/give": {"pk": "waiting id"},
    "orders/waiting/<int:pk>/removal": {"pk": "waiting id"},
    "orders/pickup-points/<int:pk>/removal": {"pk": "point id"},
    "orders/<str:number>/collected": {"number": "order"},
    "orders/<str:number>/pickup": {"number": "order"},
    "orders/rounds/<int:pk>/handout": {"pk": "round id"},
    "orders/rounds/<int:pk>/": {"pk": "round id"},
    "orders/rounds/<int:pk>/edit": {"pk": "round id"},
    "orders/rounds/<int:pk>/opening": {"pk": "round id"},
    "orders/rounds/<int:pk>/closing": {"pk": "round id"},
    "orders/rounds/<int:pk>/finish": {"pk": "round id"},
    "orders/rounds/<int:pk>/bought/<int:variant>": {"pk": "round id", "variant": "variant id"},
    "orders/rounds/<int:pk>/short/<int:variant>": {"pk": "round id", "variant": "variant id"},
    "products/<str:code>/": {"code": "product"},
    "products/undo/<int:entry>": {"entry": "bulk entry"},
    "products/import/template.<str:kind>": {"kind": "table kind"},
    "products/import/<int:pk>": {"pk": "product file"},
    "products/export.<str:kind>": {"kind": "table kind"},
    "products/<str:code>/copy": {"code": "product"},
    "products/<str:code>/pictures": {"code": "product"},
    "products/<str:code>/visibility": {"code": "product"},
    "products/<str:code>/removal": {"code": "product"},
    "products/<str:code>/stock": {"code": "product"},
    "products/<str:code>/share": {"code": "product"},
    "r/<uuid:public_id>": {"public_id": "round public id"},
    "p/<str:public_id>": {"public_id": "product public id"},
    "p/<str:public_id>/wait": {"public_id": "product public id"},
    "waiting/<int:variant>/leave": {"variant": "variant id"},
    "p/<str:public_id>/order": {"public_id": "product public id"},
    "orders/<str:public_id>": {"public_id": "order public id"},
    "orders/<str:public_id>/cancel": {"public_id": "order public id"},
    "orders/<str:public_id>/change": {"public_id": "order public id"},
    "products/<str:code>/stock/move": {"code": "product"},
    "customers/<int:pk>/": {"pk": "customer id"},
    "customers/<int:pk>/contact": {"pk": "customer id"},
    "customers/<int:customer_id>/orders": {"customer_id": "customer id"},
    "messages/<int:pk>/": {"pk": "message id"},
    "messages/menus/templates/<str:name>.jpg": {"name": "template"},
    "messages/menus/times/<int:pk>/removal": {"pk": "menu times"},
    "messages/menus/<int:pk>/": {"pk": "menu"},
    "messages/menus/<int:pk>/progress": {"pk": "menu"},
    "messages/menus/<int:pk>/publish": {"pk": "menu"},
    "messages/menus/<int:pk>/stop": {"pk": "menu"},
    "messages/menus/<int:pk>/show": {"pk": "menu"},
    "messages/menus/<int:pk>/removal": {"pk": "menu"},
    "messages/menus/<int:pk>/times": {"pk": "menu"},
    "settings/export/<int:pk>/file": {"pk": "archive id"},
    "products/<slug:code>": {"code": "product"},
    "orders/<slug:number>": {"number": "order"},
    "customers/<int:id>": {"id": "customer id"},
    "files/<str:name>": {"name": "file"},
    "settings/team/invites/<int:pk>/withdrawal": {"pk": "invite id"},
    "settings/team/<int:pk>/": {"pk": "member id"},
    "settings/team/<int:pk>/role": {"pk": "member id"},
    "settings/team/<int:pk>/removal": {"pk": "member id"},
    "settings/roles/<str:code>/": {"code": "role"},
    "settings/roles/<str:code>/removal": {"code": "role"},
    "join/<str:token>/": {"token": "invite"},
}
# What forms would send: enough that a view which let a stranger in would change something.
FORM = {
    **dict.fromkeys(("name", "memo", "secret", "token", "words"), "changed"),
    **dict.fromkeys(("code", "price", "version", "channel_id", "is_public", "lenient"), "1"),
    "status": "cancelled",
    "quantity": "2",
    "verb": "hide",
    "way": "received",
    "pieces": "3",
    "once": "0b6cbcd6-7f0e-4f0e-9df2-4f7a27a4a1a5",
    "tracking_number": "T1",
    "email": "x@example.com",
    "password": "x",
    "role": "owner",
    "permissions": "orders.see",
}


def routes() -> list[Route]:
    """Every pattern of the product, as Django resolves it."""
    return list({route.text: route for route in _below(get_resolver().url_patterns, "")}.values())


def _below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for entry in patterns:
        text = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _below(entry.url_patterns, text)
        else:
            yield Route(text, entry.callback)


def is_shop(route: Route) -> bool:
    """True for what buyers see; tests/storefront/test_shop_walker.py walks those."""
    return f"{route.text}/".startswith(SHOP) and not route.text.startswith(f"{SHOP}admin/")


def own_part(route: Route) -> str:
    """The pattern without what all of its kind begin with."""
    for start in (f"{CONSOLE}console/", f"{SHOP}admin/", SHOP, API):
        if route.text.startswith(start):
            return route.text.removeprefix(start)
    return route.text


def values(route: Route, slug: str, shop: Shop) -> dict[str, str]:
    """What fills the route's blanks: the shop in the address, and the other shop's things."""
    return {"slug": slug} | {
        blank: shop.values[what] for blank, what in FILLED.get(own_part(route), {}).items()
    }


def marked_shop() -> Shop:
    """A shop whose every text carries the canary. Its product's code and numbers are in no other shop."""
    tenant = makers.shop(name=f"{CANARY} shop")
    for number in range(3):
        product = makers.goods(tenant, f"{CANARY} {number}", description=CANARY, category=CANARY)
    outcome = browser.order(tenant, product)
    person = makers.friend(tenant)
    makers.hear(tenant, makers.text(person, "+1"), makers.text(person, "+99"))
    group = groupbuy.known_group(tenant)
    groupbuy.a_round(tenant, product, chats=[group], name=f"{CANARY} round")
    with scope.tenant(tenant.pk):
        GroupChat.objects.update(name=CANARY)
        catalogue.set_picture(HOUSE, product, "canary.jpg", "canary.jpg")
        catalogue.pictures.add(HOUSE, product, [catalogue.pictures.Shot("canary2.jpg", "canary2.jpg")])
        entry = catalogue.bulk.set_category(HOUSE, [product], CANARY * 2).entry
        file = catalogue.files.keep(
            HOUSE, [_planned()], {}, name=CANARY, digest="0" * 64, encoding="UTF-8", unknown=[CANARY], same=1
        )
        Customer.objects.update(name=CANARY, phone=CANARY, email=CANARY)
        Order.objects.update(memo=CANARY, tracking_number=CANARY)
        tenants.connect_channel(HOUSE, name=CANARY, basic_id=CANARY, liff_id=CANARY)
        _put_up_menu()
        named = _named(product, outcome.number) | _team()
        named |= {"bulk entry": str(entry), "product file": str(file.pk), "table kind": "csv"}
        return Shop(tenant, named, tenants.issue_token(CANARY))


def _team() -> dict[str, str]:
    """A member, a role of the shop's own, and an open invite."""
    role = roles.make(HOUSE, CANARY, ["orders.see"])
    user = User.objects.create_user(f"{CANARY}-{secrets.token_hex(6)}@example.com", CANARY)
    token = team.invite(HOUSE, role.code, CANARY)
    return {
        "role": role.code,
        "member id": str(tenants.add_member(user, "staff").pk),
        "invite": token,
        "invite id": str(Invite.objects.get().pk),
    }


def _put_up_menu() -> None:
    """A live menu, everybody's at times, and another's menu that was seen at LINE."""
    area = Area(0, 0, 400, 270, "say", CANARY, "x")
    menu = menus.make(HOUSE, MenuDraft(CANARY, "menu", 800, 270, True, (area,)), "0" * 32 + ".jpg")
    RichMenu.objects.update(state="live", line_id=CANARY)
    menu.refresh_from_db()
    menus.add_slot(HOUSE, menu, Slot(menu.pk, frozenset({1})))
    seen = {"id": "other", "name": CANARY, "bar_text": CANARY, "size": {}, "areas": 1}
    publication.note_seen({"menus": [seen], "default": None, "aliases": {}})


def _planned() -> Planned:
    return Planned(2, "", ProductDraft(CANARY, 1), None)


def _named(product: Product, number: str) -> dict[str, str]:
    order = Order.objects.get(number=number)
    return {
        "order": number,
        "order id": str(order.pk),
        **_bulk(),
        "export id": str(_exported().pk),
        "line id": str(order.lines.values_list("pk", flat=True)[0]),
        "product": product.code,
        "variant id": str(product.variants.all()[0].pk),
        **_money(order),
        "waiting id": str(_waiting(order, product).pk),
        "point id": str(handouts.add_point(HOUSE, CANARY, None).pk),
        "round public id": str(Round.objects.values_list("public_id", flat=True)[0]),
        "round id": str(Round.objects.values_list("pk", flat=True)[0]),
        "order public id": order.public_id,
        "product public id": product.public_id,
        "customer id": str(order.customer_id),
        "archive id": str(_archive().pk),
        "message id": str(OutboxMessage.objects.values_list("pk", flat=True)[0]),
        "file": "0" * 32 + ".jpg",
        "template": "market",
        "menu": str(RichMenu.objects.values_list("pk", flat=True)[0]),
        "menu times": str(MenuSlot.objects.values_list("pk", flat=True)[0]),
    }


def _bulk() -> dict[str, str]:
    """A change of many orders that waits for its worker, and a letter to their buyers."""
    started = bulk.start(HOUSE, Order.objects.all(), "paid", CANARY * 2)
    letter = BulkLetter.objects.create(bulk=started, kind="paid", actor_kind="house", actor="")
    return {"bulk id": str(started.pk), "bulk letter id": str(letter.pk)}


def _waiting(order: Order, product: Product) -> Waiting:
    """The order's buyer waits for the product, too."""
    return Waiting.objects.create(
        variant=product.variants.all()[0],
        customer_id=order.customer_id,
        contact_id=order.contact_id or 0,
        quantity=1,
        source="chat",
    )


def _exported() -> Export:
    """A file of orders that is there to be fetched."""
    asked = export.ask(
        HOUSE, kind="csv", language="en", search=CANARY, status="", picked=[], command=CANARY * 2
    )
    wanted = export.begin(asked.pk)
    assert wanted is not None
    export.folder().mkdir(parents=True, exist_ok=True)
    name = f"{wanted.pk}-{CANARY}.csv"
    (export.folder() / name).write_text(CANARY)
    export.finish(wanted, name, len(CANARY))
    return wanted


def _money(order: Order) -> dict[str, str]:
    """A reported transfer, matched with a bank line, and another of each that wait."""
    for number in "12":
        transfers.report(order.customer_id, digits="12345", amount=order.total, said=CANARY, cause=number)
        transfers.paste(HOUSE, f"12345 NT${order.total} {CANARY} " + "!" * int(number))
        if number == "1":
            made = transfers.confirm(HOUSE, BankLine.objects.get(), [order.pk], Transfer.objects.get())
    return {
        "match id": str(made.pk),
        "bank line id": str(BankLine.objects.order_by("-pk")[0].pk),
        "transfer id": str(Transfer.objects.order_by("-pk")[0].pk),
    }


def _archive() -> Archive:
    """A finished one, whose file is there."""
    name = archives.new_name()
    archives.folder().mkdir(parents=True, exist_ok=True)
    (archives.folder() / name).write_text(CANARY)
    return Archive.objects.create(state=Archive.State.DONE, name=name, asked_by="house")


def checksum(tenant: Tenant) -> dict[str, str]:
    """A fingerprint of everything the shop has, table by table."""
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("select md5(t::text) from plusone_tenant t where id = %s", [tenant.pk])
        found = {"plusone_tenant": str(cursor.fetchone())}
        for model in Owned.__subclasses__():
            table = model._meta.db_table
            cursor.execute(
                f'select md5(string_agg(t::text, chr(10) order by id)) from "{table}" t where tenant_id = %s',
                [tenant.pk],
            )
            found[table] = str(cursor.fetchone())
    return found
