"""Letters to the buyers of many orders, as rows: one letter of a kind a bulk change, one item a buyer."""

from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from plusone.base import scope
from plusone.base.models import Owned
from plusone.orders.models.orders import Order
from plusone.orders.models.work import BulkChange

_FATES = """
    select m.state, count(*) from plusone_bulkletteritem i
      join plusone_outboxmessage m on m.tenant_id = i.tenant_id and m.cause = 'order:' || i.order_id
       and m.purpose = 'many:' || i.letter_id
     where i.tenant_id = (select %s::bigint) and i.letter_id = %s group by m.state
"""


class BulkLetter(Owned):
    """One kind of letter to the buyers of the orders that a bulk change changed: at most one of each kind, so
    two taps are one. Counts are of its items.
    """

    bulk = models.ForeignKey(
        BulkChange, models.PROTECT, related_name="letters", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=12)
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    said = models.PositiveIntegerField(default=0)
    stopped = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "bulk", "kind"], name="bulk_letter_once"),
        ]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """What was half done stays half done, as with the bulk change itself."""
        return {**row, "finished_at": row["finished_at"] or row["created_at"]}

    def fates(self) -> dict[str, int]:
        """State in the outbox to how many of its messages have it: one index probe a buyer."""
        with connection.cursor() as cursor:
            cursor.execute(_FATES, [scope.current(), self.pk])
            return dict(cursor.fetchall())


class BulkLetterItem(Owned):
    """One buyer of a letter to many; `order` is the first of theirs, where the message stands. `outcome`:
    empty while it waits, said, no_line, blocked, too_long, changed (none of their orders has the status any
    more), stopped.
    """

    letter = models.ForeignKey(
        BulkLetter, models.CASCADE, related_name="items", db_constraint=False, db_index=False
    )
    customer = models.ForeignKey(
        "plusone.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    outcome = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "letter", "customer"], name="bulk_letter_item_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "letter", "id"], name="bulk_letter_waiting", condition=Q(outcome="")
            ),
        ]

    @classmethod
    def arriving(cls, row: dict[str, Any]) -> dict[str, Any]:
        """See BulkLetter."""
        return {**row, "outcome": row["outcome"] or "stopped"}
