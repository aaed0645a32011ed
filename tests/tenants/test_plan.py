"""The plan in the shop: Stripe's events, what a lapsed shop still may, what its owner is told."""

import datetime
import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from plusone.base import scope
from plusone.catalogue.models import Product
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.chat.tasks import plan_notices
from plusone.customers import actions as customers
from plusone.orders.models import Order
from plusone.tenants import actions as tenants
from plusone.tenants.actions import plan
from plusone.tenants.models import Role, Tenant
from plusone.tenants.models.plan import StripeEvent, Subscription
from plusone.tenants.rules.plan import Told
from tests import makers
from tests.storefront import buyers
from tests.tenants import browser

SECRET = "whsec_of_this_test"
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def billing(settings: Any) -> None:
    settings.BILLING, settings.STRIPE_SECRET_KEY = True, "sk_test_nobody"
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_URL = SECRET, "http://127.0.0.1:9"


@pytest.fixture
def shop(database: None, billing: None) -> Tenant:
    return makers.shop()


@pytest.fixture
def lapsed(shop: Tenant) -> Tenant:
    _let_lapse(shop)
    return shop


def test_a_new_shop_is_in_trial_for_a_week_and_sees_it(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        row = Subscription.objects.get()
    assert row.trial_ends_at is not None
    assert row.state == "trial"
    assert abs(row.trial_ends_at - row.created_at - 7 * DAY) < DAY / 1000
    page = browser.at(shop).get(browser.path(shop)).content.decode()
    assert "Free trial: 7 days left" in page
    page = browser.at(shop).get(browser.path(shop, "settings/plan")).content.decode()
    assert "NT$1,999" in page
    assert "Enter a card at Stripe" in page


def test_where_billing_is_off_nothing_nags_and_nothing_lapses(settings: Any, lapsed: Tenant) -> None:
    settings.BILLING = False
    owner = browser.at(lapsed)
    page = owner.get(browser.path(lapsed)).content.decode()
    assert "trial" not in page
    assert "The plan has ended" not in page
    assert "settings/plan" not in owner.get(browser.path(lapsed, "settings/")).content.decode()
    assert owner.get(browser.path(lapsed, "settings/plan")).status_code == 404
    assert owner.post(browser.path(lapsed, "settings/plan/pay")).status_code == 404
    assert _post(b"{}", "").status_code == 404
    product = makers.goods(lapsed)
    assert owner.post(browser.path(lapsed, f"products/{product.code}/visibility")).status_code < 400


def test_a_lapsed_shop_reads_everything(lapsed: Tenant) -> None:
    makers.goods(lapsed, "高山茶")
    owner = browser.at(lapsed)
    for rest in ("", "orders/", "products/", "customers/", "messages/", "settings/"):
        answer = owner.get(browser.path(lapsed, rest))
        assert answer.status_code == 200, rest
        assert "The plan has ended" in answer.content.decode(), rest


def test_a_lapsed_shop_changes_nothing_and_hears_where_to_pay(lapsed: Tenant) -> None:
    product = makers.goods(lapsed)
    owner = browser.at(lapsed)
    path = browser.path(lapsed, f"products/{product.code}/visibility")
    answer = owner.post(path)
    assert answer.status_code == 402
    assert f"/t/{lapsed.slug}/console/settings/plan" in answer.content.decode()
    by_htmx = owner.post(path, headers={"HX-Request": "true"})
    assert by_htmx["HX-Redirect"] == f"/t/{lapsed.slug}/console/settings/plan?refused=1"
    assert "That was not changed" in owner.get(by_htmx["HX-Redirect"]).content.decode()
    with scope.tenant(lapsed.pk):
        assert Product.objects.get().is_public


def test_a_program_gets_402_in_json_and_may_read(lapsed: Tenant) -> None:
    makers.goods(lapsed)
    with scope.tenant(lapsed.pk):
        token = tenants.issue_token("erp")
    program = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})
    assert program.get("/api/v1/products").status_code == 200
    refused = program.post("/api/v1/products", {"name": "x", "price": 1}, content_type="application/json")
    assert refused.status_code == 402
    assert refused.json()["errors"][0]["code"] == "plan_lapsed"


def test_paying_stays_open_to_a_lapsed_shop_even_when_stripe_is_silent(lapsed: Tenant) -> None:
    owner = browser.at(lapsed)
    answer = owner.post(browser.path(lapsed, "settings/plan/pay"), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].endswith("/settings/plan")
    assert "Stripe is not answering" in owner.get(answer["HX-Redirect"]).content.decode()


def test_the_shops_pages_of_a_lapsed_shop_show_and_order_nothing(lapsed: Tenant) -> None:
    product, person = makers.goods(lapsed, stock=5), makers.friend(lapsed)
    buyer = buyers.at(lapsed, person)
    refused = buyers.order(buyer, lapsed, product)
    assert refused.status_code == 402
    assert "is not taking orders at the moment" in buyers.text(refused)
    assert buyers.orders(lapsed) == []
    assert buyer.get(buyers.path(lapsed, "orders")).status_code == 200
    assert buyer.post(buyers.path(lapsed, "leave")).status_code == 302


def test_only_owners_pay(shop: Tenant) -> None:
    for role in (Role.MANAGER, Role.STAFF):
        assert browser.at(shop, role).post(browser.path(shop, "settings/plan/pay")).status_code == 403


def test_buyers_of_a_lapsed_shop_get_a_polite_answer_and_nothing_is_lost(lapsed: Tenant) -> None:
    product = makers.goods(lapsed, stock=5)
    person = makers.friend(lapsed, language="en")
    makers.hear(lapsed, makers.text(person, "+1"), makers.text(person, "今天天氣真好"))
    with scope.tenant(lapsed.pk):
        assert not Order.objects.exists()
        answer = OutboxMessage.objects.get()
        assert (answer.kind, answer.ways) == ("resting", ["reply"])
        kept = InboxEvent.objects.get(error="plan_lapsed")
        assert kept.body["message"]["text"] == "+1"
    assert makers.stock_of(lapsed, product) == [5]
    _pay(lapsed)
    makers.hear(lapsed, makers.text(person, "+1"))
    with scope.tenant(lapsed.pk):
        assert Order.objects.get().total == 100


def test_buttons_and_photos_rest_too(lapsed: Tenant) -> None:
    manager, buyer = makers.manager_on_line(lapsed), makers.friend(lapsed)
    makers.hear(lapsed, makers.photo(manager), makers.tap(buyer, "undo=x"), makers.photo(buyer))
    with scope.tenant(lapsed.pk):
        told = list(OutboxMessage.objects.order_by("pk").values_list("kind", "facts__manages"))
        assert told == [("resting", True), ("resting", False)]
        assert not Product.objects.exists()


def test_an_event_is_kept_once_and_counts_up(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        customer = _become_customer()
    body = _event(customer)
    for _ in range(3):
        assert _post(body, _signed(body)).status_code == 200
    with scope.tenant(shop.pk):
        assert StripeEvent.objects.get().seen_count == 3


def test_what_stripe_did_not_sign_is_refused(shop: Tenant) -> None:
    body = _event("cus_x", shop.key)
    refused = [
        "",
        "nonsense",
        _signed(body, "whsec_other"),
        _signed(body + b" "),
        _signed(body, at=time.time() - 3600),
    ]
    assert [_post(body, header).status_code for header in refused] == [400] * len(refused)
    assert _post(b"\xff\xfe", _signed(b"\xff\xfe")).status_code == 400
    assert _post(b"[]", _signed(b"[]")).status_code == 400
    with scope.tenant(shop.pk):
        assert not StripeEvent.objects.exists()


def test_an_event_of_nobodys_is_answered_and_dropped(shop: Tenant) -> None:
    body = _event("cus_stranger", "F" * 32)
    assert _post(body, _signed(body)).status_code == 200
    with scope.everywhere():
        assert not StripeEvent.objects.filter(event_id=json.loads(body)["id"]).exists()


def test_a_crash_after_stripes_answer_leaves_a_customer_that_an_event_finds(shop: Tenant) -> None:
    body = _event("cus_found_again", shop.key)
    assert _post(body, _signed(body)).status_code == 200
    with scope.tenant(shop.pk):
        assert Subscription.objects.get().customer_id == "cus_found_again"


def test_an_old_reading_never_overwrites_a_newer_one(shop: Tenant) -> None:
    _race(shop)
    with scope.tenant(shop.pk):
        assert Subscription.objects.get().state == "active"


def test_without_the_epoch_it_would(shop: Tenant) -> None:
    """The twin: every reading may write."""
    _race(shop, guarded=False)
    with scope.tenant(shop.pk):
        assert Subscription.objects.get().state == "past_due"


def test_the_owner_is_told_once_in_line(shop: Tenant) -> None:
    owner = makers.user_id()
    boss = makers.member(shop, Role.OWNER)
    with scope.tenant(shop.pk):
        customers.pair(customers.meet([owner])[owner].contact_id, boss)
    _end_trial(shop, 2.5 * DAY)
    _warn(shop)
    _warn(shop)
    _end_trial(shop, -DAY)
    _warn(shop)
    with scope.tenant(shop.pk):
        told = list(OutboxMessage.objects.order_by("pk").values_list("facts__what", "ways", "to_id"))
    assert told == [("trial_3", ["ride"], owner), ("lapsed", ["push", "ride"], owner)]


def _let_lapse(shop: Tenant) -> None:
    _end_trial(shop, -DAY)


def _end_trial(shop: Tenant, left: datetime.timedelta) -> None:
    with scope.tenant(shop.pk):
        Subscription.objects.update(trial_ends_at=datetime.datetime.now(datetime.UTC) + left)


def _pay(shop: Tenant) -> None:
    with scope.tenant(shop.pk):
        _become_customer()
        reading = plan.begin_reading()
        assert reading is not None
        assert plan.note_told(reading, Told("sub_1", "active", 1))


def _become_customer() -> str:
    customer = f"cus_{secrets.token_hex(6)}"
    Subscription.objects.update(customer_id=customer)
    return customer


def _race(shop: Tenant, *, guarded: bool = True) -> None:
    """One reads while the card fails, another reads after it was paid; the first is slower to write."""
    with scope.tenant(shop.pk):
        _become_customer()
        slow, quick = plan.begin_reading(), plan.begin_reading()
        assert slow is not None
        assert quick is not None
        assert plan.note_told(quick, Told("sub_1", "active", 1))
        if not guarded:
            Subscription.objects.update(epoch=slow.epoch)
        assert plan.note_told(slow, Told("sub_1", "past_due", 1)) != guarded


def _warn(shop: Tenant) -> None:
    with scope.tenant(shop.pk), connection.cursor() as cursor:
        plan.warn(datetime.datetime.now(datetime.UTC))
        cursor.execute(
            "select id from plusone_event where tenant_id = %s and name = 'plan.warned'", [shop.pk]
        )
        for (event_id,) in cursor.fetchall():
            plan_notices.tell_of_plan(event_id)
            plan_notices.tell_of_plan(event_id)


def _event(customer: str, key: str = "") -> bytes:
    subscription = {
        "id": "sub_1",
        "object": "subscription",
        "customer": customer,
        "metadata": {"tenant": key},
    }
    event = {
        "id": f"evt_{secrets.token_hex(8)}",
        "object": "event",
        "type": "customer.subscription.updated",
        "created": int(time.time()),
        "data": {"object": {**subscription}},
    }
    return json.dumps(event, indent=2).encode()


def _signed(body: bytes, secret: str = SECRET, at: float = 0) -> str:
    moment = int(at or time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _post(body: bytes, signed: str) -> Any:
    headers = {"Stripe-Signature": signed} if signed else {}
    return Client(headers=headers).post("/hooks/stripe", body, content_type="application/json")
