"""The stock ledger against a model of plain integers, and its own refusals (P3)."""

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.catalogue.actions import stock
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.orders.actions import change, lines
from plusone.orders.actions.take import take
from plusone.orders.models import Order, OrderLine
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.crowd import ask, variant_of

_causes = itertools.count(1)
PIECES = st.integers(1, 12)


class Shelf(RuleBasedStateMachine):
    """One product in a shop: orders, cancellations, changes, corrections and the unlimited switch in any
    order.
    """

    @initialize(stock=st.integers(0, 30))
    def put_up(self, stock: int) -> None:
        self.tenant = makers.shop()
        self.variant = variant_of(self.tenant, makers.goods(self.tenant, stock=stock))
        self.left: int | None = stock
        self.held: dict[int, int] = {}
        self.cancelled: dict[int, int] = {}

    @rule(pieces=PIECES)
    def order(self, pieces: int) -> None:
        with scope.tenant(self.tenant.pk):
            (outcome,) = take([ask(self.tenant, [(self.variant, pieces)], f"order:{next(_causes)}")])
        given = pieces if self.left is None else min(pieces, self.left)
        assert outcome.lines[0].given == given
        assert (outcome.order_id is None) == (given == 0)
        if outcome.order_id:
            self.held[outcome.order_id] = given
            self._moved(-given)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        with scope.tenant(self.tenant.pk):
            change.set_status(HOUSE, Order.objects.get(pk=number), "cancelled")
        self.cancelled[number] = self.held.pop(number)
        self._moved(self.cancelled[number])

    @precondition(lambda self: self.cancelled)
    @rule(data=st.data())
    def bring_back(self, data: Any) -> None:
        number = data.draw(st.sampled_from(sorted(self.cancelled)))
        pieces = self.cancelled[number]
        fits = self.left is None or pieces <= self.left
        with scope.tenant(self.tenant.pk):
            order = Order.objects.get(pk=number)
            if not fits:
                with pytest.raises(change.NotEnough):
                    change.set_status(HOUSE, order, "purchased")
            else:
                change.set_status(HOUSE, order, "purchased")
        if fits:
            self.held[number] = self.cancelled.pop(number)
            self._moved(-pieces)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), wanted=PIECES)
    def change_quantity(self, data: Any, wanted: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.held)))
        before = self.held[number]
        with scope.tenant(self.tenant.pk):
            outcome = lines.set_quantity(HOUSE, OrderLine.objects.get(order_id=number), wanted)
        more = wanted - before if self.left is None else min(wanted - before, self.left)
        assert outcome.given == before + more
        self.held[number] = before + more
        self._moved(-more)

    @rule(delta=st.integers(-15, 15))
    def adjust(self, delta: int) -> None:
        refused = self.left is not None and self.left + delta < 0
        try:
            with scope.tenant(self.tenant.pk):
                catalogue.adjust(HOUSE, self.variant, delta, f"adjust:{next(_causes)}")
        except IntegrityError:
            assert refused
            return
        assert not refused
        self._moved(delta)

    @rule(stock=st.integers(-1, 30))
    def set_stock(self, stock: int) -> None:
        with scope.tenant(self.tenant.pk):
            catalogue.set_stock(HOUSE, self.variant, stock, f"set:{next(_causes)}")
        self.left = None if stock == -1 else stock

    @invariant()
    def balance_is_the_ledger(self) -> None:
        if not hasattr(self, "tenant"):
            return
        with scope.tenant(self.tenant.pk):
            variant = Variant.objects.get()
            ledger = sum(StockMovement.objects.values_list("quantity", flat=True))
        assert variant.shown_stock == (-1 if self.left is None else self.left)
        assert self.left is None or ledger == self.left

    def _moved(self, pieces: int) -> None:
        self.left = None if self.left is None else self.left + pieces


@pytest.mark.usefixtures("database")
class TestShelf(Shelf.TestCase):  # type: ignore[valid-type, misc]
    settings = settings(
        max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )


def test_a_cause_moves_stock_once(tenant: Tenant) -> None:
    goods = makers.goods(tenant, stock=10)
    variant = variant_of(tenant, goods)
    with scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant, 3, "delivery:1")
    with pytest.raises(IntegrityError), scope.tenant(tenant.pk):
        catalogue.adjust(HOUSE, variant, 3, "delivery:1")
    assert makers.stock_of(tenant, goods) == [13]


def test_a_form_opened_before_the_sale_does_not_wipe_it_out(tenant: Tenant) -> None:
    """Eight people set the stock to 20 while others buy: what was sold stays sold in the ledger."""
    goods = makers.goods(tenant, stock=20)
    variant = variant_of(tenant, goods)

    def set_twenty(number: int) -> None:
        with scope.tenant(tenant.pk):
            catalogue.set_stock(HOUSE, variant, 20, f"form:{number}")
        connection.close()

    def buy(number: int) -> None:
        with scope.tenant(tenant.pk):
            take([ask(tenant, [(variant, 2)], f"order:{number}")])
        connection.close()

    threads = [
        threading.Thread(target=one, args=(number,)) for number in range(8) for one in (set_twenty, buy)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope.tenant(tenant.pk):
        ledger = sum(StockMovement.objects.values_list("quantity", flat=True))
        assert Variant.objects.get().stock == ledger
        assert sum(OrderLine.objects.values_list("quantity", flat=True)) == 16


def test_movements_cannot_be_changed_afterwards(tenant: Tenant) -> None:
    makers.goods(tenant, stock=1)
    with pytest.raises(Exception, match="permission denied"), scope.tenant(tenant.pk):
        StockMovement.objects.update(quantity=5)


def test_a_product_that_is_being_ordered_is_not_removed(tenant: Tenant) -> None:
    """JG07 holds while the first order is still on its way into the database."""
    product = makers.goods(tenant)
    assert _removed_while_ordered(tenant, product, wait=0.3) == [False]
    assert _now(tenant, product) == (False, False)


def test_without_the_turn_an_ordered_product_is_gone(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the test above with the lock removed."""
    monkeypatch.setattr(stock, "take_turn", lambda: None)
    product = makers.goods(tenant)
    assert _removed_while_ordered(tenant, product, wait=30) == [True]
    assert _now(tenant, product) == (True, False)


def _removed_while_ordered(tenant: Tenant, product: Product, wait: float) -> list[bool]:
    """What removing says that begins after an order was taken and before it is committed."""
    said: list[bool] = []

    def remove() -> None:
        with scope.tenant(tenant.pk):
            said.append(catalogue.remove(HOUSE, Product.objects.get(pk=product.pk)))
        connection.close()

    remover = threading.Thread(target=remove)
    variant = variant_of(tenant, product)
    with scope.tenant(tenant.pk):
        take([ask(tenant, [(variant, 1)], "first")])
        remover.start()
        remover.join(wait)
    remover.join()
    return said


def _now(tenant: Tenant, product: Product) -> tuple[bool, bool]:
    """Whether the product is out of the shop, and whether it is on sale."""
    with scope.tenant(tenant.pk):
        held = Product.objects.get(pk=product.pk)
        return held.removed_at is not None, held.is_public


def test_a_photo_and_a_file_of_products_do_not_wait_for_each_other_in_a_circle(tenant: Tenant) -> None:
    """A lane makes a product by a photo and goes on to take orders; beside it a file brings products in."""
    assert _beside_a_file(tenant, lambda: catalogue.put_up_from_photo(HOUSE, "")) == []


def test_with_the_counter_before_the_turn_one_of_them_fails(tenant: Tenant) -> None:
    """The twin of the test above with the locks in the other order."""
    (error,) = _beside_a_file(tenant, lambda: numbers.take("product", makers.today(tenant)))
    assert "deadlock" in str(error)


def _beside_a_file(tenant: Tenant, first: Callable[[], object]) -> list[Exception]:
    """What goes wrong when `first` and then an order meet a file that takes turn and counter."""
    errors: list[Exception] = []
    has_turn = threading.Event()

    def bring_in() -> None:
        try:
            with scope.tenant(tenant.pk):
                stock.take_turn()
                has_turn.set()
                numbers.take("product", makers.today(tenant))
        except OperationalError as error:
            errors.append(error)
        connection.close()

    file = threading.Thread(target=bring_in)
    try:
        with scope.tenant(tenant.pk):
            first()
            file.start()
            has_turn.wait(2)
            stock.take_turn()
    except OperationalError as error:
        errors.append(error)
    file.join()
    return errors
