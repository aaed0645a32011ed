"""The verbs of the catalogue: put up, change, remove products; move stock."""

from plusone.catalogue.actions.products import (
    BadProduct,
    ChangedMeanwhile,
    change,
    draft_of,
    put_up,
    put_up_from_photo,
    remove,
    set_picture,
    show_or_hide,
)
from plusone.catalogue.actions.stock import LockedVariant, Move, adjust, lock, move, set_stock, take_turn

__all__ = [
    "BadProduct",
    "ChangedMeanwhile",
    "LockedVariant",
    "Move",
    "adjust",
    "change",
    "draft_of",
    "lock",
    "move",
    "put_up",
    "put_up_from_photo",
    "remove",
    "set_picture",
    "set_stock",
    "show_or_hide",
    "take_turn",
]
