"""What the product tells of a shop's orders, compared with the till; all but the last in its scope."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from plusone.base import numbers
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.orders.actions.read import holdings
from plusone.orders.models import Order, OrderLine, Round, buyers, figures, habits, sums
from plusone.proving.invariants import INVARIANTS
from plusone.tenants.models import Tenant
from tests.api.caller import caller
from tests.orders.groupbuy import HOUR
from tests.orders.test_many import file_of
from tests.orders.till import Line, Slip, Till

ABOUT_ORDERS = {
    "stock is its ledger",
    "pieces sold are pieces moved",
    "totals add up",
    "numbers gapless",
    "history complete",
}


def orders_and_stock(till: Till) -> None:
    """Status, total, pieces and place of everything; what is left, and that the ledger says so."""
    told = Order.objects.order_by("pk").values_list("pk", "status", "total", "merged_into_id")
    slips = till.slips.values()
    assert list(told) == [(one.pk, one.status, till.total(one.pk), one.into) for one in slips]
    rows = OrderLine.objects.order_by("pk").values_list("pk", "order_id", "quantity")
    assert list(rows) == [(one.pk, one.order, one.pieces) for one in till.lines.values()]
    stock = {one.pk: None if one.unlimited else one.stock for one in Variant.objects.all()}
    assert stock == till.left
    for pk, left in till.left.items():
        moved = sum(StockMovement.objects.filter(variant_id=pk).values_list("quantity", flat=True))
        assert left is None or moved == left
    with connection.cursor() as cursor:
        for one in INVARIANTS:
            if one.name in ABOUT_ORDERS:
                cursor.execute(one.sql)
                assert (one.name, cursor.fetchall()) == (one.name, [])


def customers(till: Till) -> None:
    """Orders, worth, favourites and holdings of each buyer."""
    month, products = numbers.database_now() - 48 * HOUR, list(Product.objects.values_list("pk", flat=True))
    for sort in ("joined", "total"):
        for one in buyers.listed(buyers.Wanted(month, sort=sort)):
            mine = till.of(one.pk)
            assert (one.orders, one.total) == (len(mine), _worth(till, mine))
    for buyer in till.buyers():
        lines = [line for line in till.live_lines() if till.slips[line.order].customer == buyer]
        bought = habits.favourites(buyer, 9)
        assert _added((one.pieces, one.worth) for one in bought) == _pieces_and_worth(lines)
        there = [line for line in lines if till.slips[line.order].status != "shipped"]
        assert sum(holdings([buyer], products).values()) == sum(line.pieces for line in there)


def dashboard(till: Till) -> None:
    """Orders, sales, by day, by source, by product, by buyer."""
    now, live = numbers.database_now(), till.live()
    stretch, told = sums.Stretch(now - 48 * HOUR, now + HOUR), (len(live), _worth(till, live))
    assert sums.figures(stretch) == told
    steps = sums.by_step_and_source(stretch, "day", "Asia/Tokyo")
    assert _added(sums.by_step(steps).values()) == told
    sources = {source: (count, worth) for source, count, worth in sums.by_source(steps)}
    for source in {one.source for one in live} | set(sources):
        mine = [one for one in live if one.source == source]
        assert sources[source] == (len(mine), _worth(till, mine))
    best = sums.best(stretch, 9)
    assert _added((one.pieces, one.worth) for one in best) == _pieces_and_worth(till.live_lines())
    times = [len(till.of(buyer)) for buyer in till.buyers()]
    assert sums.buyers(stretch) == (sum(n > 0 for n in times), sum(n > 1 for n in times))


def round_(till: Till, found: Round, codes: set[str]) -> None:
    """How the round stands, and its buy list."""
    mine = [line for line in till.live_lines() if line.product in codes]
    paid = [line for line in mine if till.slips[line.order].status in ("paid", "shipped")]
    standing = figures.standing(found)
    assert standing.orders == len({line.order for line in mine})
    assert (standing.pieces, standing.total) == _pieces_and_worth(mine)
    assert standing.paid == _pieces_and_worth(paid)[1]
    listed = {one.variant_id: (one.pieces, one.total) for one in figures.ordered(found)}
    assert listed == {
        pk: _pieces_and_worth([line for line in mine if line.variant == pk])
        for pk in {line.variant for line in mine}
    }


def outside(tenant: Tenant, till: Till) -> None:
    """The API and the file of orders."""
    program = caller(tenant)
    orders = {one["number"]: one for one in program.call("GET", "orders?limit=200")["items"]}
    for slip in till.slips.values():
        told = orders[slip.number]
        assert (told["status"], told["total"]) == (slip.status, till.total(slip.pk))
        assert [line["quantity"] for line in told["lines"]] == [line.pieces for line in till.kept(slip.pk)]
    for one in program.call("GET", "customers?limit=200")["items"]:
        mine = till.of(one["id"])
        assert (one["order_count"], one["order_total"]) == (len(mine), _worth(till, mine))
    rows = csv.DictReader(io.StringIO(file_of(tenant, "csv")[2].decode("utf-8-sig")))
    named = [(row["Order number"], int(row["Subtotal"])) for row in rows if row["Subtotal"]]
    assert sorted(named) == sorted(
        (till.slips[line.order].number, line.pieces * line.price)
        for line in till.lines.values()
        if line.pieces
    )


def _worth(till: Till, slips: Sequence[Slip]) -> int:
    return sum(till.total(one.pk) for one in slips)


def _pieces_and_worth(lines: Sequence[Line]) -> tuple[int, int]:
    return sum(line.pieces for line in lines), sum(line.pieces * line.price for line in lines)


def _added(pairs: Iterable[Sequence[Any]]) -> tuple[int, int]:
    found = list(pairs)
    return sum(one[0] for one in found), sum(one[1] for one in found)
