"""Stripe's wire: what is asked of it, in its own package. No tables here, and card data never comes near us.

The package is imported when it is first needed: it takes 0.24 s, and most installations have billing off.
"""

import contextlib
import datetime
import functools
import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings

from plusone.tenants.rules import plan

# Pinned: a new version of the package must not change what Stripe answers. Where the period's end and an
# invoice's
# subscription stand differs between versions.
API_VERSION = "2026-10-28.endive"
SECONDS = 15
SIGNED_WITHIN = 300  # seconds, as Stripe's own package has it
LANGUAGES = {"zh-hant": "zh-TW", "ja": "ja", "en": "en"}
Wanted = Literal["", "payment_method_update", "subscription_cancel"]


class StripeError(Exception):
    """Stripe did not answer, or refused; nothing was changed here."""


class BadSignature(Exception):
    """The event is not signed by Stripe, or too old."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page at Stripe to send the person to; `id` names it there."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice, in whole units; `status` is Stripe's: draft, open, paid, void, uncollectible."""

    number: str
    at: datetime.datetime
    amount: int
    currency: str
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Came:
    """An event: which customer it is about, the shop's key where Stripe was given it."""

    id: str
    kind: str
    created: int
    customer_id: str
    tenant_key: str


def customer(tenant_key: str, name: str) -> str:
    """The id of a new customer at Stripe for this shop; asked twice within a day, the same one."""
    with _told():
        made = _client().v1.customers.create(
            {"name": name, "metadata": {"tenant": tenant_key}},
            {"idempotency_key": f"customer-{tenant_key}"},
        )
        return str(made.id)


def checkout(
    customer_id: str, tenant_key: str, *, back: str, trial_ends_at: datetime.datetime | None, language: str
) -> Page:
    """A Checkout page on which the shop subscribes to the plan."""
    trial = {"trial_end": int(trial_ends_at.timestamp())} if trial_ends_at else {}
    with _told():
        made = _client().v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": customer_id,
                "client_reference_id": tenant_key,
                "line_items": [{"price": _price(), "quantity": 1}],
                "subscription_data": {"metadata": {"tenant": tenant_key}, **trial},
                "payment_method_collection": "always",
                "success_url": f"{back}?back=1",
                "cancel_url": back,
                "locale": LANGUAGES.get(language, "auto"),
            }
        )
        return Page(str(made.id), str(made.url))


def close(checkout_id: str) -> None:
    """Close a Checkout page that may still be open somewhere, so that nobody pays twice; a finished one
    stays.
    """
    with _told(), _as_it_is():
        _client().v1.checkout.sessions.expire(checkout_id)


def portal(customer_id: str, *, back: str, wanted: Wanted, subscription_id: str, language: str) -> Page:
    """Stripe's own page on which the shop changes its card, cancels, or reads its invoices."""
    flow: dict[str, Any] = {
        "type": wanted,
        "after_completion": {"type": "redirect", "redirect": {"return_url": back}},
    }
    if wanted == "subscription_cancel":
        flow["subscription_cancel"] = {"subscription": subscription_id}
    with _told():
        made = _client().v1.billing_portal.sessions.create(
            {
                "customer": customer_id,
                "return_url": back,
                "locale": LANGUAGES.get(language, "auto"),
                **({"flow_data": flow} if wanted else {}),
            }
        )
        return Page(str(made.id), str(made.url))


def subscriptions(customer_id: str) -> list[plan.Told]:
    """All of the customer's subscriptions as they are now, ended ones too."""
    with _told():
        found = _client().v1.subscriptions.list({"customer": customer_id, "status": "all", "limit": 100})
        return [_read(one.to_dict()) for one in found.data]


def bills(customer_id: str) -> list[Bill]:
    """The customer's newest twelve invoices, newest first."""
    with _told():
        found = _client().v1.invoices.list({"customer": customer_id, "limit": 12})
        return [_bill(one.to_dict()) for one in found.data]


def read_event(body: bytes, signed: str) -> Came:
    """The event in these raw bytes. Raises BadSignature; ValueError when it is signed, but no event."""
    try:
        _sdk().WebhookSignature.verify_header(body, signed, settings.STRIPE_WEBHOOK_SECRET, SIGNED_WITHIN)
        event = json.loads(body)
        thing = event["data"]["object"]
        found = thing["id"] if thing.get("object") == "customer" else thing.get("customer")
        key = (thing.get("metadata") or {}).get("tenant") or thing.get("client_reference_id")
        created = int(event["created"])
        names = (str(event["id"])[:100], str(event["type"])[:60])
    except _sdk().SignatureVerificationError as error:
        raise BadSignature from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("no event") from error
    return Came(*names, created, str(found or "")[:60], str(key or "")[:32])


def _price() -> str:
    """The plan's price at Stripe, made when the account has none yet; found by a key that names amount
    and currency.
    """
    client = _client()
    found = client.v1.prices.list({"lookup_keys": [plan.LOOKUP_KEY], "active": True}).data
    if found:
        return str(found[0].id)
    made = client.v1.prices.create(
        {
            "currency": plan.CURRENCY.lower(),
            "unit_amount": plan.stripe_amount(plan.PRICE, plan.CURRENCY),
            "recurring": {"interval": "month"},
            "lookup_key": plan.LOOKUP_KEY,
            "product_data": {"name": "Plusone"},
        },
        {"idempotency_key": f"price-{plan.LOOKUP_KEY}"},
    )
    return str(made.id)


def _read(one: Mapping[str, Any]) -> plan.Told:
    ends: Sequence[int] = [item["current_period_end"] for item in one["items"]["data"]]
    cancels = one.get("cancel_at") or (max(ends, default=None) if one.get("cancel_at_period_end") else None)
    return plan.Told(
        str(one["id"]),
        str(one["status"]),
        int(one["created"]),
        _moment(one.get("trial_end")),
        _moment(max(ends, default=None)),
        _moment(cancels),
    )


def _bill(one: Mapping[str, Any]) -> Bill:
    currency = str(one["currency"]).upper()
    moment = _moment(one["created"])
    assert moment is not None
    return Bill(
        str(one.get("number") or ""),
        moment,
        plan.units(int(one["total"]), currency),
        currency,
        str(one["status"]),
        str(one.get("hosted_invoice_url") or ""),
    )


def _moment(seconds: int | None) -> datetime.datetime | None:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC) if seconds else None


@functools.cache
def _sdk() -> Any:
    return importlib.import_module("stripe")


@functools.cache
def _client_of(key: str, address: str) -> Any:
    sdk = _sdk()
    return sdk.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": address},
        max_network_retries=1,
        http_client=sdk.RequestsClient(timeout=SECONDS),
    )


def _client() -> Any:
    return _client_of(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Stripe's errors as ours."""
    try:
        yield
    except _sdk().StripeError as error:
        raise StripeError(type(error).__name__) from error


@contextlib.contextmanager
def _as_it_is() -> Iterator[None]:
    """What Stripe refuses because it is so already is no error."""
    with contextlib.suppress(_sdk().InvalidRequestError):
        yield
