"""The member card: the buyer's own, and the team's page that it opens."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.customers import actions as customers
from plusone.customers.models import Customer
from plusone.customers.rules import card_number, card_range
from plusone.orders.actions import handouts
from plusone.orders.models import Order
from plusone.tenants.models import Tenant
from tests import makers
from tests.storefront import buyers
from tests.tenants import browser


def _customer(shop: Tenant, person: str) -> Customer:
    with scope.tenant(shop.pk):
        return Customer.objects.get(pk=customers.meet([person])[person].customer_id)


def test_the_card_shows_its_own_buyer(shop: Tenant) -> None:
    person = makers.friend(shop)
    page = buyers.text(buyers.at(shop, person).get(buyers.path(shop, "card")))
    assert "小美" in page
    number = re.search(r"[0-9A-F]{5}-[0-9A-F]{5}", page)
    assert number
    assert number[0] == _customer(shop, person).card_number
    assert buyers.stranger().get(buyers.path(shop, "card")).status_code == 302


def test_the_team_finds_what_is_to_be_handed_out(shop: Tenant) -> None:
    person, product = makers.friend(shop), makers.goods(shop, "高山茶")
    buyers.order(buyers.at(shop, person), shop, product, 2)
    card = _customer(shop, person)
    client = browser.at(shop)
    here = browser.path(shop, "orders/card")
    for told in (card.card.hex, str(card.card), card.card_number, card.card_number.lower().replace("-", " ")):
        found = buyers.text(client.get(here, {"card": told}))
        assert "高山茶 ×2" in found, told
        assert "Not paid" in found
    with scope.tenant(shop.pk):
        handouts.set_collected(HOUSE, Order.objects.get(), True)
    done = buyers.text(client.get(here, {"card": card.card_number}))
    assert "Nothing is left to hand out" in done


@pytest.mark.parametrize("told", ["00000-00000", "x", "1", "0" * 32, "'; drop", "🃏" * 20])
def test_an_unknown_card_is_said_to_be_unknown(told: str, shop: Tenant) -> None:
    makers.friend(shop)
    page = browser.at(shop).get(browser.path(shop, "orders/card"), {"card": told})
    assert page.status_code == 200
    assert "No customer has this card number" in buyers.text(page)


def test_another_shops_card_is_not_found(shop: Tenant) -> None:
    other = buyers.shop()
    card = _customer(other, makers.friend(other))
    page = buyers.text(browser.at(shop).get(browser.path(shop, "orders/card"), {"card": card.card.hex}))
    assert "No customer has this card number" in page


@given(st.uuids())
def test_a_number_means_its_card(card: uuid.UUID) -> None:
    for told in (card.hex, str(card), card_number(card), f" {card_number(card).lower()} "):
        span = card_range(told)
        assert span
        assert span[0] <= card <= span[1]


@given(st.text(max_size=40))
def test_anything_can_be_typed(told: str) -> None:
    span = card_range(told)
    assert span is None or span[0] <= span[1]
