"""What chat forgets, and when (reliability 5.10): webhook bodies after 30 days, attempts after 90.

Event ids stay.
"""

from django.db import connection

from plusone.base import jobs, scope


@jobs.task("chat.forget_old")
def forget_old() -> None:
    """Empty the bodies of settled events and delete old attempts."""
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute(
            """update plusone_inboxevent set body = '{}'
                where final_at < now() - interval '30 days' and body <> '{}'"""
        )
        cursor.execute("delete from plusone_attempt where at < now() - interval '90 days'")
