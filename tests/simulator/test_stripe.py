"""The simulator's Stripe, driven by Stripe's own package."""

import secrets
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import stripe

from plusone.tenants.payments import API_VERSION
from tests import running
from tests.running import until

DAY = 86_400
GOOD, DECLINED, FAILS_LATER = "4242424242424242", "4000000000000002", "4000000000000341"
SECRET = "whsec_of_this_test"


@pytest.fixture(scope="module")
def simulator() -> Iterator[running.Simulator]:
    """One of our own: its clock is moved."""
    with running.simulator() as started:
        yield started


class Ear(ThreadingHTTPServer):
    """Takes webhooks and keeps them as they came."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, str]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)
        Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Ear

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((body, self.headers["Stripe-Signature"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def ear() -> Iterator[Ear]:
    with Ear() as started:
        yield started
        started.shutdown()


@pytest.fixture
def client(simulator: running.Simulator, ear: Ear) -> stripe.StripeClient:
    simulator.put(
        "stripe",
        {"webhook_url": f"http://127.0.0.1:{ear.server_port}/", "webhook_secret": SECRET, "down": False},
    )
    return stripe.StripeClient(
        "sk_test_simulator", base_addresses={"api": simulator.url}, max_network_retries=0
    )


def test_the_version_is_the_one_the_package_was_made_for() -> None:
    assert stripe.api_version == API_VERSION


def test_a_subscription_from_trial_to_its_end(
    simulator: running.Simulator, client: stripe.StripeClient, ear: Ear
) -> None:
    customer, session = _session(client, trial_days=7)
    assert session.status == "open"
    _pay(simulator, str(session.url), GOOD)
    one = _subscription(client, customer)
    assert one.status == "trialing"
    assert client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    simulator.post("stripe/clock", {"advance": 8 * DAY})
    one = _subscription(client, customer)
    assert one.status == "active"
    paid = client.v1.invoices.list({"customer": customer}).data
    assert [(bill.total, bill.status) for bill in paid] == [(199900, "paid"), (0, "paid")]
    assert paid[0].parent is not None
    client.v1.subscriptions.update(one.id, {"cancel_at_period_end": True})
    simulator.post("stripe/clock", {"advance": 32 * DAY})
    assert _subscription(client, customer).status == "canceled"
    kinds = {"checkout.session.completed", "customer.subscription.created", "invoice.paid",
             "customer.subscription.updated", "customer.subscription.deleted"}  # fmt: skip
    until(lambda: kinds <= {event.type for event in _events(ear)}, 10)


def test_a_card_that_fails_is_tried_for_two_weeks(
    simulator: running.Simulator, client: stripe.StripeClient
) -> None:
    customer, session = _session(client, trial_days=3)
    _pay(simulator, str(session.url), FAILS_LATER)
    simulator.post("stripe/clock", {"advance": 3.1 * DAY})
    assert _subscription(client, customer).status == "past_due"
    simulator.post("stripe/clock", {"advance": 10 * DAY})
    assert _subscription(client, customer).status == "past_due"
    simulator.post("stripe/clock", {"advance": 5 * DAY})
    assert _subscription(client, customer).status == "unpaid"
    [open_one] = [b for b in client.v1.invoices.list({"customer": customer}).data if b.status == "open"]
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(str(open_one.id))
    _pay(simulator, str(open_one.hosted_invoice_url), GOOD)
    assert _subscription(client, customer).status == "active"


def test_a_declined_card_makes_nothing(simulator: running.Simulator, client: stripe.StripeClient) -> None:
    customer, session = _session(client)
    answer = simulator.http.post(str(session.url), data={"number": DECLINED})
    assert answer.status_code == 402
    assert "declined" in answer.text
    assert client.v1.subscriptions.list({"customer": customer, "status": "all"}).data == []


def test_the_portal_cancels_and_changes_its_mind(
    simulator: running.Simulator, client: stripe.StripeClient
) -> None:
    customer, session = _session(client)
    _pay(simulator, str(session.url), GOOD)
    page = client.v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": "http://shop.example/"}
    )
    simulator.http.post(page.url, data={"do": "cancel"})
    assert _subscription(client, customer).cancel_at_period_end
    simulator.http.post(page.url, data={"do": "keep"})
    assert not _subscription(client, customer).cancel_at_period_end
    assert "active" in simulator.http.get(page.url).text


def test_events_come_signed_twice_and_in_the_wrong_order(
    simulator: running.Simulator, client: stripe.StripeClient, ear: Ear
) -> None:
    customer, session = _session(client)
    _pay(simulator, str(session.url), GOOD)

    def ids() -> list[str]:
        mine = [event for event in _events(ear) if event.data.object.to_dict().get("customer") == customer]
        return [event.id for event in mine]

    until(lambda: len(ids()) >= 8, 10)
    assert all(ids().count(one) == 2 for one in ids())
    assert ids() != sorted(ids())
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(ear.heard[0][0] + b" ", ear.heard[0][1], SECRET)


def test_an_event_that_is_not_taken_comes_again(client: stripe.StripeClient, ear: Ear) -> None:
    ear.status = 500
    client.v1.customers.create({"name": "again"})
    until(lambda: len(ear.heard) >= 2, 10)
    ear.status, heard = 200, len(ear.heard)
    until(lambda: len(ear.heard) > heard, 10)


def test_the_same_idempotency_key_makes_one(client: stripe.StripeClient) -> None:
    key = {"idempotency_key": secrets.token_hex(8)}
    first = client.v1.customers.create({"name": "once"}, key)  # type: ignore[arg-type]
    assert client.v1.customers.create({"name": "once"}, key).id == first.id  # type: ignore[arg-type]
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "other"}, key)  # type: ignore[arg-type]


def test_errors_are_stripes(simulator: running.Simulator, client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.customers.retrieve("cus_nobody")
    assert missing.value.code == "resource_missing"
    stranger = stripe.StripeClient("sk_test_other", base_addresses={"api": simulator.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.customers.list()
    simulator.put("stripe", {"down": True})
    with pytest.raises(stripe.APIError):
        client.v1.customers.list()
    simulator.put("stripe", {"down": False})
    with pytest.raises(stripe.InvalidRequestError):
        _session(client, trial_days=1)


def _session(client: stripe.StripeClient, trial_days: float = 0) -> tuple[str, stripe.checkout.Session]:
    customer = client.v1.customers.create({"name": "小店"})
    price = client.v1.prices.create(
        {
            "currency": "twd",
            "unit_amount": 199900,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Plusone"},
        }
    )
    now = int(time.time() + _offset(client))
    trial: Any = {"trial_end": int(now + trial_days * DAY) + 60} if trial_days else {}
    return customer.id, client.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer.id,
            "line_items": [{"price": price.id, "quantity": 1}],
            "success_url": "http://shop.example/paid",
            "subscription_data": trial,
        }
    )


def _offset(client: stripe.StripeClient) -> float:
    """How far Stripe's clock is ahead: seen on what it makes."""
    return client.v1.products.create({"name": "clock"}).created - time.time()


def _subscription(client: stripe.StripeClient, customer: str) -> stripe.Subscription:
    return client.v1.subscriptions.list({"customer": customer, "status": "all"}).data[0]


def _pay(simulator: running.Simulator, url: str, number: str) -> None:
    assert simulator.http.post(url, data={"number": number}).status_code in (200, 302)


def _events(ear: Ear) -> list[stripe.Event]:
    return [stripe.Webhook.construct_event(body, signed, SECRET) for body, signed in list(ear.heard)]
