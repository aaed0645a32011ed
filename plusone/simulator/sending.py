"""Messages of an account that LINE has accepted go to their chats, the quota and the journal."""

from plusone.simulator import clock, journal, messages, quota, world
from plusone.simulator.messages import Message
from plusone.simulator.wire import Json
from plusone.simulator.world import Channel, Chat

QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})
SentMessages = list[dict[str, str]]


def put(channel: Channel, chat: Chat | None, bodies: list[Json], via: str) -> SentMessages:
    """Gives each message an id and shows it in the chat (if there is one); LINE's `sentMessages`."""
    sent = []
    for body in bodies:
        message_id = messages.new_id()
        if chat is not None:
            _show(channel, chat, message_id, body, via)
        sent.append(_sent(message_id, body["type"]))
    return sent


def _show(channel: Channel, chat: Chat, message_id: str, body: Json, via: str) -> None:
    message = Message(message_id, chat.id, "account", channel.id, body["type"], body, clock.now(), via=via)
    original = messages.of_token("quote", body["quoteToken"]) if body.get("quoteToken") else None
    message.quoted = original.id if original else None
    messages.add(message, chat)


def _sent(message_id: str, type_: str) -> dict[str, str]:
    if type_ not in QUOTABLE:
        return {"id": message_id}
    return {"id": message_id, "quoteToken": messages.token("quote", message_id)}


def persons(channel: Channel, chat: Chat) -> int:
    """How many people a push into this chat reaches and bills."""
    if not world.reachable(channel, chat):
        return 0
    return len(chat.people)


def note(channel: Channel, record: journal.Accepted) -> None:
    """Bills the persons and writes the accepted sending into the journal."""
    if record.billed:
        quota.bill(channel, record.billed)
    journal.note_accepted(record)
