"""A team member enters an order for a buyer: the same taking as everybody's, once a form."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import Wish
from plusone.customers import actions as customers
from plusone.customers.models import Contact
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.orders.models import Order


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A buyer who is no customer yet."""

    name: str
    phone: str


def enter(
    actor: Actor, buyer: int | Newcomer, wishes: Iterable[Wish], *, command: str, reserve: bool
) -> Order | Outcome:
    """Take an order for the customer (an id, or somebody new), or find the one that the same command took.

    An Outcome tells what came of it (order_id None: nothing was there to give). The same variant named twice
    is one line.
    """
    catalogue.take_turn()
    cause = f"console:{command}"
    known = Order.objects.filter(cause=cause).first()
    if known is not None:
        return known
    customer_id = buyer if isinstance(buyer, int) else customers.add(actor, buyer.name, buyer.phone).pk
    pieces: dict[int, int] = defaultdict(int)
    for wish in wishes:
        pieces[wish.variant_id] += wish.quantity
    contact = Contact.objects.filter(customer_id=customer_id).order_by("pk").first()
    (outcome,) = take(
        [
            Ask(
                cause=cause,
                customer_id=customer_id,
                contact_id=contact.pk if contact else None,
                wishes=tuple(Wish(variant_id, count) for variant_id, count in pieces.items()),
                source="console",
                chat_key="",
                actor=actor,
                reserve=reserve,
            )
        ]
    )
    return outcome
