"""Stripe's endpoints, as far as a subscription needs them."""

from plusone.simulator.stripe import books, life, news
from plusone.simulator.stripe.books import BOOKS, shown
from plusone.simulator.stripe.door import Refused, bad, endpoint, find, listed
from plusone.simulator.wire import Json

SHORTEST_TRIAL = 48 * 3600
LONGEST_LIFE = 24 * 3600


@endpoint("GET", "POST")
def customers(method: str, given: Json) -> Json:
    """Make one, or list."""
    if method == "GET":
        return listed(books.all_of("customer"), given, "/v1/customers")
    made = books.add(
        "cus",
        "customer",
        name=given.get("name"),
        email=given.get("email"),
        metadata=given.get("metadata", {}),
    )
    news.tell("customer.created", made)
    return shown(made)


@endpoint("GET")
def customer(method: str, given: Json, id_: str) -> Json:
    """One customer."""
    return shown(find("customer", id_))


@endpoint("GET", "POST")
def products(method: str, given: Json) -> Json:
    """Make one, or list."""
    if method == "GET":
        return listed(books.all_of("product"), given, "/v1/products")
    if not given.get("name"):
        raise bad("Missing required param: name.", "name", "parameter_missing")
    return shown(
        books.add("prod", "product", name=given["name"], active=True, metadata=given.get("metadata", {}))
    )


@endpoint("GET", "POST")
def prices(method: str, given: Json) -> Json:
    """Make one, or list by lookup key."""
    if method == "GET":
        keys = given.get("lookup_keys") or []
        found = [price for price in books.all_of("price") if not keys or price["lookup_key"] in keys]
        return listed(found, given, "/v1/prices")
    if not str(given.get("unit_amount", "")).isdigit():
        raise bad("Invalid integer", "unit_amount", "parameter_invalid_integer")
    return shown(
        books.add(
            "price",
            "price",
            active=True,
            currency=str(given.get("currency", "")).lower(),
            unit_amount=int(given["unit_amount"]),
            lookup_key=given.get("lookup_key"),
            product=_product(given),
            recurring={"interval": given.get("recurring", {}).get("interval", "month"), "interval_count": 1},
            type="recurring",
        )
    )


def _product(given: Json) -> str:
    if given.get("product"):
        return str(find("product", given["product"], "product")["id"])
    made = books.add(
        "prod", "product", name=given.get("product_data", {}).get("name"), active=True, metadata={}
    )
    return str(made["id"])


@endpoint("POST")
def checkout_sessions(method: str, given: Json) -> Json:
    """A page to pay on."""
    if given.get("mode") != "subscription":
        raise bad("This simulator knows mode=subscription only.", "mode")
    customer = find("customer", given.get("customer"), "customer")
    items = given.get("line_items") or []
    if not items:
        raise bad("Missing required param: line_items.", "line_items", "parameter_missing")
    data = given.get("subscription_data", {})
    session = books.add(
        "cs_test",
        "checkout.session",
        mode="subscription",
        customer=customer["id"],
        client_reference_id=given.get("client_reference_id"),
        status="open",
        payment_status="unpaid",
        success_url=given.get("success_url"),
        cancel_url=given.get("cancel_url"),
        locale=given.get("locale", "auto"),
        expires_at=books.now() + LONGEST_LIFE,
        subscription=None,
        metadata=given.get("metadata", {}),
        _price=find("price", items[0].get("price"), "line_items[0][price]")["id"],
        _trial_end=_trial_end(data),
        _metadata=data.get("metadata", {}),
    )
    books.change(session, url=f"{BOOKS.address}/stripe/pay/{session['id']}")
    return shown(session)


def _trial_end(data: Json) -> int | None:
    if not data.get("trial_end"):
        return None
    wanted = int(data["trial_end"])
    if wanted < books.now() + SHORTEST_TRIAL:
        raise bad(
            "The `trial_end` date has to be at least 2 days in the future.", "subscription_data[trial_end]"
        )
    return wanted


@endpoint("GET")
def checkout_session(method: str, given: Json, id_: str) -> Json:
    """One Checkout session."""
    return shown(find("checkout.session", id_))


@endpoint("POST")
def expire_session(method: str, given: Json, id_: str) -> Json:
    """Close an open one."""
    session = find("checkout.session", id_)
    if session["status"] != "open":
        raise bad('Only Checkout Sessions with a status in ["open"] can be expired.', "session")
    books.change(session, status="expired", url=None)
    news.tell("checkout.session.expired", session)
    return shown(session)


@endpoint("GET")
def subscriptions(method: str, given: Json) -> Json:
    """A customer's subscriptions; ended ones with status=all."""
    found = books.all_of("subscription", **({"customer": given["customer"]} if given.get("customer") else {}))
    wanted = given.get("status")
    kept = [one for one in found if wanted == "all" or (wanted or "") in ("", one["status"])]
    if not wanted:
        kept = [one for one in kept if one["status"] != "canceled"]
    return listed(kept, given, "/v1/subscriptions")


@endpoint("GET", "POST", "DELETE")
def subscription(method: str, given: Json, id_: str) -> Json:
    """Read one, let it end with its period, or end it now."""
    one = find("subscription", id_)
    if method == "DELETE":
        life.end(one, books.now())
    elif method == "POST" and "cancel_at_period_end" in given:
        life.cancel_later(one, given["cancel_at_period_end"] in ("true", "True"))
    return shown(one)


@endpoint("GET")
def invoices(method: str, given: Json) -> Json:
    """A customer's invoices."""
    found = books.all_of("invoice", **({"customer": given["customer"]} if given.get("customer") else {}))
    for invoice in found:
        invoice["hosted_invoice_url"] = f"{BOOKS.address}/stripe/invoice/{invoice['id']}"
    return listed(found, given, "/v1/invoices")


@endpoint("POST")
def pay_invoice(method: str, given: Json, id_: str) -> Json:
    """Charge an open invoice now."""
    invoice = find("invoice", id_)
    if invoice["status"] != "open":
        raise bad("Invoice is already paid", "invoice", "invoice_already_paid")
    try:
        life.pay(invoice)
    except life.Declined:
        raise Refused(402, "card_error", "Your card was declined.", "card_declined") from None
    return shown(invoice)


@endpoint("POST")
def portal_sessions(method: str, given: Json) -> Json:
    """The customer's own page."""
    customer = find("customer", given.get("customer"), "customer")
    session = books.add(
        "bps",
        "billing_portal.session",
        customer=customer["id"],
        return_url=given.get("return_url"),
        locale=given.get("locale", "auto"),
        flow=given.get("flow_data"),
    )
    books.change(session, url=f"{BOOKS.address}/stripe/portal/{session['id']}")
    return shown(session)
