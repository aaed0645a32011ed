"""Who is named with @ in a group text, with LINE's positions in UTF-16 units."""

from collections.abc import Iterator

from plusone.simulator import world
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Channel, Chat

MOST = 20


def with_mentions(body: Json, chat: Chat) -> Json:
    """Adds `mention` for each "@name" of a member, of the account or "@All"; a given one is kept as it is."""
    channel = WORLD.channels.get(chat.channel or "")
    if chat.kind == "user" or channel is None or "mention" in body or "@" not in body["text"]:
        return body
    found = sorted(_found(body["text"], chat, channel), key=lambda mentionee: int(mentionee["index"]))
    return {**body, "mention": {"mentionees": found[:MOST]}} if found else body


def _found(text: str, chat: Chat, channel: Channel) -> Iterator[Json]:
    taken: set[int] = set()
    for name, who in sorted(_names(chat, channel), key=lambda pair: -len(pair[0])):
        at = text.find(f"@{name}")
        while at >= 0:
            if at not in taken:
                taken.add(at)
                yield {"index": _units(text[:at]), "length": _units(name) + 1, **who}
            at = text.find(f"@{name}", at + 1)


def _names(chat: Chat, channel: Channel) -> Iterator[tuple[str, Json]]:
    yield "All", {"type": "all"}
    yield channel.name, {"type": "user", "userId": channel.user_id, "isSelf": True}
    for person in chat.people:
        user = {"type": "user", "userId": world.user_id(channel, person), "isSelf": False}
        yield WORLD.people[person].name, user


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
