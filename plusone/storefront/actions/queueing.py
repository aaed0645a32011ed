"""Buyers join and leave the waiting list on the shop's pages: the same actions as in the chat."""

from plusone.customers.actions import Person
from plusone.orders.actions import waiting
from plusone.storefront.models import Buyer


def join(buyer: Buyer, variant_id: int, pieces: int) -> int:
    """Put the buyer on the list for so many pieces (1 to 99), or change how many; their place, from 1.

    What has come meanwhile is given at once, as an order.
    """
    person = Person(buyer.contact_id, buyer.customer_id, buyer.language, False, buyer.is_friend)
    place = waiting.join(person, variant_id, pieces, source="liff", chat_key=buyer.line_user_id)
    waiting.fill([variant_id])
    return place


def leave(buyer: Buyer, variant_id: int) -> bool:
    """The buyer waits for it no more; False when they did not."""
    return waiting.leave(buyer.customer_id, variant_id)
