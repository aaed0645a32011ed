"""Whatever happens to orders, in any order: stock, ledger, totals, customers, dashboard, rounds, files, API
and shop pages tell the same as a plain Python model.

`PLUSONE_EXAMPLES` makes more of them (10 here; a night's run takes 1,000).
"""

import contextlib
import itertools
import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Variant
from plusone.orders.actions import bulk, buying, change, extra, lines, merge, transfers
from plusone.orders.actions.take import take
from plusone.orders.models import (
    BankLine,
    BulkChange,
    Match,
    Order,
    OrderLine,
    Round,
    Status,
)
from plusone.orders.rules.shares import share
from tests import makers
from tests.orders import agreement
from tests.orders.crowd import ask
from tests.orders.groupbuy import a_round
from tests.orders.till import OPEN, Line, Slip, Till

_names = itertools.count(1)
EXAMPLES = int(os.environ.get("PLUSONE_EXAMPLES", "10"))
STATUS = st.sampled_from(Status.values)


class Shop(RuleBasedStateMachine):
    """Three buyers, three products (one in options, one without end), two of them in a round."""

    @initialize(stock=st.integers(0, 20))
    def opened(self, stock: int) -> None:
        self.tenant = makers.shop()
        tea = makers.goods(self.tenant, "茶", price=100, stock=stock)
        shirt = makers.goods(self.tenant, "衫", price=250, options={("M",): 3, ("L",): 8})
        makers.goods(self.tenant, "米", price=70, stock=-1)
        self.round = a_round(self.tenant, tea, shirt)
        self.in_round = {tea.code, shirt.code}
        self.people = [makers.friend(self.tenant) for _ in range(3)]
        with scope.tenant(self.tenant.pk):
            self.variants = list(Variant.objects.order_by("pk").select_related("product"))
            left = {one.pk: None if one.unlimited else one.stock for one in self.variants}
        self.till = Till(left)
        self.bulks: list[tuple[int, list[tuple[int, str, str]]]] = []
        self.matches: list[tuple[int, list[tuple[int, str]]]] = []

    @rule(data=st.data(), who=st.integers(0, 2), reserve=st.booleans())
    def order(self, data: Any, who: int, reserve: bool) -> None:
        wanted = data.draw(
            st.lists(
                st.tuples(st.sampled_from(self.variants), st.integers(1, 6)),
                min_size=1, max_size=3, unique_by=lambda one: one[0].pk,
            )
        )  # fmt: skip
        source = data.draw(st.sampled_from(["chat", "group", "liff"]))
        with scope.tenant(self.tenant.pk):
            wishes = [(variant.pk, pieces) for variant, pieces in wanted]
            asked = ask(self.tenant, wishes, f"order:{next(_names)}", self.people[who])
            (outcome,) = take([replace(asked, reserve=reserve, source=source)])
            made = list(OrderLine.objects.filter(order__number=outcome.number).order_by("pk"))
        given = [(variant, self.till.give(variant.pk, pieces)) for variant, pieces in wanted]
        assert [line.given for line in outcome.lines] == [got for _, got in given]
        assert (outcome.order_id is None) == (not any(got for _, got in given))
        if outcome.order_id is None:
            return
        status = "not_purchased" if reserve else "purchased"
        pk = outcome.order_id
        self.till.slips[pk] = Slip(pk, outcome.number, asked.customer_id, source, status)
        for line, (variant, got) in zip(made, [one for one in given if one[1]], strict=True):
            product = variant.product
            self.till.lines[line.pk] = Line(line.pk, pk, pk, variant.pk, product.code, got, product.price)

    @precondition(lambda self: self.till.slips)
    @rule(data=st.data(), status=STATUS)
    def set_status(self, data: Any, status: str) -> None:
        pk = data.draw(st.sampled_from(sorted(self.till.slips)))
        said = "changed"
        with scope.tenant(self.tenant.pk):
            try:
                said = "changed" if change.set_status(HOUSE, Order.objects.get(pk=pk), status) else "same"
            except change.NotEnough:
                said = "missing"
            except change.Merged:
                said = "merged"
        assert said == self.till.set_status(pk, status)

    @precondition(lambda self: self.till.lines)
    @rule(data=st.data(), pieces=st.integers(0, 8))
    def change_line(self, data: Any, pieces: int) -> None:
        pk = data.draw(st.sampled_from(sorted(self.till.lines)))
        held = self.till.lines[pk]
        settled = self.till.slips[held.order].status in ("cancelled", "shipped")
        with scope.tenant(self.tenant.pk):
            line = OrderLine.objects.get(pk=pk)
            if settled:
                with pytest.raises(lines.Settled):
                    lines.set_quantity(HOUSE, line, pieces)
            elif pieces:
                assert lines.set_quantity(HOUSE, line, pieces).given == self.till.set_pieces(pk, pieces)
            else:
                assert lines.cancel(HOUSE, line) == bool(held.pieces)
                if held.pieces:
                    self.till.cancel(pk)

    @precondition(lambda self: self.till.slips)
    @rule(data=st.data(), pieces=st.integers(1, 6))
    def add_item(self, data: Any, pieces: int) -> None:
        pk = data.draw(st.sampled_from(sorted(self.till.slips)))
        variant = data.draw(st.sampled_from(self.variants))
        added = None
        with scope.tenant(self.tenant.pk), contextlib.suppress(lines.Settled, extra.NotAdded):
            order = Order.objects.get(pk=pk)
            added = extra.add(HOUSE, order, variant.pk, pieces, seen=order.version)
        if self.till.slips[pk].status in ("cancelled", "shipped"):
            assert added is None
            return
        given = self.till.give(variant.pk, pieces)
        assert (added.given if added else 0) == given
        if added and added.line.pk in self.till.lines:
            assert self.till.lines[added.line.pk].variant == variant.pk
            self.till.lines[added.line.pk].pieces += given
        elif added:
            line, product = added.line.pk, variant.product
            self.till.lines[line] = Line(line, pk, pk, variant.pk, product.code, given, product.price)

    @precondition(lambda self: self._mergeable())
    @rule(data=st.data())
    def merge(self, data: Any) -> None:
        together = data.draw(st.sampled_from(self._mergeable()))
        into, *others = data.draw(st.permutations(together))
        with scope.tenant(self.tenant.pk):
            merge.merge(HOUSE, Order.objects.get(pk=into), Order.objects.filter(pk__in=others))
        self.till.merge(into, others)

    def _mergeable(self) -> list[list[int]]:
        found = [
            [one.pk for one in self.till.open() if one.customer == buyer] for buyer in self.till.buyers()
        ]
        return [pks for pks in found if len(pks) > 1]

    @precondition(lambda self: any(one.into for one in self.till.slips.values()))
    @rule(data=st.data())
    def take_apart(self, data: Any) -> None:
        pk = data.draw(st.sampled_from([one.pk for one in self.till.slips.values() if one.into]))
        into = self.till.slips[self.till.slips[pk].into or 0]
        with scope.tenant(self.tenant.pk):
            if into.status not in OPEN:
                with pytest.raises(merge.CannotMerge):
                    merge.take_apart(HOUSE, Order.objects.get(pk=pk))
            else:
                merge.take_apart(HOUSE, Order.objects.get(pk=pk))
                self.till.take_apart(pk)

    @precondition(lambda self: self.till.slips)
    @rule(data=st.data(), status=STATUS)
    def many(self, data: Any, status: str) -> None:
        picked = data.draw(st.sets(st.sampled_from(sorted(self.till.slips)), min_size=1))
        with scope.tenant(self.tenant.pk):
            made = bulk.start(HOUSE, Order.objects.filter(pk__in=picked), status, f"bulk:{next(_names)}")
        self._work(made)
        before = {pk: self.till.slips[pk].status for pk in picked}
        changed = [pk for pk in sorted(picked) if self.till.set_status(pk, status) == "changed"]
        self.bulks.append((made.pk, [(pk, before[pk], status) for pk in changed]))
        self._count(made, len(changed))

    @precondition(lambda self: self.bulks)
    @rule()
    def undo_many(self) -> None:
        pk, done = self.bulks.pop()
        with scope.tenant(self.tenant.pk):
            made = bulk.start_undo(HOUSE, BulkChange.objects.get(pk=pk))
        self._work(made)
        back = [
            self.till.set_status(order, before) == "changed"
            for order, before, wanted in reversed(done)
            if self.till.slips[order].status == wanted
        ]
        self._count(made, sum(back))

    def _work(self, made: BulkChange) -> None:
        more = True
        while more:
            with scope.tenant(self.tenant.pk):
                more = bulk.work(made.pk)

    def _count(self, made: BulkChange, changed: int) -> None:
        with scope.tenant(self.tenant.pk):
            assert BulkChange.objects.get(pk=made.pk).changed == changed

    @precondition(lambda self: self.till.open())
    @rule(data=st.data())
    def pay(self, data: Any) -> None:
        buyer = data.draw(st.sampled_from(sorted({one.customer for one in self.till.open()})))
        pks = [one.pk for one in self.till.open() if one.customer == buyer][:3]
        amount = sum(self.till.total(pk) for pk in pks)
        with scope.tenant(self.tenant.pk):
            transfers.paste(HOUSE, f"11/26 轉入 {12000 + next(_names)} NT${amount}")
            line = BankLine.objects.latest("pk")
            assert line.amount == amount
            match = transfers.confirm(HOUSE, line, pks, None)
        self.matches.append((match.pk, [(pk, self.till.slips[pk].status) for pk in pks]))
        assert [self.till.set_status(pk, "paid") for pk in pks] == ["changed"] * len(pks)

    @precondition(lambda self: self.matches)
    @rule()
    def take_payment_back(self) -> None:
        pk, paid = self.matches.pop()
        with scope.tenant(self.tenant.pk):
            assert transfers.undo(HOUSE, Match.objects.get(pk=pk))
        for order, before in paid:
            if self.till.slips[order].status == "paid":
                self.till.set_status(order, before)

    @rule(data=st.data(), delivered=st.integers(0, 12), how=st.sampled_from(["first", "equal"]))
    def deliver_short(self, data: Any, delivered: int, how: Any) -> None:
        variant = data.draw(st.sampled_from(self.variants[:3])).pk
        with scope.tenant(self.tenant.pk):
            found = Round.objects.get(pk=self.round.pk)
            seen = buying.stamp(buying.shares_of(found, variant, delivered, how))
            buying.deliver_short(HOUSE, found, variant, delivered, how, seen=seen, push=False)
        live = sorted(
            (one for one in self.till.live_lines() if one.variant == variant),
            key=lambda one: (one.order, one.pk),
        )
        fixed = sum(one.pieces for one in live if self.till.slips[one.order].status == "shipped")
        movable = [one for one in live if self.till.slips[one.order].status != "shipped"]
        left = self.till.left[variant]
        for line, got in zip(
            movable, share([one.pieces for one in movable], max(delivered - fixed, 0), how), strict=True
        ):
            if got == 0:
                self.till.cancel(line.pk)
            elif got < line.pieces:
                self.till.set_pieces(line.pk, got)
        self.till.left[variant] = left  # what never came is not on the shelf

    @invariant()
    def orders_and_stock_agree(self) -> None:
        if hasattr(self, "till"):
            with scope.tenant(self.tenant.pk):
                agreement.orders_and_stock(self.till)

    @invariant()
    def figures_agree(self) -> None:
        """Every fifth time: they follow from the rows alone."""
        self.steps = getattr(self, "steps", 0) + 1
        if hasattr(self, "till") and self.steps % 5 == 0:
            self._compare()

    def _compare(self) -> None:
        with scope.tenant(self.tenant.pk):
            agreement.customers(self.till)
            agreement.dashboard(self.till)
            agreement.round_(self.till, self.round, self.in_round)

    def teardown(self) -> None:
        if hasattr(self, "till") and self.till.slips:
            self._compare()
            agreement.outside(self.tenant, self.till)


@pytest.mark.usefixtures("database")
def test_every_figure_agrees_with_the_till() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
