"""Buy for a round: note what was bought, and share out what came when the supplier delivered short."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from plusone.base import events, scope
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.chat.actions import say
from plusone.customers.models import Contact
from plusone.orders.actions import lines
from plusone.orders.models import OrderLine, Purchase, Round, figures
from plusone.orders.rules import shares
from plusone.tenants.models import Tenant

MOST = 99_999


@dataclass(frozen=True, slots=True)
class Share:
    """What a line gets of a short delivery; `before` and `after` in pieces."""

    line: OrderLine
    before: int
    after: int


@dataclass
class ChangedMeanwhile(Exception):
    """Orders changed since the shares were shown: they are `now` other ones."""

    now: str


def note_bought(actor: Actor, found: Round, variant_id: int, quantity: int) -> int:
    """Note so many pieces as bought, less when negative, never below none; returns how many are bought now.

    Records `round.bought`. The row itself says who and when.
    """
    catalogue.take_turn()
    before = _bought(found, variant_id)
    quantity = max(min(quantity, MOST - before), -before)
    if quantity:
        Purchase.objects.create(
            round=found, variant_id=variant_id, quantity=quantity, actor_kind=actor.kind, actor=actor.id
        )
        events.record("round.bought", round=found.pk)
    return before + quantity


def shares_of(found: Round, variant_id: int, delivered: int, how: shares.How) -> list[Share]:
    """Who would get how much of what was delivered, in the order they came. What is shipped stays as it is
    and is counted first. Changes nothing.
    """
    live = figures.live_lines(found).filter(variant_id=variant_id).select_related("order", "customer")
    wanted = list(live.order_by("order_id", "id"))
    fixed = [line for line in wanted if line.order.is_settled]
    movable = [line for line in wanted if not line.order.is_settled]
    there = max(delivered - sum(line.quantity for line in fixed), 0)
    given = shares.share([line.quantity for line in movable], there, how)
    found_shares = [Share(line, line.quantity, line.quantity) for line in fixed]
    found_shares += [Share(line, line.quantity, got) for line, got in zip(movable, given, strict=True)]
    return sorted(found_shares, key=lambda share: (share.line.order_id, share.line.pk))


def stamp(found: Sequence[Share]) -> str:
    """A text that is the same as long as the shares are: what was shown is what is applied."""
    return "-".join(f"{share.line.pk}.{share.before}.{share.after}" for share in found)


def deliver_short(
    actor: Actor, found: Round, variant_id: int, delivered: int, how: shares.How, *, seen: str, push: bool
) -> int:
    """Cut the round's lines of this variant to their shares of what was delivered; returns how many buyers
    got less. Orders change by their own actions, so history and totals follow; pieces that never came leave
    stock again; what was bought becomes what was delivered; buyers are told, with our next free answer or,
    where `push` is true, at once. Raises ChangedMeanwhile when `seen` is not the stamp of what would be done.
    """
    catalogue.take_turn()
    held = catalogue.lock([variant_id])[variant_id]
    decided = shares_of(found, variant_id, delivered, how)
    if stamp(decided) != seen:
        raise ChangedMeanwhile(stamp(decided))
    cut = [share for share in decided if share.after < share.before]
    for share in cut:
        _cut(actor, share)
    bought = note_bought(actor, found, variant_id, delivered - _bought(found, variant_id))
    last = Purchase.objects.filter(round=found, variant_id=variant_id).order_by("-id").first()
    missing = sum(share.before - share.after for share in cut)
    cause = f"short:{found.pk}:{last.pk if last else 0}:{bought}:{cut[0].line.pk if cut else 0}"
    if missing and held.left is not None:
        catalogue.move([catalogue.Move(variant_id, -missing, "short", cause, actor)])
    say.say(_messages(cut, cause, push))
    events.record("round.shared", round=found.pk, orders=[share.line.order_id for share in cut])
    return len(cut)


def _cut(actor: Actor, share: Share) -> None:
    if share.after:
        lines.set_quantity(actor, share.line, share.after)
    else:
        lines.cancel(actor, share.line)


def _bought(found: Round, variant_id: int) -> int:
    rows = Purchase.objects.filter(round=found, variant_id=variant_id)
    return rows.aggregate(sum=Sum("quantity"))["sum"] or 0


def _messages(cut: Sequence[Share], cause: str, push: bool) -> list[say.Say]:
    people = Contact.objects.in_bulk([pk for share in cut if (pk := share.line.order.contact_id)])
    language = Tenant.objects.get(pk=scope.current()).language
    return [
        _message(share, contact, cause, language, push)
        for share in cut
        if (contact := people.get(share.line.order.contact_id or 0))
    ]


def _message(share: Share, contact: Contact, cause: str, language: str, push: bool) -> say.Say:
    """Free where they ordered, with our next answer there; a push goes to the buyer alone."""
    order = share.line.order
    order.refresh_from_db()
    facts = {
        "number": order.number,
        "name": share.line.name,
        "label": share.line.variant_label,
        "before": share.before,
        "after": share.after,
        "total": order.total,
        "currency": order.currency,
    }
    is_group = order.source == "group" and bool(order.chat_key)
    reachable = contact.followed_at is not None and contact.blocked_at is None
    return say.Say(
        cause=cause,
        purpose=f"line:{share.line.pk}"[:30],
        to_kind="group" if is_group else "user",
        to_id=order.chat_key if is_group else contact.line_user_id,
        user_id=contact.line_user_id,
        kind="short_delivery",
        facts=facts,
        language=contact.language or language,
        ways=("push", "ride") if push and reachable else ("ride",),
        rank=say.Rank.STATUS,
        expires_seconds=14 * 86400,
    )
