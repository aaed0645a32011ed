"""The nouns of chat."""

from plusone.chat.models.groups import GroupChat
from plusone.chat.models.inbox import InboxEvent
from plusone.chat.models.menus import MenuBoard, MenuSlot, RichMenu
from plusone.chat.models.outbox import Attempt, OutboxMessage
from plusone.chat.models.quota import QuotaMonth

__all__ = [
    "Attempt",
    "GroupChat",
    "InboxEvent",
    "MenuBoard",
    "MenuSlot",
    "OutboxMessage",
    "QuotaMonth",
    "RichMenu",
]
