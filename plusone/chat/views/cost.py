"""What a paid push costs, and what is left: shown before anything is sent."""

from dataclasses import dataclass

from django.utils import timezone

from plusone.chat.actions.quota import month_of
from plusone.chat.models import QuotaMonth
from plusone.tenants.models import Channel, Tenant


@dataclass(frozen=True, slots=True)
class Cost:
    """The month's paid pushes, in persons. `left` is None when LINE sets no limit or was not asked yet."""

    left: int | None
    kept: int
    known: bool
    connected: bool
    paused: str

    @property
    def exhausted(self) -> bool:
        """True when a push now has to wait for a free reply."""
        return self.left == 0


def cost(tenant: Tenant) -> Cost:
    """What can still be pushed this month, how much of it is kept for answers to orders, and whether LINE is
    connected at all. Two queries.
    """
    month = QuotaMonth.objects.filter(month=month_of(timezone.now())).first()
    channel = Channel.objects.get()
    left = None if month is None or month.cap is None else max(month.cap - month.used - month.reserved, 0)
    kept = tenant.quota_floor if left is None else min(tenant.quota_floor, left)
    return Cost(left, kept, month is not None, bool(channel.sealed_token), channel.paused_reason)
