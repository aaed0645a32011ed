"""LINE Login channels and the LIFF apps on them, as LINE keeps them in its console."""

from dataclasses import dataclass, field

from plusone.simulator import world
from plusone.simulator.world import WORLD, Channel, Person

# A LIFF app's scopes besides those of LINE Login, and what a new app has unless told otherwise.
LIFF_SCOPES = ("openid", "profile", "email", "chat_message.write")
DEFAULT_SCOPES = ("profile", "openid", "chat_message.write")


@dataclass
class LoginChannel:
    """A LINE Login channel; `linked` is the official account that it offers as a friend.

    While it is not `published` only `testers` can sign in.
    """

    id: str
    name: str
    secret: str
    provider: str
    callbacks: list[str] = field(default_factory=list)
    linked: str = ""
    published: bool = True
    testers: list[str] = field(default_factory=list)
    email: bool = True


@dataclass
class LiffApp:
    """A LIFF app: pages at `endpoint` that LINE opens as the person who taps."""

    id: str
    channel: str
    name: str
    endpoint: str
    size: str = "full"
    scopes: list[str] = field(default_factory=lambda: list(DEFAULT_SCOPES))
    bot_prompt: str = "none"
    share_picker: bool = True


@dataclass
class Registry:
    channels: dict[str, LoginChannel] = field(default_factory=dict)
    apps: dict[str, LiffApp] = field(default_factory=dict)


REGISTRY = Registry()


def clear() -> None:
    """No Login channel, no LIFF app."""
    vars(REGISTRY).update(vars(Registry()))


def add_channel(channel: LoginChannel) -> LoginChannel:
    """Creates or replaces a Login channel, and its provider when missing."""
    if channel.provider not in WORLD.providers:
        world.add_provider(channel.provider, channel.provider)
    REGISTRY.channels[channel.id] = channel
    world.changed()
    return channel


def add_app(app: LiffApp) -> LiffApp:
    """Creates or replaces a LIFF app."""
    REGISTRY.apps[app.id] = app
    world.changed()
    return app


def remove_channel(id_: str) -> None:
    """Removes a Login channel with its LIFF apps."""
    del REGISTRY.channels[id_]
    for app in [app for app in REGISTRY.apps.values() if app.channel == id_]:
        del REGISTRY.apps[app.id]
    world.changed()


def remove_app(id_: str) -> None:
    """Removes a LIFF app."""
    del REGISTRY.apps[id_]
    world.changed()


def user_id(channel: LoginChannel, person: str) -> str:
    """The person's user ID under the channel's provider: the same as official accounts of it see."""
    return WORLD.user_ids[channel.provider, person]


def person_of(channel: LoginChannel, user: str) -> Person | None:
    """Whose user ID this is under the channel's provider."""
    provider, person = WORLD.by_user_id.get(user, ("", ""))
    return WORLD.people.get(person) if provider == channel.provider else None


def account_of(channel: LoginChannel) -> Channel | None:
    """The official account that is linked to the Login channel."""
    return WORLD.channels.get(channel.linked)


def may_enter(channel: LoginChannel, person: str) -> bool:
    """Whether the person may sign in: everybody once published, before that only testers."""
    return channel.published or person in channel.testers
