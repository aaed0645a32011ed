"""For later: read what Stripe says, look after trials that end; write archives."""

import threading
import time

from django.conf import settings
from django.db import connection

from plusone.base import jobs, logs, numbers, scope
from plusone.tenants import payments
from plusone.tenants.actions import archives, exporting, plan, throttle
from plusone.tenants.models import Tenant
from plusone.tenants.rules.plan import the_one

TELL_SECONDS = 0.5


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


@jobs.task("tenants.archive", scoped=False)
def write_archive(tenant_id: int, archive_id: int) -> None:
    """Write the archive that an owner asked for, and tell the page how far it is."""
    with scope.tenant(tenant_id):
        mine = archives.begin(archive_id)
    if not mine:
        return
    name = archives.new_name()
    try:
        tenant = Tenant.objects.get(pk=tenant_id)
        exporting.export(tenant, archives.folder() / name, progress=_Teller(tenant_id, archive_id))
    except Exception:
        logs.logger().error("export.failed", tenant=tenant_id, archive=archive_id, exc_info=True)
        with scope.tenant(tenant_id):
            archives.fail(archive_id)
        return
    with scope.tenant(tenant_id):
        archives.finish(archive_id, name, (archives.folder() / name).stat().st_size)


class _Teller:
    """Writes the progress down twice a second at the most, on a connection beside the export's own: what
    that one
    writes is seen by nobody before its end.
    """

    def __init__(self, tenant_id: int, archive_id: int) -> None:
        self._tenant_id, self._archive_id, self._told_at = tenant_id, archive_id, 0.0

    def __call__(self, done: int, total: int) -> None:
        if time.monotonic() - self._told_at < TELL_SECONDS and done < total:
            return
        self._told_at = time.monotonic()
        beside = threading.Thread(target=self._tell, args=(done, total))
        beside.start()
        beside.join()

    def _tell(self, done: int, total: int) -> None:
        with scope.tenant(self._tenant_id):
            archives.note_progress(self._archive_id, done, total)
        connection.close()


@jobs.task("tenants.forget_archives")
def forget_archives() -> None:
    """Remove what is a day old."""
    archives.forget_old()


@jobs.task("tenants.forget_tries")
def forget_tries() -> None:
    """Drop counts of tries and guesses whose window is long over."""
    throttle.forget()
