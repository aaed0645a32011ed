"""Rounds (開團): which round a wish belongs to, what `+1` means in it, and the answer outside its time."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.base.models import AuditEntry, Event
from plusone.chat.models import GroupChat, OutboxMessage
from plusone.orders.actions import lines, rounds
from plusone.orders.actions.rounds import BadRound, ChangedMeanwhile
from plusone.orders.actions.take import take
from plusone.orders.models import Order, OrderLine, Round
from plusone.orders.rules.rounds import Seat, Span, seat, shown, state
from plusone.tenants.models import Tenant
from tests import makers
from tests.orders.crowd import ask, variant_of
from tests.orders.groupbuy import HOUR, a_round, known_group, say, text_of

NOON = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


def span(pk: int, opens: int, closes: int, **more: Any) -> Span:
    """A round from so many hours after noon to so many."""
    values = {"exclusive": True, "finished": False, "chats": frozenset(), **more}
    return Span(pk, f"r{pk}", NOON + opens * HOUR, NOON + closes * HOUR, **values)


def test_an_open_round_of_the_chat_comes_first_then_the_newest() -> None:
    mine, newer = span(1, -1, 1, chats=frozenset({"C1"})), span(2, -1, 1)
    assert seat([mine, newer], "C1", NOON).span == mine
    assert seat([mine, newer], "C2", NOON).span == newer
    assert seat([], "C1", NOON).span is None


def test_outside_its_time_a_product_of_rounds_is_refused_with_the_round() -> None:
    over, coming = span(1, -2, -1), span(2, 1, 2)
    assert seat([over, coming], "", NOON) == Seat(over, "round_closed")
    assert seat([coming], "", NOON) == Seat(coming, "round_planned")
    assert seat([span(3, -2, -1, exclusive=False)], "", NOON).refused == ""
    assert seat([over, coming], "", NOON, late=True).span == over
    assert seat([coming], "", NOON, late=True).refused == ""


def test_a_round_is_open_from_its_opening_up_to_its_closing() -> None:
    one = span(1, 0, 1)
    moments = (NOON - HOUR / 3600, NOON, NOON + HOUR - HOUR / 3600, NOON + HOUR)
    assert [one.is_open(at) for at in moments] == [False, True, True, False]
    told = [state(one.opens_at, one.closes_at, None, at) for at in moments]
    assert told == ["planned", "open", "open", "closed"]
    assert state(one.opens_at, one.closes_at, NOON, NOON) == "finished"


def test_what_plus_one_may_mean() -> None:
    here, there = span(1, -1, 1, chats=frozenset({"C1"})), span(2, -1, 1, chats=frozenset({"C2"}))
    assert shown([here], "C1", NOON) == "first"
    assert shown([there], "C1", NOON) == "not"
    assert shown([here], "", NOON) == "as ever"
    assert shown([], "C1", NOON) == "as ever"
    assert shown([span(3, -2, -1, chats=frozenset({"C1"}))], "C1", NOON) == "as ever"
    assert shown([span(3, -2, -1, finished=True)], "", NOON) == "not"
    assert shown([span(3, 1, 2, chats=frozenset({"C1"}))], "C1", NOON) == "not"


spans = st.lists(
    st.builds(
        lambda pk, start, length, exclusive, finished: span(
            pk, start, start + length, exclusive=exclusive, finished=finished, chats=frozenset({f"C{pk % 2}"})
        ),
        st.integers(1, 9), st.integers(-5, 5), st.integers(0, 5), st.booleans(), st.booleans(),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)  # fmt: skip


@given(spans, st.sampled_from(["", "C0", "C1"]))
def test_a_seat_is_open_or_it_is_refused_or_there_is_none(found: list[Span], chat: str) -> None:
    place = seat(found, chat, NOON)
    if place.refused:
        assert place.span in found
        assert place.span.exclusive
        assert not any(one.is_open(NOON) for one in found)
    elif place.span:
        assert place.span.is_open(NOON)
    else:
        assert not any(one.is_open(NOON) or one.exclusive for one in found)
    assert seat(found[::-1], chat, NOON) == place
    assert seat(found, chat, NOON, late=True).refused == ""


def test_plus_one_in_the_rounds_chat_is_its_newest_product_and_carries_the_round(tenant: Tenant) -> None:
    group, other = known_group(tenant), known_group(tenant)
    first, second = makers.goods(tenant, "團一"), makers.goods(tenant, "團二")
    found = a_round(tenant, first, second, chats=[group])
    shelf = makers.goods(tenant, "架上")
    assert say(tenant, "+2", group=group).facts["lines"][0]["code"] == second.code
    assert say(tenant, "+1", group=other).facts["lines"][0]["code"] == shelf.code
    assert say(tenant, f"{first.code}+1").facts["lines"][0]["code"] == first.code
    with scope.tenant(tenant.pk):
        told = OrderLine.objects.order_by("id").values_list("product_code", "round_id", "quantity")
        assert list(told) == [(second.code, found.pk, 2), (shelf.code, None, 1), (first.code, found.pk, 1)]


def test_after_closing_plus_one_gets_a_clear_answer_and_no_order(tenant: Tenant) -> None:
    group = known_group(tenant)
    goods = makers.goods(tenant, "團購茶", options={("紅",): 5, ("綠",): 5})
    found = a_round(tenant, goods, chats=[group])
    with scope.tenant(tenant.pk):
        assert rounds.set_closing(HOUSE, found, numbers.database_now())
    for words in ("+1", f"{goods.code} 紅 +1", "幫我留"):
        answer = say(tenant, words, group=group)
        assert (answer.kind, answer.facts["error"]) == ("refused", "round_closed")
        assert "週五團" in text_of(answer)
        assert "closed at" in text_of(answer)
    assert say(tenant, f"{goods.code} 紅 +1").facts["error"] == "round_closed"
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == 0
        (outcome,) = take([ask(tenant, [(variant_of(tenant, goods), 1)], "form")])
    assert (outcome.order_id, outcome.lines[0].refused) == (None, "round_closed")
    assert makers.stock_of(tenant, goods) == [5, 5]


@pytest.mark.parametrize("exclusive", [True, False])
def test_after_closing_an_order_stays_as_it_is_for_its_buyer(tenant: Tenant, exclusive: bool) -> None:
    """The host buys by the closed round's list: more would be an order out of time, fewer a loss."""
    goods, person = makers.goods(tenant, "團購茶", stock=20), makers.friend(tenant, "en")
    found = a_round(tenant, goods)
    assert say(tenant, "+2", person=person).facts["lines"][0]["given"] == 2
    with scope.tenant(tenant.pk):
        Round.objects.update(exclusive=exclusive)
        rounds.set_closing(HOUSE, found, numbers.database_now())
    for words in ("改6", "改1"):
        late = say(tenant, words, person=person)
        assert late.kind == "ask_the_shop"
        assert "“週五團” closed at" in text_of(late)
    in_time = say(tenant, "改4", person=person, at=(found.closes_at - 1.5 * HOUR).timestamp())
    assert in_time.facts["changes"][0]["now"] == 4
    with scope.tenant(tenant.pk):
        line = OrderLine.objects.get()
        assert lines.set_quantity(HOUSE, line, 3).given == 3  # the team may


def test_what_was_written_in_time_counts_however_late_it_comes(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    found = a_round(tenant, goods, opens=-3, closes=1)
    with scope.tenant(tenant.pk):
        now = numbers.database_now()
        rounds.set_closing(HOUSE, found, now - HOUR / 2)
    before = (now - HOUR).timestamp()
    assert say(tenant, "+1", at=before).kind == "taken"
    assert say(tenant, "+1").facts["error"] == "round_closed"


def test_before_opening_the_answer_says_when(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    a_round(tenant, goods, opens=1, closes=2)
    answer = say(tenant, f"{goods.code}+1")
    assert answer.facts["error"] == "round_planned"
    assert answer.facts["opens"] in text_of(answer)


def test_reopening_lets_orders_in_and_finishing_leaves_the_shelf_alone(tenant: Tenant) -> None:
    shelf = makers.goods(tenant, "架上")
    goods = makers.goods(tenant, "團購")
    found = a_round(tenant, goods, closes=1)
    with scope.tenant(tenant.pk):
        now = numbers.database_now()
        rounds.set_closing(HOUSE, found, now)
        assert not rounds.set_finished(HOUSE, Round.objects.get(), False)
    assert say(tenant, "+1").facts["error"] == "round_closed"
    with scope.tenant(tenant.pk):
        assert rounds.set_closing(HOUSE, found, now + HOUR)
    assert say(tenant, "+1").facts["lines"][0]["code"] == goods.code
    with scope.tenant(tenant.pk):
        assert not rounds.set_finished(HOUSE, found, True)
        rounds.set_closing(HOUSE, found, now)
        assert rounds.set_finished(HOUSE, found, True)
        assert not rounds.set_closing(HOUSE, found, now + HOUR)
    assert say(tenant, "+1").facts["lines"][0]["code"] == shelf.code
    with scope.tenant(tenant.pk):
        assert AuditEntry.objects.filter(action="round.finished").count() == 1
        assert Event.objects.filter(name="round.changed").count() == 5


def test_the_team_may_enter_late_orders(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    found = a_round(tenant, goods, opens=-2, closes=-1)
    with scope.tenant(tenant.pk):
        wanted = ask(tenant, [(variant_of(tenant, goods), 1)], "late")
        (outcome,) = take([replace(wanted, source="console")])
        assert outcome.order_id
        assert OrderLine.objects.get().round_id == found.pk


def test_a_round_without_sense_is_refused_and_a_stale_form_too(tenant: Tenant) -> None:
    goods = makers.goods(tenant)
    with pytest.raises(BadRound) as refused:
        a_round(tenant, opens=1, closes=0, name=" ")
    assert set(refused.value.problems) == {"name", "closes_at", "products"}
    found = a_round(tenant, goods)
    with scope.tenant(tenant.pk):
        draft = rounds.draft_of(found)
        rounds.change(HOUSE, found, draft, 1)
    with pytest.raises(ChangedMeanwhile), scope.tenant(tenant.pk):
        rounds.change(HOUSE, found, draft, 1)


def test_reminders_ride_on_a_free_answer_once_and_expire_at_closing(tenant: Tenant) -> None:
    group = known_group(tenant)
    goods = makers.goods(tenant)
    found = a_round(tenant, goods, chats=[group])
    with scope.tenant(tenant.pk):
        Round.objects.update(remind_at=numbers.database_now() - HOUR / 60)
        assert rounds.remind_due() == 1
        assert rounds.remind_due() == 0
        (said,) = OutboxMessage.objects.filter(kind="round_reminder")
        assert (said.ways, said.to_id, said.user_id, said.people) == (["ride"], group, "", 1)
        assert abs(said.expires_at - found.closes_at) < datetime.timedelta(seconds=5)
        assert "closes at" in text_of(said)


def test_a_push_reminder_costs_a_message_a_member(tenant: Tenant) -> None:
    group = known_group(tenant)
    goods = makers.goods(tenant)
    a_round(tenant, goods, chats=[group], remind_push=True)
    with scope.tenant(tenant.pk):
        Round.objects.update(remind_at=numbers.database_now())
        GroupChat.objects.update(members=31)
        rounds.remind_due()
        (said,) = OutboxMessage.objects.filter(kind="round_reminder")
        assert (said.ways, said.people) == (["push", "ride"], 31)


def test_a_group_is_known_from_its_first_message_and_gone_when_the_account_leaves(tenant: Tenant) -> None:
    group = known_group(tenant)
    makers.hear(tenant, makers.text(makers.user_id(), "+1", group=group))
    with scope.tenant(tenant.pk):
        assert GroupChat.objects.get().chat_key == group
        assert Event.objects.filter(name="group.met").count() == 1
    makers.hear(tenant, makers.event(makers.user_id(), "leave", group=group))
    with scope.tenant(tenant.pk):
        assert not GroupChat.objects.present().exists()
    makers.hear(tenant, makers.event(makers.user_id(), "join", group=group))
    with scope.tenant(tenant.pk):
        assert GroupChat.objects.present().count() == 1
