"""A person says something, takes it back, edits it, taps a button, reads."""

from plusone.simulator import clock, menus, messages, photos, webhooks, world
from plusone.simulator.messages import Message
from plusone.simulator.play.errors import BadField, Missing, NotNow
from plusone.simulator.play.mentions import with_mentions
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Chat

QUOTABLE = ("text", "sticker", "image", "video")


def chat_of(chat_id: str, person: str) -> Chat:
    """The chat, which the person must be in; makes a first 1:1 chat. Raises Missing."""
    chat = WORLD.chats.get(chat_id) or _first_chat(chat_id, person)
    if chat is None or person not in chat.people:
        raise Missing("chat", chat_id)
    return chat


def _first_chat(chat_id: str, person: str) -> Chat | None:
    channel = WORLD.channels.get(chat_id.removesuffix(f"-{person}"))
    return world.user_chat(channel, person) if channel and person in WORLD.people else None


def say(chat: Chat, person: str, body: Json, quote: str | None = None) -> tuple[Message, list[str]]:
    """A text, sticker, location, file, audio or video appears in the chat; the account gets the event.

    `body` is LINE's message object. Returns the message and the event's id. Raises NotNow when blocked.
    """
    _may_talk(chat, person)
    if quote and (quote not in messages.SHELF.by_id or messages.SHELF.by_id[quote].chat != chat.id):
        raise Missing("message", quote)
    if body["type"] == "text":
        body = with_mentions(body, chat)
    message = _new(chat, person, body)
    message.quoted = quote
    messages.add(message, chat)
    return message, webhooks.tell(chat, "message", person, message=as_received(message, chat))


def say_from_page(chat: Chat, person: str, body: Json) -> list[str]:
    """A LIFF page speaks for the person; the account hears of what people can write themselves.

    Cards (flex, template) appear in the chat without an event, as at LINE.
    """
    if body["type"] in ("flex", "template"):
        _may_talk(chat, person)
        messages.add(_new(chat, person, body), chat)
        return []
    return say(chat, person, body)[1]


def _may_talk(chat: Chat, person: str) -> None:
    if chat.kind == "user" and WORLD.friends.get((str(chat.channel), person)) == "blocked":
        raise NotNow("blocked")


def _new(chat: Chat, person: str, body: Json) -> Message:
    chat.last_spoken = clock.now()
    return Message(messages.new_id(), chat.id, "person", person, body["type"], body, clock.now())


def show_photos(chat: Chat, person: str, names: list[str]) -> tuple[list[Message], list[str]]:
    """Photos already stored (photos.keep) appear in the chat; several are an image set, an event each."""
    _may_talk(chat, person)
    shown = [_photo(chat, person, name) for name in names]
    events: list[str] = []
    for index, message in enumerate(shown, 1):
        received = as_received(message, chat)
        if len(shown) > 1:
            received["imageSet"] = {"id": _set_id(shown), "index": index, "total": len(shown)}
        events += webhooks.tell(chat, "message", person, message=received)
    return shown, events


def _set_id(shown: list[Message]) -> str:
    return messages.token("imageset", shown[0].id).replace("-", "A").replace("_", "B").upper()


def _photo(chat: Chat, person: str, name: str) -> Message:
    body = {
        "type": "image",
        "originalContentUrl": photos.address(name),
        "previewImageUrl": photos.preview_address(name),
    }
    message = _new(chat, person, body)
    message.media = name
    return messages.add(message, chat)


def as_received(message: Message, chat: Chat) -> Json:
    """The message object of a webhook event."""
    if message.type == "image":
        provider = {"type": "line"} if message.media else {**message.body, "type": "external"}
        received: Json = {"type": "image", "id": message.id, "contentProvider": provider}
    else:
        received = {**message.body, "id": message.id}
    if message.type in ("video", "audio"):
        received["contentProvider"] = {"type": "line"}
    if message.type in QUOTABLE:
        received["quoteToken"] = messages.token("quote", message.id, message.edited)
    if not message.edited:
        received["markAsReadToken"] = messages.token("read", message.id)
    if message.quoted and message.type in ("text", "sticker"):
        received["quotedMessageId"] = message.quoted
    return received


def unsend(message: Message, person: str) -> list[str]:
    """Takes a person's own message back: its content is gone and the account is told."""
    _own(message, person)
    if message.unsent:
        raise NotNow("already_unsent")
    chat = WORLD.chats[message.chat]
    message.unsent = True
    messages.note_change(message, chat)
    return webhooks.tell(chat, "unsend", person, unsend={"messageId": message.id})


def edit(message: Message, person: str, text: str) -> list[str]:
    """Changes a person's own text in a group; the id stays, the account gets messageEdited."""
    _own(message, person)
    chat = WORLD.chats[message.chat]
    if chat.kind != "group" or message.type != "text" or message.unsent:
        raise NotNow("not_editable")
    message.body = with_mentions({"type": "text", "text": text}, chat)
    message.edited += 1
    messages.note_change(message, chat)
    return webhooks.tell(chat, "messageEdited", person, message=as_received(message, chat))


def _own(message: Message, person: str) -> None:
    if message.kind != "person" or message.sender != person:
        raise NotNow("not_own_message")


def postback(
    chat: Chat, person: str, data: str, params: Json | None, display_text: str | None
) -> tuple[list[Message], list[str]]:
    """Taps a button or picks a date; `display_text` shows as a bubble that makes no message event."""
    _may_talk(chat, person)
    if chat.channel is None:
        raise NotNow("no_account")
    shown: list[Message] = []
    if display_text:
        bubble = _new(chat, person, {"type": "text", "text": display_text})
        shown.append(messages.add(bubble, chat))
    content: Json = {"data": data, **({"params": params} if params else {})}
    return shown, webhooks.tell(chat, "postback", person, postback=content)


def switch_menu(chat: Chat, person: str, alias: str, data: str) -> tuple[str, list[str]]:
    """Taps a tab of the rich menu: the person's menu changes, the account is told what became of it."""
    _may_talk(chat, person)
    if chat.kind != "user" or chat.channel is None:
        raise NotNow("no_account")
    status = menus.switch(WORLD.channels[chat.channel], person, alias)
    params = {"newRichMenuAliasId": alias, "status": status}
    return status, webhooks.tell(chat, "postback", person, postback={"data": data, "params": params})


def read(chat: Chat) -> int:
    """A person opened the chat: the account's messages are read. Returns how many turned."""
    unread = [
        m for m in messages.changed_since(chat.id, 0, messages.KEEP) if m.kind == "account" and not m.read
    ]
    for message in unread:
        message.read = True
        messages.note_change(message, chat)
    return len(unread)


def find(message_id: str) -> Message:
    """A message by its id. Raises Missing."""
    message = messages.SHELF.by_id.get(message_id)
    if message is None or message.chat not in WORLD.chats:
        raise Missing("message", message_id)
    return message


def text_body(text: object, emojis: object = None, mention: object = None) -> Json:
    """A text message's body. Raises BadField for an empty or too long one (LINE's app stops at 10,000)."""
    if not isinstance(text, str) or not text or len(text) > 10_000:
        raise BadField("text")
    body: Json = {"type": "text", "text": text}
    if emojis:
        body["emojis"] = emojis
    if mention:
        body["mention"] = mention
    return body
