"""Group-buy rounds on the shop's pages: until when, what can be ordered, and change until closing (JG19)."""

import datetime
from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import rounds, waiting
from plusone.orders.models import Order, OrderLine, Round
from plusone.storefront.rules.closing import Left, left
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.groupbuy import HOUR, a_round, say, text_of
from tests.storefront import buyers

NOON = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is compared is English."""
    with translation.override("en"):
        yield


def _close(shop: Tenant, found: Round, *, finish: bool = False) -> None:
    with scope.tenant(shop.pk):
        rounds.set_closing(HOUSE, found, numbers.database_now())
        if finish:
            rounds.set_finished(HOUSE, found, True)


def _page(shop: Tenant, rest: str = "", person: str = "") -> str:
    client = buyers.at(shop, person) if person else buyers.stranger()
    return buyers.text(client.get(buyers.path(shop, rest)))


def test_the_catalogue_opens_with_the_open_round(shop: Tenant) -> None:
    tea, cup = makers.goods(shop, "團購茶"), makers.goods(shop, "杯子")
    found = a_round(shop, tea, closes=3, name="週五茶團")
    planned = makers.goods(shop, "下週的餅")
    a_round(shop, planned, opens=2, closes=5, name="下週團")
    said = _page(shop)
    assert said.index("週五茶團") < said.index("團購茶") < said.index("More products") < said.index("杯子")
    assert "2 h 59 min left" in said
    assert said.count("團購茶") == 1
    assert "下週的餅" not in said  # sold in rounds only, and none has begun
    assert "Closes" in _page(shop, f"r/{found.public_id}")
    with scope.tenant(shop.pk):
        assert cup.public_id in buyers.stranger().get(buyers.path(shop)).content.decode()


def test_a_rounds_page_says_where_it_stands(shop: Tenant) -> None:
    tea, cake = makers.goods(shop, "團購茶"), makers.goods(shop, "餅")
    found = a_round(shop, tea)
    planned = a_round(shop, cake, opens=2, closes=5)
    assert "left" in _page(shop, f"r/{found.public_id}")
    assert "has not begun yet" in _page(shop, f"r/{planned.public_id}")
    _close(shop, found)
    said = _page(shop, f"r/{found.public_id}")
    assert "This group buy is closed" in said
    assert "min left" not in said
    other = buyers.shop()
    elsewhere = a_round(other, makers.goods(other))
    assert buyers.stranger().get(buyers.path(shop, f"r/{elsewhere.public_id}")).status_code == 404


def test_an_order_made_here_within_a_round_carries_it(shop: Tenant) -> None:
    tea, person = makers.goods(shop), makers.friend(shop)
    found = a_round(shop, tea)
    client = buyers.at(shop, person)
    product = buyers.text(client.get(buyers.path(shop, f"p/{tea.public_id}")))
    assert "Sold in this group buy only" in product
    page = buyers.text(client.get(buyers.order(client, shop, tea)["Location"]))
    with scope.tenant(shop.pk):
        assert OrderLine.objects.get().round_id == found.pk
    assert "週五團" in page
    assert "Closes" in page
    assert "You can change or cancel until the group buy closes" in page
    assert "Cancel this order" in page


def test_closed_means_no_order_and_clear_words(shop: Tenant) -> None:
    tea = makers.goods(shop, stock=5)
    found = a_round(shop, tea)
    client = buyers.at(shop)
    buyers.order(client, shop, tea, do="basket")
    _close(shop, found)
    page = buyers.text(client.get(buyers.path(shop, f"p/{tea.public_id}")))
    assert "The group buy is closed, so this can't be ordered now" in page
    assert "Order now" not in page
    late = buyers.order(client, shop, tea)
    assert "The group buy is closed. Nothing was ordered" in buyers.text(client.get(late["Location"]))
    basket = buyers.text(client.get(buyers.path(shop, "basket")))
    assert "Its group buy is closed" in basket
    assert "Place the order" not in basket
    assert "Closed" in _page(shop)  # it keeps its place until the round is finished
    _close(shop, found, finish=True)
    assert tea.name not in _page(shop)
    assert makers.stock_of(shop, tea) == [5]


def test_change_and_cancel_until_closing_here_and_in_the_chat(shop: Tenant) -> None:
    tea, cup, person = makers.goods(shop, "團購茶"), makers.goods(shop, "杯子"), makers.friend(shop, "en")
    found = a_round(shop, tea, opens=-3)
    client = buyers.at(shop, person)
    for product in (tea, cup):
        buyers.order(client, shop, product, 2, do="basket")
    client.post(buyers.path(shop, "basket/order"), {"command": "x"})
    (order,) = buyers.orders(shop, person)
    of_round, free = sorted(order.lines.all(), key=lambda line: line.round_id is None)
    place = buyers.path(shop, f"orders/{order.public_id}")
    client.post(f"{place}/change", {"line": of_round.pk, "quantity": 3})
    assert makers.stock_of(shop, tea) == [7]
    _close(shop, found)
    for form in ({"line": of_round.pk, "quantity": 1}, {"line": of_round.pk, "cancel": "1"}):
        said = buyers.text(client.get(client.post(f"{place}/change", form)["Location"]))
        assert "only the shop can change this now" in said
    assert "only the shop can change" in buyers.text(client.get(client.post(f"{place}/cancel")["Location"]))
    page = buyers.text(client.get(place))
    assert "the shop is buying what was ordered" in page
    assert "Cancel this order" not in page
    client.post(f"{place}/change", {"line": free.pk, "quantity": 1})  # what is in no round stays the buyer's
    assert (makers.stock_of(shop, tea), makers.stock_of(shop, cup)) == ([7], [9])
    makers.hear(shop, makers.tap(person, f"cancel={order.public_id}"))
    with scope.tenant(shop.pk):
        assert Order.objects.get().status == "purchased"


def test_a_cancellation_written_in_time_counts_in_the_chat(shop: Tenant) -> None:
    tea, person = makers.goods(shop), makers.friend(shop, "en")
    found = a_round(shop, tea, opens=-3)
    say(shop, "+2", person=person)
    _close(shop, found)
    late = say(shop, "改1", person=person)
    assert late.kind == "ask_the_shop"
    assert "“週五團” closed at" in text_of(late)
    in_time = say(shop, "改1", person=person, at=(found.closes_at - 2 * HOUR).timestamp())
    assert in_time.facts["changes"][0]["now"] == 1


def test_what_came_from_the_waiting_list_may_be_given_back(shop: Tenant) -> None:
    tea, person = makers.goods(shop, stock=0), makers.friend(shop)
    found = a_round(shop, tea)
    refused = say(shop, "+1", person=person)
    makers.hear(shop, makers.tap(person, refused.facts["buttons"][0]["data"]))
    _close(shop, found)
    from_list = buyers.variants(shop, tea)
    with scope.tenant(shop.pk):
        catalogue.adjust(HOUSE, from_list[0], 1, "delivery")
        assert waiting.fill(from_list) == 1
    client = buyers.at(shop, person)
    (order,) = buyers.orders(shop, person)
    client.post(buyers.path(shop, f"orders/{order.public_id}/cancel"))
    assert buyers.orders(shop, person)[0].status == "cancelled"


@given(st.timedeltas(datetime.timedelta(seconds=-3), datetime.timedelta(days=40)))
def test_what_is_left_is_never_more_than_there_is(span: datetime.timedelta) -> None:
    unit, days, hours, minutes = left(NOON + span, NOON)
    told = datetime.timedelta(days=days, hours=hours, minutes=minutes)
    if span <= datetime.timedelta(0):
        assert unit == "over"
    else:
        assert told <= span
        assert span - told < (HOUR if unit == "days" else datetime.timedelta(minutes=1))


def test_the_units_of_what_is_left() -> None:
    assert left(NOON + 50 * HOUR, NOON) == Left("days", 2, 2)
    assert left(NOON + 2.5 * HOUR, NOON) == Left("hours", 0, 2, 30)
    assert left(NOON + datetime.timedelta(seconds=59), NOON) == Left("moment")
    assert left(NOON, NOON) == Left("over")
