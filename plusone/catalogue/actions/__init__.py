"""The verbs of the catalogue: put up, change, arrange, remove products; move stock; apply tables."""

from plusone.catalogue.actions import bulk, files, pictures
from plusone.catalogue.actions.arrange import put_before
from plusone.catalogue.actions.products import (
    BadProduct,
    ChangedMeanwhile,
    change,
    copy,
    draft_of,
    put_up,
    put_up_from_photo,
    remove,
    set_picture,
    show_or_hide,
)
from plusone.catalogue.actions.stock import (
    LockedVariant,
    Move,
    NotEnough,
    Uncounted,
    adjust,
    count_in,
    lock,
    move,
    move_by_hand,
    set_stock,
    take_turn,
)
from plusone.catalogue.actions.undo import NothingToUndo, undo

__all__ = [
    "BadProduct",
    "ChangedMeanwhile",
    "LockedVariant",
    "Move",
    "NotEnough",
    "NothingToUndo",
    "Uncounted",
    "adjust",
    "bulk",
    "change",
    "copy",
    "count_in",
    "draft_of",
    "files",
    "lock",
    "move",
    "move_by_hand",
    "pictures",
    "put_before",
    "put_up",
    "put_up_from_photo",
    "remove",
    "set_picture",
    "set_stock",
    "show_or_hide",
    "take_turn",
    "undo",
]
