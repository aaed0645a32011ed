"""The nouns of orders."""

from plusone.orders.models.bulk_letters import BulkLetter, BulkLetterItem
from plusone.orders.models.handouts import Handout, PickupPoint
from plusone.orders.models.orders import (
    OPEN,
    Letter,
    Order,
    OrderChange,
    OrderLine,
    OrderQuerySet,
    Showing,
    Status,
)
from plusone.orders.models.purchases import Purchase
from plusone.orders.models.rounds import Round, RoundChat, RoundProduct
from plusone.orders.models.transfers import BankLine, Match, MatchedOrder, Transfer
from plusone.orders.models.waiting import Waiting
from plusone.orders.models.work import BulkChange, BulkItem, Export

__all__ = [
    "OPEN",
    "BankLine",
    "BulkChange",
    "BulkItem",
    "BulkLetter",
    "BulkLetterItem",
    "Export",
    "Handout",
    "Letter",
    "Match",
    "MatchedOrder",
    "Order",
    "OrderChange",
    "OrderLine",
    "OrderQuerySet",
    "PickupPoint",
    "Purchase",
    "Round",
    "RoundChat",
    "RoundProduct",
    "Showing",
    "Status",
    "Transfer",
    "Waiting",
]
