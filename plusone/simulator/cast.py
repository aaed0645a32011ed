"""The demo cast: six people who buy from one account, alone and in a group."""

import hashlib

from plusone.simulator import logins, messages, world
from plusone.simulator.logins import REGISTRY, LiffApp, LoginChannel
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Channel, Chat, Person

GROUP = "團購群"
QUOTA = 3000
CAST = (
    Person("amin", "阿明", "zh-Hant", "#3b82a6", "🧢"),
    Person("xiaomei", "小美", "zh-Hant", "#c2578a", "🌸"),
    Person("lin", "老闆 Lin", "zh-Hant", "#8a5a2b", "🏪"),
    Person("sakura", "さくら", "ja", "#b05fb0", "🍡"),
    Person("kenta", "健太", "ja", "#4f7d4f", "⚾"),
    Person("amy", "Amy", "en", "#c46a2e", "☕"),
)


def seed(
    *, channel_id: str, secret: str, access_token: str, name: str, webhook_url: str, provider: str, group: str
) -> Json:
    """Makes what is missing of the cast around one account and sets its name, secret, token and address.

    Nobody gets events: the account is simply there, with six friends and a group. Returns their ids.
    """
    channel = _channel(channel_id, secret, access_token, name, webhook_url, provider)
    for person in CAST:
        WORLD.people.get(person.id) or world.add_person(person)
        _befriend(channel, person.id)
    chat = _group(channel, group)
    return {
        "channel": channel.id,
        "chats": {person.id: world.user_chat(channel, person.id).id for person in CAST},
        "group": chat.id,
        "people": {person.id: world.user_id(channel, person.id) for person in CAST},
    }


def _channel(id_: str, secret: str, token: str, name: str, webhook_url: str, provider: str) -> Channel:
    channel = WORLD.channels.get(id_)
    if channel is None:
        channel = Channel(id_, name, secret, token, provider, allow_groups=True, quota=QUOTA)
        world.add_channel(channel)
    channel.name, channel.secret, channel.access_token = name, secret, token
    channel.webhook_url = webhook_url or channel.webhook_url
    world.changed()
    return channel


def _befriend(channel: Channel, person: str) -> None:
    if (channel.id, person) not in WORLD.friends:
        WORLD.friends[channel.id, person] = "friend"
        messages.system(world.user_chat(channel, person), "followed", person=person)
        world.changed()


def _group(channel: Channel, name: str) -> Chat:
    """The group's id follows from account and name: a restart without a snapshot makes the same one."""
    id_ = "C" + hashlib.md5(f"{channel.id}:{name}".encode(), usedforsecurity=False).hexdigest()
    chat = WORLD.chats.get(id_)
    if chat is None:
        chat = world.add_group(name, [person.id for person in CAST], id_=id_)
        chat.channel = channel.id
        messages.system(chat, "account_joined", channel=channel.id)
    return chat


def seed_login(
    account: str, *, id_: str, secret: str, callbacks: list[str], liff_id: str, endpoint: str
) -> Json:
    """A LINE Login channel linked to the account, and its LIFF app; made once, then brought up to date.

    Without `endpoint` there is no LIFF app. Returns both ids.
    """
    linked = WORLD.channels[account]
    channel = REGISTRY.channels.get(id_) or LoginChannel(id_, linked.name, secret, linked.provider)
    channel.name, channel.secret, channel.linked = linked.name, secret, account
    channel.callbacks = list(dict.fromkeys([*channel.callbacks, *callbacks]))
    logins.add_channel(channel)
    if endpoint:
        app = REGISTRY.apps.get(liff_id) or LiffApp(liff_id, id_, linked.name, endpoint)
        app.name, app.endpoint = linked.name, endpoint
        logins.add_app(app)
    return {"login_channel": id_, "liff": liff_id if endpoint else None}
