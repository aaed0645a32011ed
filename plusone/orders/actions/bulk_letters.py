"""Tell the buyers of many orders: one letter each, however many orders; worked in pieces by a job."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import jobs, scope
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.chat.actions import say
from plusone.chat.models import OutboxMessage
from plusone.customers.models import Contact
from plusone.orders.actions import change
from plusone.orders.actions.letters import KIND, BadLetter, cause_of, reader
from plusone.orders.models import BulkChange, BulkLetter, BulkLetterItem, Order
from plusone.orders.rules import letters

JOB = "orders.write_letters"
PIECE = 20
_ITEMS = """
    insert into plusone_bulkletteritem (tenant_id, letter_id, customer_id, order_id)
    select %s, %s, o.customer_id, min(o.id)
      from plusone_bulkitem i join plusone_order o on o.tenant_id = i.tenant_id and o.id = i.order_id
     where i.tenant_id = (select %s::bigint) and i.bulk_id = %s and i.outcome = 'changed' and o.status = %s
     group by o.customer_id order by min(o.id)
"""
_OPEN = (OutboxMessage.State.READY, OutboxMessage.State.PARKED)


class NotFinished(Exception):
    """The change is still under way, or was undone: who is told can't be said yet, or no more."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """One who is written to next: their orders of the bulk change that still have its status (perhaps none),
    and the LINE contact, with why a letter can't arrive.
    """

    item: BulkLetterItem
    orders: tuple[Order, ...]
    contact: Contact | None
    reach: letters.Reach


@dataclass(frozen=True, slots=True)
class Written:
    """The words for one buyer in a language."""

    buyer: Buyer
    text: str
    language: str


def start(actor: Actor, bulk: BulkChange, kind: str) -> BulkLetter:
    """Note the buyers of what the bulk change changed and queue the job that writes to each; asked for twice
    it is one. Raises BadLetter for a kind that is none, NotFinished.
    """
    if kind not in letters.KINDS:
        raise BadLetter(kind)
    if bulk.finished_at is None or BulkChange.objects.filter(undo_of=bulk).exists():
        raise NotFinished
    told = {"actor_kind": actor.kind, "actor": actor.id}
    letter, is_new = BulkLetter.objects.get_or_create(bulk=bulk, kind=kind, defaults=told)
    if is_new:
        tenant = scope.current()
        with connection.cursor() as cursor:
            cursor.execute(_ITEMS, [tenant, letter.pk, tenant, bulk.pk, bulk.status])
            BulkLetter.objects.filter(pk=letter.pk).update(total=cursor.rowcount)
        jobs.ring(JOB, tenant_id=tenant, letter_id=letter.pk)
    return letter


def stop(letter: BulkLetter) -> int:
    """Write to nobody more, and hold back what has not left yet; returns how many messages that was."""
    held = BulkLetter.objects.select_for_update().get(pk=letter.pk)
    BulkLetterItem.objects.filter(letter=held, outcome="").update(outcome="stopped")
    said = BulkLetterItem.objects.filter(letter=held, outcome="said").values_list("order_id", flat=True)
    waiting = OutboxMessage.objects.filter(
        cause__in=[f"order:{pk}" for pk in said], purpose=_purpose(held), state__in=_OPEN
    )
    kept = waiting.update(state=OutboxMessage.State.SUPPRESSED, reason="withdrawn", final_at=Now())
    BulkLetter.objects.filter(pk=held.pk, finished_at=None).update(finished_at=Now())
    BulkLetter.objects.filter(pk=held.pk).update(stopped=True)
    return kept


def begin_piece(letter_id: int) -> tuple[BulkLetter, list[Buyer]] | None:
    """The next buyers, in the caller's transaction, which must end with `finish_piece`; None when nothing is
    left, or another worker is at it.
    """
    waiting = BulkLetter.objects.select_for_update(skip_locked=True).filter(pk=letter_id, finished_at=None)
    letter = waiting.first()
    if letter is None:
        return None
    catalogue.take_turn()
    items = list(BulkLetterItem.objects.filter(letter=letter, outcome="").order_by("id")[:PIECE])
    bulk = BulkChange.objects.get(pk=letter.bulk_id)
    return letter, [_buyer(bulk, item) for item in items]


def finish_piece(letter: BulkLetter, buyers: Sequence[Buyer], written: Sequence[Written]) -> bool:
    """Queue what was written, one message a buyer, with a line in the history of each of their orders; note
    what became of everybody. True when there may be more.

    They leave the part of the quota alone that is kept for answers to orders, and wait a day for a free
    reply where nothing is left.
    """
    say.say([_message(letter, one) for one in written])
    actor = Actor(letter.actor_kind, letter.actor)
    for one in written:
        for order in one.buyer.orders:
            change.note(actor, order, "letter", letter.kind, " ".join(one.text.split())[:200])
    texts = {one.buyer.item.pk for one in written}
    for buyer in buyers:
        buyer.item.outcome = "said" if buyer.item.pk in texts else why_not(buyer) or "too_long"
    BulkLetterItem.objects.bulk_update([buyer.item for buyer in buyers], ["outcome"])
    over = len(buyers) < PIECE
    BulkLetter.objects.filter(pk=letter.pk).update(
        done=F("done") + len(buyers), said=F("said") + len(written), finished_at=Now() if over else None
    )
    return not over


def why_not(buyer: Buyer) -> str:
    """Why nothing is written to this buyer: changed, no_line or blocked; else empty."""
    if not buyer.orders:
        return "changed"
    return buyer.reach if buyer.reach in ("no_line", "blocked") else ""


def _buyer(bulk: BulkChange, item: BulkLetterItem) -> Buyer:
    theirs = Order.objects.filter(
        customer_id=item.customer_id,
        status=bulk.status,
        pk__in=bulk.items.filter(outcome="changed").values("order_id"),
    )
    orders = tuple(theirs.select_related("customer", "contact").prefetch_related("lines").order_by("pk"))
    to = reader(orders[0]) if orders else None
    return Buyer(item, orders, to.contact if to else None, to.reach if to else "")


def _purpose(letter: BulkLetter) -> str:
    return f"many:{letter.pk}"


def _message(letter: BulkLetter, one: Written) -> say.Say:
    assert one.buyer.contact is not None
    user_id = one.buyer.contact.line_user_id
    return say.Say(
        cause=cause_of(one.buyer.item.order),
        purpose=_purpose(letter),
        to_kind="user",
        to_id=user_id,
        user_id=user_id,
        kind=KIND,
        facts={"text": one.text},
        language=one.language,
        ways=("push", "ride"),
        rank=say.Rank.CAMPAIGN,
    )
