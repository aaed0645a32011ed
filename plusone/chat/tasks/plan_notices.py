"""What the owner is told about the plan, in LINE: e-mail is not to be had here, and the console shows it
anyway.
"""

from plusone.base import jobs
from plusone.base.models import Event
from plusone.chat.actions import plan_notices


@jobs.task("chat.tell_of_plan")
def tell_of_plan(event_id: int) -> None:
    """Tell the owners what the event says; told once however often the job runs."""
    plan_notices.tell(event_id, Event.objects.get(pk=event_id).data["what"])
