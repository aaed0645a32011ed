"""The timetable, and who hears which event."""

from procrastinate.contrib.django import app

from plusone.base import clock, events, housekeeping
from plusone.base.clock import Entry
from plusone.chat.tasks import fetch, forget, menus, plan_notices
from plusone.orders.tasks import many, rounds, waiting
from plusone.storefront import tasks as storefront
from plusone.tenants import tasks as tenants

TIMETABLE = [
    Entry("quota figures", "chat.ask_quotas", every_seconds=3600),
    Entry("missing profiles", "chat.fetch_missing_profiles", every_seconds=600),
    Entry("plans", "tenants.watch_plans", every_seconds=300),
    Entry("menus to publish or show", "chat.sweep_menus", every_seconds=60),
    Entry("menus at LINE", "chat.look_at_all_menus", every_seconds=3600),
    Entry("old archives", "tenants.forget_archives", every_seconds=3600),
    Entry("old tries", "tenants.forget_tries", every_seconds=3600),
    Entry("stalled jobs", "base.retry_stalled", every_seconds=60),
    Entry("old jobs", "base.forget_old", every_seconds=3600),
    Entry("rounds' reminders", "orders.remind_rounds", every_seconds=60),
    Entry("old messages", "chat.forget_old", every_seconds=3600),
    Entry("old exports", "orders.forget_exports", every_seconds=3600),
    Entry("old sessions of buyers", "storefront.forget_old", every_seconds=3600),
]
LISTENERS: dict[str, tuple[str, ...]] = {
    "contact.met": ("chat.fetch_profiles",),
    "contact.followed": ("chat.fetch_profiles",),
    "group.met": ("chat.fetch_groups",),
    "stock.came": ("orders.fill_waiting",),
    "plan.warned": ("chat.tell_of_plan",),
}
# Imported, so that their jobs have names.
REGISTERED = (fetch, forget, housekeeping, many, menus, plan_notices, rounds, storefront, tenants, waiting)

events.listen(LISTENERS)


@app.periodic(cron="* * * * *")
@app.task(name="schedule.tick", queueing_lock="schedule.tick")
def tick(timestamp: int) -> None:
    """Once a minute: look what is due.

    A tick that was missed does no harm, the next one finds the same rows.
    """
    clock.tick()
