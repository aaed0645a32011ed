"""What every console page says of the plan, while something is to be said."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from plusone.base import numbers
from plusone.tenants.models.plan import Subscription
from plusone.tenants.rules import plan


def told(request: HttpRequest) -> dict[str, Any]:
    """`plan_told` for the pages of members; nothing for anybody else, and nothing where billing is off."""
    member = getattr(request, "member", None)
    return {"plan_told": _told()} if member and settings.BILLING else {}


def _told() -> dict[str, Any] | None:
    """What stands above every page: the trial's days, or what is wrong; nothing while all is paid."""
    found = Subscription.objects.first()
    if found is None:
        return None
    standing, now = found.standing(), numbers.database_now()
    if plan.is_lapsed(standing, now):
        return {"kind": "lapsed"}
    if standing.state == "past_due":
        return {"kind": "past_due"}
    if standing.cancels_at:
        return {"kind": "cancels", "days": plan.days_left(standing.cancels_at, now)}
    if standing.state == "trial" and standing.trial_ends_at and not standing.with_stripe:
        return {"kind": "trial", "days": plan.days_left(standing.trial_ends_at, now)}
    return None
