"""The plan (方案): what its states mean for a shop. One plan, everything in it, NT$1,999 a month, a week
free.
"""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass

PRICE = 1999
CURRENCY = "TWD"
LOOKUP_KEY = f"plusone-month-{CURRENCY.lower()}-{PRICE}"
TRIAL_DAYS = 7
# Stripe tries a card again for up to two weeks and then calls the subscription unpaid: those are the days
# of grace.
# The number is only for accounts at Stripe that are set to try for ever.
GRACE_DAYS = 14
WARN_DAYS = 3
LAST_WARN_DAYS = 1
# With a card at Stripe the first charge follows the trial's end by an hour or so; its news may be late.
CHARGE_WITHIN = datetime.timedelta(days=1)
# Checkout takes no trial that ends sooner than this.
SHORTEST_TRIAL = datetime.timedelta(hours=48)
# docs.stripe.com/currencies: these have no decimals in Stripe's amounts. TWD has two, although nobody
# pays cents.
_WITHOUT_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)  # fmt: skip
_STATES = {
    "trialing": "trial",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "past_due",
    "paused": "past_due",
    "canceled": "cancelled",
}
_BEST_FIRST = ("active", "trialing", "past_due", "unpaid", "paused", "canceled")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a shop stands with its plan; moments in UTC. `with_stripe`: a subscription exists there."""

    state: str
    trial_ends_at: datetime.datetime | None = None
    period_ends_at: datetime.datetime | None = None
    cancels_at: datetime.datetime | None = None
    unpaid_since: datetime.datetime | None = None
    given_up: bool = False
    with_stripe: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One subscription as Stripe tells of it; `status` in Stripe's words."""

    id: str
    status: str
    created: int
    trial_ends_at: datetime.datetime | None = None
    period_ends_at: datetime.datetime | None = None
    cancels_at: datetime.datetime | None = None


def stripe_amount(units: int, currency: str) -> int:
    """Whole units of a currency as Stripe counts them: NT$1,999 is 199900, ¥1,999 is 1999."""
    return units if currency.upper() in _WITHOUT_DECIMALS else units * 100


def units(amount: int, currency: str) -> int:
    """Stripe's amount in whole units, halves rounded up: what is shown of an invoice."""
    return amount if currency.upper() in _WITHOUT_DECIMALS else (amount + 50) // 100


def the_one(told: Sequence[Told]) -> Told | None:
    """The subscription that counts: the one that serves the shop best, of those the newest. Never paid
    ones don't.
    """
    known = [one for one in told if one.status in _BEST_FIRST]
    return min(known, key=lambda one: (_BEST_FIRST.index(one.status), -one.created), default=None)


def follow(before: Standing, told: Told, now: datetime.datetime) -> Standing:
    """Where the shop stands after Stripe told this; `now` dates the first unpaid day."""
    state = _STATES[told.status]
    unpaid = state == "past_due"
    return Standing(
        state=state,
        trial_ends_at=told.trial_ends_at or before.trial_ends_at,
        period_ends_at=told.period_ends_at,
        cancels_at=told.cancels_at,
        unpaid_since=(before.unpaid_since or now) if unpaid else None,
        given_up=told.status in ("unpaid", "paused"),
        with_stripe=True,
    )


def lapses_at(plan: Standing) -> datetime.datetime | None:
    """When the shop stops taking orders if nothing more is heard; None when it goes on by itself, or has
    stopped.
    """
    if plan.state == "trial":
        late = CHARGE_WITHIN if plan.with_stripe else datetime.timedelta(0)
        return plan.trial_ends_at + late if plan.trial_ends_at else None
    if plan.state == "past_due" and plan.unpaid_since and not plan.given_up:
        return plan.unpaid_since + datetime.timedelta(days=GRACE_DAYS)
    return None


def is_lapsed(plan: Standing, now: datetime.datetime) -> bool:
    """True when the shop takes no orders and no changes: over and unpaid. Reading and export always go on."""
    if plan.state == "active":
        return False
    if plan.state == "cancelled" or plan.given_up:
        return True
    end = lapses_at(plan)
    return end is not None and now >= end


def days_left(end: datetime.datetime, now: datetime.datetime) -> int:
    """Days until then, begun ones count whole; 0 when it is over."""
    return max(0, math.ceil((end - now) / datetime.timedelta(days=1)))


def trial_for_checkout(plan: Standing, now: datetime.datetime) -> datetime.datetime | None:
    """What is left of the trial goes on after paying in advance; None when Stripe would not take so
    short a rest.
    """
    end = plan.trial_ends_at
    return end if plan.state == "trial" and end and end - now > SHORTEST_TRIAL else None


def warning(plan: Standing, now: datetime.datetime) -> str:
    """What the owner ought to be told by now: trial_3, trial_1, unpaid, lapsed, or nothing."""
    if is_lapsed(plan, now):
        return "lapsed"
    if plan.state == "past_due":
        return "unpaid"
    end = lapses_at(plan)
    if plan.state != "trial" or plan.with_stripe or end is None:
        return ""
    left = days_left(end, now)
    return "trial_1" if left <= LAST_WARN_DAYS else "trial_3" if left <= WARN_DAYS else ""
