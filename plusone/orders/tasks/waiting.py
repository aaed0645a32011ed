"""Pieces came into stock: those who wait for them are served."""

from plusone.base import jobs
from plusone.base.models import Event
from plusone.orders.actions import waiting
from plusone.orders.models import Waiting


@jobs.task("orders.fill_waiting")
def fill_waiting(event_id: int) -> None:
    """Serve those who wait for the variants that the event names."""
    wanted = Event.objects.get(pk=event_id).data["variants"]
    if Waiting.objects.waiting().filter(variant_id__in=wanted).exists():
        waiting.fill(wanted)
