"""The buy list, and a fair allotment of a short delivery: sums exact, nobody gets more than asked."""

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import StockMovement
from plusone.chat.models import OutboxMessage
from plusone.orders.actions import buying
from plusone.orders.models import Order, OrderChange, OrderLine, Purchase, Round, Status, figures
from plusone.orders.rules.shares import How, share
from plusone.proving.invariants import INVARIANTS
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import a_round, known_group, say, text_of
from tests.tenants import browser

ASKED = st.lists(st.integers(0, 99), max_size=30)
HOW = st.sampled_from(["first", "equal"])


@given(ASKED, st.integers(0, 3000), HOW)
def test_shares_are_exact_and_never_more_than_asked(asked: list[int], there: int, how: How) -> None:
    given_ = share(asked, there, how)
    assert sum(given_) == min(there, sum(asked))
    assert all(0 <= got <= wanted for got, wanted in zip(given_, asked, strict=True))


@given(ASKED, st.integers(0, 3000))
def test_equal_means_that_nobody_who_is_short_has_two_less_than_another(asked: list[int], there: int) -> None:
    given_ = share(asked, there, "equal")
    short = [got for got, wanted in zip(given_, asked, strict=True) if got < wanted]
    assert not short or max(given_) - min(short) <= 1
    assert short == sorted(short, reverse=True)


@given(ASKED, st.integers(0, 3000))
def test_first_means_that_only_one_is_cut_and_all_after_get_none(asked: list[int], there: int) -> None:
    given_ = share(asked, there, "first")
    cut = [place for place, wanted in enumerate(asked) if given_[place] < wanted]
    assert all(given_[place] == 0 for place in cut[1:])


def test_examples_a_host_would_write_down() -> None:
    assert share([3, 2, 2], 5, "first") == [3, 2, 0]
    assert share([3, 2, 2], 5, "equal") == [2, 2, 1]
    assert share([1, 9, 9], 8, "equal") == [1, 4, 3]


def three_orders(tenant: Tenant) -> tuple[Round, int, list[str]]:
    """A round in which three people have ordered 3, 2 and 2 of a tea of 10; the variant, their orders."""
    goods = makers.goods(tenant, "團購茶", price=100, stock=10)
    found = a_round(tenant, goods)
    numbers = [say(tenant, words).facts["number"] for words in ("+3", "+2", "+2")]
    with scope.tenant(tenant.pk):
        return found, OrderLine.objects.all()[0].variant_id, numbers


def broken(tenant: Tenant) -> list[str]:
    """Which of the invariants about stock do not hold in this shop."""
    names = {"stock is its ledger"}
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        found = []
        for invariant in INVARIANTS:
            if invariant.name in names:
                cursor.execute(invariant.sql)
                found += [invariant.name] if cursor.fetchall() else []
    return found


def test_bought_counts_up_and_down_and_never_below_none(tenant: Tenant) -> None:
    found, variant, _ = three_orders(tenant)
    with scope.tenant(tenant.pk):
        assert buying.note_bought(HOUSE, found, variant, 5) == 5
        assert buying.note_bought(HOUSE, found, variant, -9) == 0
        assert buying.note_bought(HOUSE, found, variant, 4) == 4
        (line,) = figures.ordered(found)
        assert (line.pieces, line.bought, line.left) == (7, 4, 3)
        assert list(Purchase.objects.order_by("id").values_list("quantity", flat=True)) == [5, -5, 4]


def test_two_who_tick_at_once_lose_nothing(tenant: Tenant) -> None:
    found, variant, _ = three_orders(tenant)

    def tick() -> None:
        for _ in range(5):
            with scope.tenant(tenant.pk):
                buying.note_bought(HOUSE, found, variant, 1)
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope.tenant(tenant.pk):
        assert figures.ordered(found)[0].bought == 15


@pytest.mark.parametrize(("how", "left"), [("first", [3, 2, 0]), ("equal", [2, 2, 1])])
def test_a_short_delivery_is_shared_and_all_sums_follow(tenant: Tenant, how: How, left: list[int]) -> None:
    found, variant, numbers = three_orders(tenant)
    with scope.tenant(tenant.pk):
        shares = buying.shares_of(found, variant, 5, how)
        assert [one.after for one in shares] == left
        count = buying.deliver_short(
            HOUSE,
            found,
            variant,
            5,
            how,
            seen=buying.stamp(shares),
            push=False,
        )
    assert count == sum(after < before for before, after in zip([3, 2, 2], left, strict=True))
    with scope.tenant(tenant.pk):
        orders = [Order.objects.get(number=number) for number in numbers]
        live = [0 if o.status == Status.CANCELLED else o.lines.all()[0].quantity for o in orders]
        assert live == left
        for order, pieces in zip(orders, left, strict=True):
            assert order.status == Status.CANCELLED or order.total == pieces * 100
        (line,) = figures.ordered(found)
        assert (line.pieces, line.bought, line.left) == (5, 5, 0)
        assert sum(StockMovement.objects.filter(reason="short").values_list("quantity", flat=True)) == -2
        told = list(OutboxMessage.objects.filter(kind="short_delivery"))
        assert len(told) == count
        assert all(row.ways == ["ride"] for row in told)
        assert OrderChange.objects.filter(order__in=orders).exclude(what="placed").count() >= count
    assert broken(tenant) == []


def test_the_pieces_that_never_came_are_not_sold_again(tenant: Tenant) -> None:
    found, variant, _ = three_orders(tenant)
    with scope.tenant(tenant.pk):
        product = found.products.all()[0].product
        shares = buying.shares_of(found, variant, 1, "first")
        buying.deliver_short(HOUSE, found, variant, 1, "first", seen=buying.stamp(shares), push=False)
    assert makers.stock_of(tenant, product) == [3]


def test_what_changed_since_it_was_shown_is_not_applied(tenant: Tenant) -> None:
    found, variant, _ = three_orders(tenant)
    with scope.tenant(tenant.pk):
        seen = buying.stamp(buying.shares_of(found, variant, 5, "first"))
    say(tenant, "+1")
    with pytest.raises(buying.ChangedMeanwhile), scope.tenant(tenant.pk):
        buying.deliver_short(HOUSE, found, variant, 5, "first", seen=seen, push=False)
    with scope.tenant(tenant.pk):
        assert figures.standing(found).pieces == 8


def test_what_is_shipped_stays(tenant: Tenant) -> None:
    found, variant, numbers = three_orders(tenant)
    with scope.tenant(tenant.pk):
        Order.objects.filter(number=numbers[2]).update(status=Status.SHIPPED)
        assert [one.after for one in buying.shares_of(found, variant, 4, "first")] == [2, 0, 2]


def test_the_buyer_is_told_where_they_ordered_or_alone_by_push(tenant: Tenant) -> None:
    group = known_group(tenant)
    goods = makers.goods(tenant, "團購茶", stock=9)
    found = a_round(tenant, goods, chats=[group])
    person = makers.friend(tenant, language="ja")
    say(tenant, "+3", person=person, group=group)
    with scope.tenant(tenant.pk):
        variant = OrderLine.objects.get().variant_id
        shares = buying.shares_of(found, variant, 1, "first")
        buying.deliver_short(HOUSE, found, variant, 1, "first", seen=buying.stamp(shares), push=True)
        (told,) = OutboxMessage.objects.filter(kind="short_delivery")
    assert (told.to_id, told.user_id, told.ways, told.language) == (group, person, ["push", "ride"], "ja")
    assert "3 → 1" in text_of(told)


def test_the_console_ticks_off_with_undo_and_shows_shares_before_it_applies_them(tenant: Tenant) -> None:
    found, variant, _ = three_orders(tenant)
    client = browser.at(tenant, "staff")
    base = browser.path(tenant, f"orders/rounds/{found.pk}/")
    shown = client.post(f"{base}bought/{variant}", {"quantity": "7"}, follow=True).content.decode()
    assert "團購茶: 7 bought" in shown
    undo = shown.partition('hx-post="')[2].partition('"')[0]
    client.post(undo)
    with scope.tenant(tenant.pk):
        assert figures.ordered(found)[0].bought == 0
    assert (
        "whole number"
        in client.post(f"{base}bought/{variant}", {"quantity": "x"}, follow=True).content.decode()
    )
    preview = client.get(f"{base}short/{variant}", {"delivered": "5", "how": "equal"}).content.decode()
    assert "2 → <strong>1</strong>" in preview
    with scope.tenant(tenant.pk):
        assert figures.standing(found).pieces == 7
    stamp = preview.partition('name="stamp" value="')[2].partition('"')[0]
    sent = {"delivered": "5", "how": "equal", "stamp": stamp}
    assert "2 buyers get less" in client.post(f"{base}short/{variant}", sent, follow=True).content.decode()
    assert client.post(f"{base}short/{variant}", {"delivered": "", "how": "x"}).status_code == 422
    stale = client.post(f"{base}short/{variant}", {**sent, "delivered": "1"})
    assert (
        "Nothing was done" in client.get(base).content.decode()
        or "Nothing was done" in stale.content.decode()
    )
    with scope.tenant(tenant.pk):
        assert figures.standing(found).pieces == 5
