"""Stock changed by people: with a reason and a note, once, never below zero, all through the ledger."""

import uuid
from typing import Any

import pytest
from django.db.models import Sum

from plusone.base import scope
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.tenants.models import Tenant
from tests import makers
from tests.tenants import browser


def press(
    tenant: Tenant, product: Product, way: str, pieces: object, role: str = "owner", **more: Any
) -> Any:
    """Send the stock page's form."""
    with scope.tenant(tenant.pk):
        variant = Variant.objects.filter(product=product).order_by("position")[0]
    sent = {"variant": variant.pk, "way": way, "pieces": pieces, "once": uuid.uuid4(), **more}
    return browser.at(tenant, role).post(
        browser.path(tenant, f"products/{product.code}/stock/move"), sent, follow=True
    )


def balance(tenant: Tenant, product: Product) -> int:
    """The sum of the ledger."""
    with scope.tenant(tenant.pk):
        found = StockMovement.objects.filter(variant__product=product).aggregate(sum=Sum("quantity"))
        return int(found["sum"] or 0)


@pytest.mark.parametrize(
    ("way", "pieces", "left", "reason"),
    [
        ("received", 5, 15, "Goods received"),
        ("returned", 1, 11, "Returned"),
        ("damaged", 3, 7, "Damaged or lost"),
        ("given", 10, 0, "Given away, sample"),
        ("counted", 12, 12, "Counted"),
        ("counted", 0, 0, "Counted"),
        ("counted", 10, 10, "Counted"),
    ],
)
def test_each_way_moves_the_ledger_and_says_who_and_why(
    tenant: Tenant, way: str, pieces: int, left: int, reason: str
) -> None:
    product = makers.goods(tenant, stock=10)
    page = press(tenant, product, way, pieces, note="=盤點 3 號櫃")
    assert makers.stock_of(tenant, product) == [left]
    assert balance(tenant, product) == left
    text = page.content.decode()
    assert reason in text
    assert "=盤點 3 號櫃" in text
    assert page.context["moves"][0]["quantity"] == left - 10
    assert page.context["moves"][0]["who"] == "店員"


def test_a_double_press_moves_once(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    once = uuid.uuid4()
    for _ in range(2):
        assert press(tenant, product, "received", 5, once=once).status_code == 200
        press(tenant, product, "counted", 20, once=once)
    assert makers.stock_of(tenant, product) == [20]
    with scope.tenant(tenant.pk):
        assert StockMovement.objects.count() == 3


def test_no_more_is_taken_than_there_is(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    answer = press(tenant, product, "damaged", 11)
    assert answer.status_code == 422
    assert "There are only 10" in answer.content.decode()
    assert makers.stock_of(tenant, product) == [10]


def test_what_is_unlimited_is_counted_before_it_moves(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=-1)
    assert "Count it first" in press(tenant, product, "received", 5).content.decode()
    press(tenant, product, "counted", 5)
    assert makers.stock_of(tenant, product) == [5]
    press(tenant, product, "received", 5)
    assert makers.stock_of(tenant, product) == [10]


def test_what_was_sold_meanwhile_counts(tenant: Tenant) -> None:
    """The delta meets the stock of now, not that of the page."""
    product = makers.goods(tenant, stock=10)
    browser.order(tenant, product, 4)
    press(tenant, product, "received", 5)
    assert makers.stock_of(tenant, product) == [11]


@pytest.mark.parametrize("pieces", ["", "x", "-1", "10000000", "1.5"])
def test_what_is_no_number_of_pieces_is_refused(tenant: Tenant, pieces: str) -> None:
    product = makers.goods(tenant, stock=10)
    assert press(tenant, product, "received", pieces).status_code == 422
    assert makers.stock_of(tenant, product) == [10]


def test_a_variant_of_another_product_cannot_be_named(tenant: Tenant) -> None:
    product, other = makers.goods(tenant), makers.goods(tenant, stock=3)
    with scope.tenant(tenant.pk):
        theirs = Variant.objects.get(product=other).pk
    assert press(tenant, product, "received", 5, variant=theirs).status_code == 422
    assert makers.stock_of(tenant, other) == [3]


def test_staff_reads_the_history_but_moves_nothing(tenant: Tenant) -> None:
    product = makers.goods(tenant, stock=10)
    assert press(tenant, product, "received", 5, role="staff").status_code == 403
    page = browser.at(tenant, "staff").get(browser.path(tenant, f"products/{product.code}/stock"))
    assert page.status_code == 200
    assert 'name="pieces"' not in page.content.decode()
    assert makers.stock_of(tenant, product) == [10]
