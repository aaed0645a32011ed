"""The queue's housekeeping: jobs whose worker died, jobs that are done, commands past their time."""

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from plusone.base import jobs, numbers, scope

STALLED_SECONDS = 90


@jobs.task("base.retry_stalled")
def retry_stalled() -> None:
    """Give back the jobs whose worker died: procrastinate leaves them “doing” for ever otherwise."""
    stalled = async_to_sync(app.job_manager.get_stalled_jobs)(seconds_since_heartbeat=STALLED_SECONDS)
    for job in stalled:
        if job.id is not None:
            app.job_manager.retry_job_by_id(job.id, retry_at=numbers.database_now())


@jobs.task("base.forget_old")
def forget_old() -> None:
    """Delete jobs done for a day and browser commands older than two."""
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute(
            """delete from procrastinate_jobs where status in ('succeeded', 'cancelled') and id in
               (select job_id from procrastinate_events where at < now() - interval '1 day')"""
        )
        cursor.execute("delete from plusone_command where at < now() - interval '2 days'")
