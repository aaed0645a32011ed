"""Letters to buyers about an order (JG17), and the shop's own words for them."""

import datetime
from dataclasses import dataclass

from django.db.models.functions import Now

from plusone.base import audit
from plusone.base.audit import Actor
from plusone.chat.actions import say
from plusone.chat.models import OutboxMessage
from plusone.customers.models import Contact
from plusone.orders.actions import change
from plusone.orders.models import Letter, Order, OrderChange
from plusone.orders.rules import letters

KIND = "order_letter"


class Unreachable(Exception):
    """The buyer can't be written to: `args[0]` is no_line or blocked."""


class BadLetter(ValueError):
    """An empty text, one over 2,000 UTF-16 units, or a kind that is none."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a letter about an order goes to, and whether it can arrive (rules.letters.reach)."""

    contact: Contact | None
    reach: letters.Reach


def reader(order: Order) -> Reader:
    """The LINE contact who placed the order, else the customer's first. One query or two."""
    known = order.contact or Contact.objects.filter(customer_id=order.customer_id).order_by("pk").first()
    if known is None:
        return Reader(None, letters.reach(known=False, followed=False, blocked=False))
    followed = known.followed_at is not None
    return Reader(known, letters.reach(known=True, followed=followed, blocked=known.is_blocked))


def cause_of(order: Order) -> str:
    """The cause under which letters about this order stand in the outbox."""
    return f"order:{order.pk}"


def send(actor: Actor, order: Order, text: str, *, kind: str, language: str, command: str) -> bool:
    """Queue the text as one message to the order's buyer, and note it in the order's history.

    False when the same command (the form's own id) was sent before: nothing happens twice. It goes as a paid
    push, and when the quota is used up it waits a day for a free reply. Raises Unreachable, BadLetter.
    """
    text = _checked(text)
    if kind not in ("", *letters.KINDS):
        raise BadLetter(kind)
    held = change.hold(order.pk)
    to = reader(held)
    if to.contact is None or to.reach == "blocked":
        raise Unreachable(to.reach)
    cause, purpose = cause_of(held), f"letter:{command}"
    if OutboxMessage.objects.filter(cause=cause, purpose=purpose).exists():
        return False
    say.say([_message(to.contact, cause, purpose, text, language)])
    change.note(actor, held, "letter", kind, " ".join(text.split())[:200])
    return True


def sent_since(order: Order, kind: str, since: datetime.datetime) -> OrderChange | None:
    """The order's newest letter of this kind since that moment, or None."""
    found = OrderChange.objects.filter(order=order, what="letter", before=kind, at__gte=since)
    return found.order_by("-id").first()


def set_words(actor: Actor, kind: str, language: str, text: str) -> None:
    """Store the shop's own words for a kind of letter in a language, with an audit entry; an empty text goes
    back to ours. Raises BadLetter.
    """
    if kind not in letters.KINDS:
        raise BadLetter(kind)
    text = letters.plain(_checked(text)) if text.strip() else ""
    before = Letter.objects.filter(kind=kind, language=language).first()
    if text == (before.text if before else ""):
        return
    if text:
        Letter.objects.update_or_create(
            kind=kind, language=language, defaults={"text": text, "updated_at": Now()}
        )
    else:
        Letter.objects.filter(kind=kind, language=language).delete()
    told = {"text": before.text if before else ""}
    audit.note(actor, "letter.words", f"letter:{kind}:{language}", told, {"text": text})


def _checked(text: str) -> str:
    text = "\n".join(text.strip().splitlines())
    if not text or letters.too_long(text):
        raise BadLetter
    return text


def _message(contact: Contact, cause: str, purpose: str, text: str, language: str) -> say.Say:
    return say.Say(
        cause=cause,
        purpose=purpose,
        to_kind="user",
        to_id=contact.line_user_id,
        user_id=contact.line_user_id,
        kind=KIND,
        facts={"text": text},
        language=language,
        ways=("push", "ride"),
        rank=say.Rank.STATUS,
    )
