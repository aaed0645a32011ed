"""The waiting list (候補) of what was sold out: it fills by itself, in order, as pieces come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from plusone.base import audit, events, scope
from plusone.base.audit import HOUSE, Actor
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import Wish
from plusone.chat.actions import say
from plusone.customers.actions import Person
from plusone.customers.models import Contact
from plusone.orders.actions.own import FROM_WAITING
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.orders.models import Waiting
from plusone.tenants.models import Tenant


class NotWaiting(Exception):
    """This place was served, left or removed meanwhile; nothing happened."""


@dataclass
class NotGiven(Exception):
    """Nothing could be given: sold_out, not_public or another refusal of `take`; nothing happened."""

    reason: str


class WaitsAgain(Exception):
    """The buyer has taken a new place meanwhile, so the old one can't come back."""


def join(person: Person, variant_id: int, quantity: int, *, source: str, chat_key: str) -> int:
    """Put the buyer on the list for so many pieces, or change how many; returns their place, from 1.

    Records `waiting.joined`.
    """
    catalogue.take_turn()
    row, made = Waiting.objects.get_or_create(
        variant_id=variant_id,
        customer_id=person.customer_id,
        ended_at=None,
        defaults={
            "contact_id": person.contact_id,
            "quantity": quantity,
            "source": source,
            "chat_key": chat_key,
        },
    )
    if not made:
        Waiting.objects.filter(pk=row.pk).update(quantity=quantity)
    events.record("waiting.joined", waiting=row.pk)
    return Waiting.objects.waiting().filter(variant_id=variant_id, pk__lte=row.pk).count()


def leave(customer_id: int, variant_id: int) -> bool:
    """The buyer waits no more; False when they did not."""
    catalogue.take_turn()
    rows = Waiting.objects.waiting().filter(customer_id=customer_id, variant_id=variant_id)
    return bool(rows.update(ended_at=Now()))


def give(actor: Actor, place: Waiting, pieces: int, *, on_top: bool = False) -> Outcome:
    """Give so many pieces (1 to 99) to this one out of turn; with their order they leave the list, and are
    told as when it fills by itself.

    `on_top`: the team holds them beside the stock: they come in as `received` and go out again at once.
    Raises NotWaiting, NotGiven.
    """
    with transaction.atomic():
        catalogue.take_turn()
        row = _still_waiting(place)
        if on_top:
            _bring_in(actor, row, pieces)
        (outcome,) = take([replace(_ask(row), wishes=(Wish(row.variant_id, pieces),), actor=actor)])
        if outcome.order_id is None:
            raise NotGiven(outcome.lines[0].refused)
        _tell_served([(row, outcome)])
    return outcome


def remove(actor: Actor, place: Waiting) -> None:
    """Take this one off the list, with an audit entry; the buyer is not told. Raises NotWaiting."""
    catalogue.take_turn()
    row = _still_waiting(place)
    Waiting.objects.filter(pk=row.pk).update(ended_at=Now())
    audit.note(actor, "waiting.removed", f"product:{row.variant.product_id}", _told(row))


def put_back(actor: Actor, place: Waiting) -> None:
    """Give a removed one their old place back, with an audit entry, and serve them if something came
    meanwhile. Raises NotWaiting when they were served, WaitsAgain.
    """
    catalogue.take_turn()
    row = Waiting.objects.select_related("variant__product").get(pk=place.pk)
    if row.order_id is not None:
        raise NotWaiting
    try:
        with transaction.atomic():
            back = Waiting.objects.filter(pk=row.pk).exclude(ended_at=None).update(ended_at=None)
    except IntegrityError as error:
        raise WaitsAgain from error
    if back:
        audit.note(actor, "waiting.put_back", f"product:{row.variant.product_id}", after=_told(row))
        fill([row.variant_id])


def fill(variant_ids: Iterable[int]) -> int:
    """Give what there is to those who wait, first come first served; returns how many got something.

    Under the shop's turn and through `take`, with the place on the list as the cause: each is served once,
    whoever calls and however often. Who gets a part has got it; the rest is told as usual. A buyer who gets
    nothing keeps their place. Buyers are told.
    """
    wanted = sorted(set(variant_ids))
    held = catalogue.lock(wanted)
    there = [one.id for one in held.values() if one.is_public and one.left != 0]
    rows = list(Waiting.objects.waiting().filter(variant_id__in=there).select_related("contact")[:500])
    left = {one.id: one.left for one in held.values()}
    served = []
    for row in rows:
        stock = left[row.variant_id]
        if stock is None or stock > 0:
            served.append(row)
            left[row.variant_id] = None if stock is None else max(stock - row.quantity, 0)
    outcomes = take([_ask(row) for row in served]) if served else []
    given = [(row, one) for row, one in zip(served, outcomes, strict=True) if one.order_id]
    if given:
        _tell_served(given)
    return len(given)


def _still_waiting(place: Waiting) -> Waiting:
    row = Waiting.objects.waiting().filter(pk=place.pk).select_related("contact", "variant__product").first()
    if row is None:
        raise NotWaiting
    return row


def _bring_in(actor: Actor, row: Waiting, pieces: int) -> None:
    if not row.variant.unlimited:
        catalogue.move_by_hand(actor, row.variant_id, pieces, "received", _cause(row))


def _told(row: Waiting) -> dict[str, object]:
    product = row.variant.product
    who = {"waiting": row.pk, "customer": row.customer_id, "quantity": row.quantity}
    return {"code": product.code, "name": product.name, **who}


def _tell_served(given: Sequence[tuple[Waiting, Outcome]]) -> None:
    """Their places end with their orders, and they are told; records `waiting.filled`."""
    for row, outcome in given:
        Waiting.objects.filter(pk=row.pk).update(ended_at=Now(), order_id=outcome.order_id)
    tenant = Tenant.objects.get(pk=scope.current())
    say.say([_message(row, outcome, row.contact, tenant) for row, outcome in given])
    events.record("waiting.filled", orders=[outcome.order_id for _, outcome in given])


def _cause(row: Waiting) -> str:
    return f"{FROM_WAITING}{row.pk}"


def _ask(row: Waiting) -> Ask:
    return Ask(
        cause=_cause(row),
        customer_id=row.customer_id,
        contact_id=row.contact_id,
        wishes=(Wish(row.variant_id, row.quantity),),
        source=row.source,
        chat_key=row.chat_key,
        actor=HOUSE,
        late=True,
    )


def _message(row: Waiting, outcome: Outcome, contact: Contact, tenant: Tenant) -> say.Say:
    """By push where the shop lets answers be pushed, for they wait for it; else with the next free answer."""
    line = outcome.lines[0]
    facts = {
        "number": outcome.number,
        "name": line.name,
        "label": line.label,
        "asked": line.asked,
        "given": line.given,
        "total": outcome.total,
        "currency": tenant.currency,
        "buttons": [{"kind": "undo", "data": f"undo={outcome.public_id}"}],
    }
    reachable = contact.followed_at is not None and contact.blocked_at is None
    return say.Say(
        cause=_cause(row),
        purpose="filled",
        to_kind="group" if row.source == "group" else "user",
        to_id=row.chat_key or contact.line_user_id,
        user_id=contact.line_user_id,
        kind="waiting_filled",
        facts=facts,
        language=contact.language or tenant.language,
        ways=("push", "ride") if tenant.push_answers and reachable else ("ride",),
        rank=say.Rank.STATUS,
        expires_seconds=3 * 86400,
    )
