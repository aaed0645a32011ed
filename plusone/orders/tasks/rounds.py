"""Reminders of rounds, once a minute."""

from plusone.base import jobs, numbers, scope
from plusone.orders.actions import rounds
from plusone.orders.models import Round


@jobs.task("orders.remind_rounds")
def remind_rounds() -> None:
    """Queue a job for every shop with a round whose reminder is due."""
    with scope.everywhere():
        due = Round.objects.to_remind(numbers.database_now())
        tenant_ids = list(due.values_list("tenant_id", flat=True).distinct())
    for tenant_id in tenant_ids:
        jobs.ring("orders.remind_tenant", tenant_id=tenant_id, key=f"remind:{tenant_id}")


@jobs.task("orders.remind_tenant")
def remind_tenant() -> None:
    """Say this shop's reminders that are due."""
    rounds.remind_due()
