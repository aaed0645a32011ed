"""Buyers report a bank transfer on the shop's pages: the same action as in the chat."""

import hashlib

from plusone.catalogue import actions as catalogue
from plusone.orders.actions import transfers
from plusone.orders.models import Transfer
from plusone.storefront.models import Buyer

MOST_WAITING = 20


class TooMany(Exception):
    """So many of the buyer's reports wait that the team has to look at them first."""


def report(buyer: Buyer, *, digits: str, amount: int, said: str, command: str) -> bool:
    """Note that the buyer transferred `amount` currency units from the account that ends in these digits.

    False when the same report waits already, or this very form was sent before. Raises TooMany.
    """
    catalogue.take_turn()
    if Transfer.objects.waiting().filter(customer_id=buyer.customer_id).count() >= MOST_WAITING:
        raise TooMany
    told = hashlib.sha256(f"{command}|{buyer.contact_id}|{digits}|{amount}".encode()).hexdigest()
    return transfers.report(buyer.customer_id, digits=digits, amount=amount, said=said, cause=f"liff:{told}")
