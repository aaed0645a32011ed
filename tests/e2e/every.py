"""The one table of the product's pages: which are looked at, as whom, and which addresses show none and why.

An address that is in neither must refuse GET. A new one has to be put into the table, or the test fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.e2e.stage import Stage
from tests.house import walk

C, S = f"{walk.CONSOLE}console/", walk.SHOP


@dataclass(frozen=True)
class Seen:
    """A page to look at: its pattern, its name, who opens it, and the query behind it.

    `answers` is the status it comes with; `shop` another one than the demo's; `given` fills blanks otherwise.
    """

    pattern: str
    name: str
    who: str = "owner"
    query: str = ""
    shop: str = "demo"
    answers: int = 200
    given: tuple[tuple[str, str], ...] = ()

    def path(self, values: dict[str, str]) -> str:
        """The address, its blanks and `{…}` in its query filled."""
        route = walk.Route(self.pattern, print)
        names = walk.FILLED.get(walk.own_part(route), {})
        filled = {blank: values[what] for blank, what in names.items()}
        asked = self.query
        for what, value in values.items():
            asked = asked.replace(f"{{{what}}}", value)
        return route.path({"slug": self.shop, **filled, **dict(self.given)}) + (f"?{asked}" if asked else "")


SEEN = (
    Seen("", "choose-shop", "newcomer"),
    Seen("sign-in/", "sign-in", "nobody"),
    Seen("sign-up/", "sign-up", "signing up"),
    Seen("leave/<slug:slug>/", "leave", "packer"),
    Seen("join/<str:token>/", "join", "nobody"),
    Seen("join/<str:token>/", "join-signed-in", "newcomer"),
    Seen("join/<str:token>/", "join-closed", "nobody", given=(("token", "no-such-invite"),), answers=404),
    Seen(C, "today"),
    Seen(f"{C}figures/", "figures"),
    Seen(f"{C}figures/orders", "figures-orders", query="from=2026-01-01&to=2199-12-31"),
    Seen(f"{C}orders/", "orders"),
    Seen(f"{C}orders/", "orders-none", query="q=zzz"),
    Seen(f"{C}orders/", "orders-overdue", query="status=overdue"),
    Seen(f"{C}orders/transfers/", "transfers"),
    Seen(f"{C}orders/waiting/", "waiting"),
    Seen(f"{C}orders/pickup-points/", "pickup-points"),
    Seen(f"{C}orders/rounds/", "rounds"),
    Seen(f"{C}orders/rounds/", "rounds-today", query="show=today"),
    Seen(f"{C}orders/rounds/new", "round-new"),
    Seen(f"{C}orders/rounds/<int:pk>/", "round"),
    Seen(f"{C}orders/rounds/<int:pk>/edit", "round-edit"),
    Seen(f"{C}orders/rounds/<int:pk>/handout", "handout"),
    Seen(f"{C}orders/rounds/<int:pk>/short/<int:variant>", "short"),
    Seen(f"{C}orders/rounds/<int:pk>/short/<int:variant>", "short-shares", query="delivered=1&how=first"),
    Seen(f"{C}orders/card", "card", query="card={card}"),
    Seen(f"{C}orders/card", "card-unknown", query="card=00000-00000"),
    Seen(f"{C}orders/new", "order-new"),
    Seen(f"{C}orders/card", "customer-card", query="card={customer id}"),
    Seen(f"{C}orders/many/<int:pk>", "bulk"),
    Seen(f"{C}orders/many/<int:pk>/letter", "bulk-letter", query="kind=shipped"),
    Seen(f"{C}orders/letters/<int:pk>", "bulk-letter-progress"),
    Seen(f"{C}orders/picking", "picking", query="everything=1"),
    Seen(f"{C}orders/slips", "slips", query="everything=1"),
    Seen(f"{C}orders/export/<int:pk>", "export"),
    Seen(f"{C}orders/<str:number>/", "order"),
    Seen(f"{C}orders/<str:number>/letter", "letter", query="kind=paid"),
    Seen(f"{C}products/", "products"),
    Seen(f"{C}products/new", "product-new"),
    Seen(f"{C}products/order", "products-order"),
    Seen(f"{C}products/import", "products-import"),
    Seen(f"{C}products/import/<int:pk>", "product-file"),
    Seen(f"{C}products/<str:code>/", "product"),
    Seen(f"{C}products/<str:code>/pictures", "product-pictures"),
    Seen(f"{C}products/<str:code>/removal", "product-removal"),
    Seen(f"{C}products/<str:code>/stock", "product-stock"),
    Seen(f"{C}customers/", "customers"),
    Seen(f"{C}customers/<int:pk>/", "customer"),
    Seen(f"{C}messages/", "messages"),
    Seen(f"{C}messages/missed", "missed"),
    Seen(f"{C}messages/words/", "words"),
    Seen(f"{C}messages/words/edit", "words-edit", query="kind=paid"),
    Seen(f"{C}messages/menus/", "menus"),
    Seen(f"{C}messages/menus/new", "menu-new"),
    Seen(f"{C}messages/menus/<int:pk>/times", "menu-times"),
    Seen(f"{C}messages/menus/<int:pk>/", "menu"),
    Seen(f"{C}messages/<int:pk>/", "message"),
    Seen(f"{C}settings/", "settings"),
    Seen(f"{C}settings/company", "company"),
    Seen(f"{C}settings/team/", "team"),
    Seen(f"{C}settings/team/<int:pk>/", "member"),
    Seen(f"{C}settings/roles/", "roles"),
    Seen(f"{C}settings/roles/new", "role-new"),
    Seen(f"{C}settings/roles/<str:code>/", "role"),
    Seen(f"{C}settings/history", "history"),
    Seen(f"{C}settings/line/guide", "guide"),
    Seen(f"{C}settings/export", "archives"),
    Seen(f"{C}settings/plan", "plan"),
    Seen(f"{S}admin/products", "products-on-the-phone"),
    Seen(f"{S}admin/orders", "orders-on-the-phone"),
    # A shop in its first hour: empty is a page, too.
    *(
        Seen(f"{C}{path}", f"empty-{name}", "newcomer", shop="newcomer")
        for path, name in (
            ("", "today"),
            ("figures/", "figures"),
            ("orders/", "orders"),
            ("orders/transfers/", "transfers"),
            ("orders/pickup-points/", "pickup-points"),
            ("orders/rounds/", "rounds"),
            ("orders/rounds/new", "round-new"),
            ("orders/new", "order-new"),
            ("products/", "products"),
            ("products/new", "product-new"),
            ("customers/", "customers"),
            ("messages/", "messages"),
            ("messages/menus/", "menus"),
            ("settings/", "settings"),
            ("settings/line/guide", "guide"),
            ("settings/plan", "plan"),
        )
    ),
    # Of one who may do little, and what is refused.
    Seen(f"{C}orders/", "packer-orders", "packer"),
    Seen(f"{C}orders/<str:number>/", "packer-order", "packer"),
    Seen(f"{C}products/", "refused", "packer", answers=403),
    Seen(f"{C}orders/", "not-there", shop="nowhere", answers=404),
    # Buyers' pages.
    Seen(S, "shop", "nobody"),
    Seen(f"{S}p/<str:public_id>", "shop-product", "nobody"),
    Seen(f"{S}r/<uuid:public_id>", "shop-round", "nobody"),
    Seen(f"{S}basket", "shop-basket-empty", "nobody"),
    Seen(f"{S}basket", "shop-basket", "buyer"),
    Seen(f"{S}orders", "shop-orders", "buyer"),
    Seen(f"{S}orders/<str:public_id>", "shop-order", "buyer"),
    Seen(f"{S}orders/pay", "shop-pay", "buyer"),
    Seen(f"{S}card", "shop-card", "buyer"),
    Seen(f"{S}contact", "shop-contact", "nobody"),
    Seen(f"{S}enter", "shop-enter", "nobody"),
)

NO_PAGE = {
    "healthz": "for machines",
    "readyz": "for machines",
    "metrics": "for machines",
    "hooks/stripe": "for machines",
    "files/<str:name>": "a picture",
    "sign-in/line/callback": "leads on",
    f"{S}".removesuffix("/"): "the same page without its last slash",
    f"{C}live": "a part of today",
    f"{C}orders/by-id/<int:pk>": "leads to the order",
    f"{C}orders/new/people": "a part of a new order",
    f"{C}orders/new/goods": "a part of a new order",
    f"{C}orders/new/row": "a part of a new order",
    f"{C}orders/<str:number>/items/goods": "a part of an order's new item",
    f"{C}figures/best": "a part of the figures",
    f"{C}orders/export/<int:pk>/file": "a file",
    f"{C}products/import/template.<str:kind>": "a file",
    f"{C}products/export.<str:kind>": "a file",
    f"{C}products/<str:code>/share": "a part of a product",
    f"{C}customers/export": "a file",
    f"{C}customers/<int:customer_id>/orders": "a part of a customer",
    f"{C}messages/fenced": "a part of the messages",
    f"{C}messages/about": "a part of an order",
    f"{C}messages/menus/templates/<str:name>.jpg": "a picture",
    f"{C}messages/menus/<int:pk>/progress": "a part of a menu",
    f"{C}settings/line/check": "a part of the settings",
    f"{C}settings/line/check/provider": "a part of the settings",
    f"{C}settings/export/state": "a part of the archives",
    f"{C}settings/export/<int:pk>/file": "a file",
    f"{C}settings/plan/state": "a part of the plan",
    f"{C}settings/plan/invoices": "a part of the plan",
    f"{S}enter/line": "leads to LINE",
    f"{S}enter/line/back": "back from LINE",
}


def unlisted() -> Iterator[str]:
    """The addresses that are in neither table; programs' own under /api/ show no pages."""
    listed = {one.pattern for one in SEEN} | set(NO_PAGE)
    for route in walk.routes():
        if route.text not in listed and not route.text.startswith(walk.API):
            yield route.text


def gone() -> set[str]:
    """What the tables name and the product no longer has."""
    return ({one.pattern for one in SEEN} | set(NO_PAGE)) - {route.text for route in walk.routes()}


def simulators(stage: Stage, language: str) -> dict[str, str]:
    """The simulator's pages: name to address. Stripe's speak the language they were asked for in."""
    demo, person = stage.demo, SPEAKS[language]
    pages = {
        "phone": f"{demo.phone}/?lang={language}#person={person}&chat={demo.chat(person)}",
        "line-login": f"{stage.values['line login']}&lang={language}",
        "stripe-pay": stage.values[f"stripe pay {language}"],
    }
    return pages | ({"stripe-portal": stage.values["stripe portal"]} if language == "zh-hant" else {})


SPEAKS = {"zh-hant": "xiaomei", "ja": "sakura", "en": "amy"}


def blanks(text: str) -> list[str]:
    """What fills the blanks of a pattern, in the walker's words."""
    return list(walk.FILLED.get(walk.own_part(walk.Route(text, print)), {}).values())
