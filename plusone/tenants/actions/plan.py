"""The plan's rows: the trial starts, Stripe's events are kept once, and what Stripe says now is written
down.
"""

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from plusone.base import audit, events, jobs, numbers, scope
from plusone.tenants.models import Tenant
from plusone.tenants.models.plan import StripeEvent, Subscription
from plusone.tenants.rules import plan

READ_AGAIN_HOURS = 20
OPEN_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """The right to write what Stripe answers: void as soon as a later reading begins."""

    epoch: int
    customer_id: str
    events_until: int


def start_trial() -> None:
    """Insert the shop's subscription, in trial for TRIAL_DAYS from now; one that is there stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into plusone_subscription (tenant_id, state, trial_ends_at, given_up, customer_id,
                      subscription_id, checkout_id, warned, epoch)
               values (%s, 'trial', now() + %s * interval '1 day', false, '', '', '', '', 0)
               on conflict (tenant_id) do nothing""",
            [scope.current(), plan.TRIAL_DAYS],
        )


def hold() -> Subscription:
    """The shop's subscription, locked to the end of the transaction: one payment is begun at a time."""
    start_trial()
    return Subscription.objects.select_for_update().get()


def note_checkout(actor: audit.Actor, customer_id: str, checkout_id: str) -> None:
    """Store who the shop is at Stripe and which Checkout page was opened for it."""
    held = hold()
    Subscription.objects.filter(pk=held.pk).update(customer_id=customer_id, checkout_id=checkout_id)
    audit.note(actor, "plan.checkout_opened", f"subscription:{held.pk}")


def keep_event(event_id: str, kind: str, created: int, *, customer_id: str, tenant_key: str) -> bool:
    """Keep an event of Stripe's for the shop it concerns and queue the reading of what is so now.

    One that is known only counts up. False when it concerns no shop of ours.
    """
    tenant_id = _tenant_of(customer_id, tenant_key)
    if tenant_id is None:
        return False
    with scope.tenant(tenant_id), connection.cursor() as cursor:
        # A crash between Stripe's answer and our commit may have left the shop without the customer it
        # has there.
        Subscription.objects.filter(customer_id="").update(customer_id=customer_id)
        cursor.execute(
            """insert into plusone_stripeevent (tenant_id, event_id, kind, created, seen_count)
               values (%s, %s, %s, %s, 1)
               on conflict (tenant_id, event_id) do update set seen_count = plusone_stripeevent.seen_count + 1
               returning seen_count""",
            [tenant_id, event_id, kind, created],
        )
        if cursor.fetchone() == (1,):
            jobs.ring("tenants.follow_plan", tenant_id=tenant_id)
    return True


def _tenant_of(customer_id: str, tenant_key: str) -> int | None:
    with scope.everywhere():
        known = Subscription.objects.filter(customer_id=customer_id or "-").values_list(
            "tenant_id", flat=True
        )
        found = known.first()
    if found is None and tenant_key:
        found = Tenant.objects.filter(key=tenant_key).values_list("pk", flat=True).first()
    return found


def begin_reading() -> Reading | None:
    """The right to read the shop's state from Stripe and write it down; None when it has no customer
    there yet.
    """
    held = Subscription.objects.select_for_update().exclude(customer_id="").first()
    if held is None:
        return None
    newest = StripeEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    Subscription.objects.filter(pk=held.pk).update(epoch=held.epoch + 1)
    return Reading(held.epoch + 1, held.customer_id, newest or 0)


def note_told(reading: Reading, told: plan.Told | None) -> bool:
    """Write what Stripe answered, unless a later reading began meanwhile: that one knows better. True
    when written.

    A change of state leaves an audit row and the event plan.changed.
    """
    held = Subscription.objects.select_for_update().get()
    if held.epoch != reading.epoch:
        return False
    before = held.standing()
    if told is not None:
        _write(held, plan.follow(before, told, numbers.database_now()), told.id)
    Subscription.objects.filter(pk=held.pk).update(read_at=Now())
    StripeEvent.objects.filter(handled_at=None, pk__lte=reading.events_until).update(handled_at=Now())
    return True


def _write(held: Subscription, after: plan.Standing, subscription_id: str) -> None:
    before = held.standing()
    Subscription.objects.filter(pk=held.pk).update(
        state=after.state,
        trial_ends_at=after.trial_ends_at,
        period_ends_at=after.period_ends_at,
        cancels_at=after.cancels_at,
        unpaid_since=after.unpaid_since,
        given_up=after.given_up,
        subscription_id=subscription_id,
    )
    if (before.state, before.given_up) != (after.state, after.given_up):
        audit.note(
            audit.HOUSE,
            "plan.changed",
            f"subscription:{held.pk}",
            {"state": before.state},
            {"state": after.state},
        )
        events.record("plan.changed", state=after.state)
    warn(numbers.database_now())


def warn(now: datetime.datetime) -> None:
    """Record plan.warned with what the owner ought to know by now, once each: two days of the trial,
    unpaid, lapsed.
    """
    held = Subscription.objects.select_for_update().first()
    if held is None:
        return
    due = plan.warning(held.standing(), now)
    if due == held.warned:
        return
    Subscription.objects.filter(pk=held.pk).update(warned=due)
    if due:
        events.record("plan.warned", what=due)


def shops_to_look_at() -> tuple[list[int], list[int]]:
    """Over all tenants: the shops without a subscription yet or in need of a warning's look, and those
    whose state is to
    be read from Stripe again (events not handled, or not read for hours).
    """
    if not settings.BILLING:
        return [], []
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("select id from plusone_tenant order by id")
        every = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """select tenant_id from plusone_subscription where customer_id <> ''
                  and (read_at is null or read_at < now() - %s * interval '1 hour')
               union select tenant_id from plusone_stripeevent
                where handled_at is null and received_at < now() - %s * interval '1 second'""",
            [READ_AGAIN_HOURS, OPEN_SECONDS],
        )
        return every, [row[0] for row in cursor.fetchall()]
