"""The nouns of orders."""

from plusone.orders.models.orders import (
    OPEN,
    Letter,
    Order,
    OrderChange,
    OrderLine,
    Showing,
    Status,
)
from plusone.orders.models.purchases import Purchase
from plusone.orders.models.rounds import Round, RoundChat, RoundProduct

__all__ = [
    "OPEN",
    "Letter",
    "Order",
    "OrderChange",
    "OrderLine",
    "Purchase",
    "Round",
    "RoundChat",
    "RoundProduct",
    "Showing",
    "Status",
]
