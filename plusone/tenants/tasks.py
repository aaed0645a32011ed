"""The plan, for later: read what Stripe says, look after trials that end."""

from django.conf import settings

from plusone.base import jobs, logs, numbers, scope
from plusone.tenants import payments
from plusone.tenants.actions import plan
from plusone.tenants.rules.plan import the_one


@jobs.task("tenants.follow_plan", scoped=False)
def follow_plan(tenant_id: int) -> None:
    """Read the shop's subscriptions from Stripe and write down where it stands; while Stripe is silent,
    all stays.
    """
    with scope.tenant(tenant_id):
        reading = plan.begin_reading()
    if reading is None:
        return
    try:
        told = the_one(payments.subscriptions(reading.customer_id))
    except payments.StripeError:
        logs.logger().warning("plan.stripe_silent", tenant=tenant_id)
        return
    with scope.tenant(tenant_id):
        plan.note_told(reading, told)


@jobs.task("tenants.watch_plans")
def watch_plans() -> None:
    """Start trials that have no row, warn of those that end, and read again what no event told of."""
    if not settings.BILLING:
        return
    every, stale = plan.shops_to_look_at()
    for tenant_id in every:
        with scope.tenant(tenant_id):
            plan.start_trial()
            plan.warn(numbers.database_now())
    for tenant_id in stale:
        jobs.ring("tenants.follow_plan", tenant_id=tenant_id, key=f"plan:{tenant_id}")
