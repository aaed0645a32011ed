"""What chat forgets, and when (reliability 5.10). Event ids stay, so that nothing old can come again."""

from django.db import connection

from plusone.base import scope


def forget_old() -> None:
    """Empty the bodies of events settled 30 days ago, delete attempts of 90 days ago,
    and end the waiting of messages whose time is over; over all tenants.
    """
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute(
            """update plusone_inboxevent set body = '{}'
                where final_at < now() - interval '30 days' and body <> '{}'"""
        )
        cursor.execute(
            """update plusone_outboxmessage set state = 'expired', reason = 'too_late', final_at = now()
                where state = 'parked' and expires_at < now()"""
        )
        cursor.execute("delete from plusone_attempt where at < now() - interval '90 days'")
