"""What the plan's states mean, by the thousand."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plusone.tenants.rules import plan
from plusone.tenants.rules.plan import Standing, Told

NOW = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
moments = st.datetimes(
    min_value=datetime.datetime(2026, 1, 1),
    max_value=datetime.datetime(2027, 1, 1),
    timezones=st.just(datetime.UTC),
)
standings = st.builds(
    Standing,
    state=st.sampled_from(["trial", "active", "past_due", "cancelled"]),
    trial_ends_at=st.none() | moments,
    period_ends_at=st.none() | moments,
    cancels_at=st.none() | moments,
    unpaid_since=st.none() | moments,
    given_up=st.booleans(),
    with_stripe=st.booleans(),
)


@pytest.mark.parametrize(
    ("standing", "lapsed"),
    [
        (Standing("trial", trial_ends_at=NOW + DAY), False),
        (Standing("trial", trial_ends_at=NOW), True),
        (Standing("trial"), False),
        (Standing("trial", trial_ends_at=NOW - DAY / 2, with_stripe=True), False),
        (Standing("trial", trial_ends_at=NOW - 2 * DAY, with_stripe=True), True),
        (Standing("active", trial_ends_at=NOW - 90 * DAY, period_ends_at=NOW - DAY), False),
        (Standing("past_due", unpaid_since=NOW - 13 * DAY), False),
        (Standing("past_due", unpaid_since=NOW - 14 * DAY), True),
        (Standing("past_due", unpaid_since=NOW, given_up=True), True),
        (Standing("cancelled", trial_ends_at=NOW + DAY), True),
    ],
)
def test_when_a_shop_rests(standing: Standing, lapsed: bool) -> None:
    assert plan.is_lapsed(standing, NOW) == lapsed


@given(standings, moments, st.timedeltas(min_value=datetime.timedelta(0), max_value=400 * DAY))
def test_waiting_alone_never_brings_a_plan_back(
    standing: Standing, now: datetime.datetime, later: datetime.timedelta
) -> None:
    if plan.is_lapsed(standing, now):
        assert plan.is_lapsed(standing, now + later)


@given(standings, moments)
def test_the_end_that_is_shown_is_the_end(standing: Standing, now: datetime.datetime) -> None:
    end = plan.lapses_at(standing)
    if end and standing.state != "cancelled" and not standing.given_up:
        assert plan.is_lapsed(standing, end)
        assert not plan.is_lapsed(standing, end - datetime.timedelta(microseconds=1))
        assert (plan.days_left(end, now) == 0) == plan.is_lapsed(standing, now)


@given(standings, st.sampled_from(["active", "trialing"]), moments)
def test_paying_brings_every_plan_back(standing: Standing, status: str, now: datetime.datetime) -> None:
    told = Told("sub_1", status, 1, trial_ends_at=now + DAY, period_ends_at=now + 30 * DAY)
    assert not plan.is_lapsed(plan.follow(standing, told, now), now)


def test_the_first_unpaid_day_stays() -> None:
    told = Told("sub_1", "past_due", 1)
    first = plan.follow(Standing("active"), told, NOW)
    assert plan.follow(first, told, NOW + 3 * DAY).unpaid_since == NOW


def test_the_subscription_that_counts() -> None:
    ended, unpaid, live = (
        Told("a", "canceled", 9),
        Told("b", "unpaid", 8),
        Told("c", "active", 1),
    )
    assert plan.the_one([ended, unpaid, live]) == live
    assert plan.the_one([ended, unpaid]) == unpaid
    assert plan.the_one([Told("x", "canceled", 1), ended]) == ended
    assert plan.the_one([Told("never", "incomplete_expired", 3)]) is None


@pytest.mark.parametrize(("currency", "amount"), [("TWD", 199900), ("JPY", 1999), ("USD", 199900)])
def test_amounts_as_stripe_counts_them(currency: str, amount: int) -> None:
    assert plan.stripe_amount(1999, currency) == amount
    assert plan.units(amount, currency) == 1999


@pytest.mark.parametrize(
    ("standing", "due"),
    [
        (Standing("trial", trial_ends_at=NOW + 6 * DAY), ""),
        (Standing("trial", trial_ends_at=NOW + 3 * DAY), "trial_3"),
        (Standing("trial", trial_ends_at=NOW + DAY), "trial_1"),
        (Standing("trial", trial_ends_at=NOW + DAY, with_stripe=True), ""),
        (Standing("trial", trial_ends_at=NOW), "lapsed"),
        (Standing("past_due", unpaid_since=NOW), "unpaid"),
        (Standing("cancelled"), "lapsed"),
        (Standing("active"), ""),
    ],
)
def test_what_the_owner_is_told(standing: Standing, due: str) -> None:
    assert plan.warning(standing, NOW) == due


def test_a_trial_too_short_for_checkout_is_not_asked_for() -> None:
    assert plan.trial_for_checkout(Standing("trial", trial_ends_at=NOW + 2 * DAY), NOW) is None
    assert plan.trial_for_checkout(Standing("trial", trial_ends_at=NOW + 3 * DAY), NOW) == NOW + 3 * DAY
    assert plan.trial_for_checkout(Standing("cancelled", trial_ends_at=NOW + 3 * DAY), NOW) is None
