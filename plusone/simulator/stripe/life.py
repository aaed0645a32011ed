"""What becomes of a subscription: begun, charged, charged again, failed, tried again, given up, ended.

States and their order as in docs.stripe.com/billing/subscriptions/overview; four tries in two weeks,
then `unpaid`.
"""

import datetime

from plusone.simulator.stripe import books, news
from plusone.simulator.stripe.books import BOOKS
from plusone.simulator.wire import Json

DAY = 86_400
RETRY_DAYS = (3, 5, 6)
GOOD, DECLINES, FAILS_LATER = "4242424242424242", "4000000000000002", "4000000000000341"


class Declined(Exception):
    """The card was not charged."""


def subscribe(customer: Json, price: Json, metadata: Json, trial_end: int | None) -> Json:
    """A new subscription of the customer. Raises Declined when the first charge fails; nothing is made
    then.
    """
    start = books.now()
    if trial_end is None and not _pays(customer):
        raise Declined
    subscription = books.add(
        "sub",
        "subscription",
        customer=customer["id"],
        status="trialing" if trial_end else "active",
        metadata=metadata,
        currency=price["currency"],
        trial_start=start if trial_end else None,
        trial_end=trial_end,
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        ended_at=None,
        latest_invoice=None,
        _price=price["id"],
        _tries=0,
        _next_try=None,
    )
    _set_period(subscription, start, trial_end or month_after(start))
    news.tell("customer.subscription.created", subscription)
    _invoice(subscription, 0 if trial_end else int(price["unit_amount"]), start)
    return subscription


def month_after(moment: int) -> int:
    """The same day and time a month later; the last day where the month is shorter."""
    start = datetime.datetime.fromtimestamp(moment, datetime.UTC)
    year, month = divmod(start.year * 12 + start.month, 12)
    for day in range(start.day, 27, -1):
        try:
            return int(start.replace(year=year, month=month + 1, day=day).timestamp())
        except ValueError:
            continue
    return int(start.replace(year=year, month=month + 1).timestamp())


def pass_time() -> None:
    """Does what is due by the clock, in order of time, however far the clock was moved."""
    while due := _next_due():
        moment, subscription = due
        _DUE[str(subscription["status"])](subscription, moment)


def _next_due() -> tuple[int, Json] | None:
    waiting = [
        (moment, subscription)
        for subscription in books.all_of("subscription")
        if (moment := _due_at(subscription)) is not None and moment <= books.now()
    ]
    return min(waiting, key=lambda one: one[0], default=None)


def _due_at(subscription: Json) -> int | None:
    if subscription["status"] == "past_due":
        return int(subscription["_next_try"])
    return _period_end(subscription) if subscription["status"] in ("trialing", "active") else None


def _renew(subscription: Json, moment: int) -> None:
    if subscription["cancel_at_period_end"]:
        return end(subscription, moment)
    _set_period(subscription, moment, month_after(moment))
    price = BOOKS.objects[str(subscription["_price"])]
    paid = _invoice(subscription, int(price["unit_amount"]), moment)
    if paid:
        books.change(subscription, status="active")
    else:
        books.change(subscription, status="past_due", _tries=1, _next_try=moment + RETRY_DAYS[0] * DAY)
    return news.tell("customer.subscription.updated", subscription)


def _try_again(subscription: Json, moment: int) -> None:
    invoice = BOOKS.objects[str(subscription["latest_invoice"])]
    tries = int(subscription["_tries"])
    if _charge(invoice):
        return
    if tries < len(RETRY_DAYS):
        books.change(subscription, _tries=tries + 1, _next_try=moment + RETRY_DAYS[tries] * DAY)
    else:
        books.change(subscription, status="unpaid", _next_try=None)
    news.tell("customer.subscription.updated", subscription)


_DUE = {"trialing": _renew, "active": _renew, "past_due": _try_again}


def end(subscription: Json, moment: int) -> None:
    """The subscription is over."""
    books.change(subscription, status="canceled", ended_at=moment, canceled_at=moment, _next_try=None)
    news.tell("customer.subscription.deleted", subscription)


def cancel_later(subscription: Json, wanted: bool) -> None:
    """It ends with its period, or goes on after all."""
    at = _period_end(subscription) if wanted else None
    books.change(
        subscription,
        cancel_at_period_end=wanted,
        cancel_at=at,
        canceled_at=books.now() if wanted else None,
    )
    news.tell("customer.subscription.updated", subscription)


def pay(invoice: Json) -> None:
    """Charges an open invoice now. Raises Declined."""
    if not _charge(invoice):
        raise Declined


def give_card(customer: Json, number: str) -> None:
    """The customer's card from now on. Raises Declined for one that no bank knows."""
    if number not in (GOOD, FAILS_LATER):
        raise Declined
    books.change(customer, _card=number)
    news.tell("customer.updated", customer)


def _pays(customer: Json) -> bool:
    return customer.get("_card") == GOOD


def _charge(invoice: Json) -> bool:
    subscription = BOOKS.objects[str(invoice["parent"]["subscription_details"]["subscription"])]
    paid = not invoice["total"] or _pays(BOOKS.objects[str(invoice["customer"])])
    if paid:
        books.change(invoice, status="paid", amount_paid=invoice["total"], amount_remaining=0)
    news.tell("invoice.paid" if paid else "invoice.payment_failed", invoice)
    if paid and subscription["status"] in ("past_due", "unpaid"):
        books.change(subscription, status="active", _tries=0, _next_try=None)
        if _period_end(subscription) <= books.now():
            _set_period(subscription, books.now(), month_after(books.now()))
        news.tell("customer.subscription.updated", subscription)
    return paid


def _invoice(subscription: Json, amount: int, moment: int) -> bool:
    BOOKS.last_invoice += 1
    invoice = books.add(
        "in",
        "invoice",
        customer=subscription["customer"],
        currency=subscription["currency"],
        number=f"SIM-{BOOKS.last_invoice:04d}",
        status="open",
        total=amount,
        amount_due=amount,
        amount_paid=0,
        amount_remaining=amount,
        parent={
            "type": "subscription_details",
            "subscription_details": {
                "subscription": subscription["id"],
                "metadata": subscription["metadata"],
            },
        },
    )
    books.change(invoice, created=moment)
    books.change(subscription, latest_invoice=invoice["id"])
    news.tell("invoice.created", invoice)
    return _charge(invoice)


def _set_period(subscription: Json, start: int, stop: int) -> None:
    price = BOOKS.objects[str(subscription["_price"])]
    item = {
        "id": f"si_{str(subscription['id'])[4:]}",
        "object": "subscription_item",
        "current_period_start": start,
        "current_period_end": stop,
        "quantity": 1,
        "price": books.shown(price),
        "subscription": subscription["id"],
    }
    books.change(
        subscription,
        items={"object": "list", "data": [item], "has_more": False, "url": "/v1/subscription_items"},
    )


def _period_end(subscription: Json) -> int:
    return int(subscription["items"]["data"][0]["current_period_end"])
