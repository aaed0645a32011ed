"""Friends, blocks, groups: who is with whom."""

from plusone.simulator import messages, webhooks, world
from plusone.simulator.play.errors import Missing, NotNow
from plusone.simulator.world import WORLD, Channel, Chat, Friendship


def befriend(channel: Channel, person: str, state: Friendship) -> list[str]:
    """Adds, blocks or forgets the account; follow and unfollow events. Returns the event's id, if any."""
    before = world.friendship(channel, person)
    if before == state:
        return []
    chat = world.user_chat(channel, person)
    WORLD.friends[channel.id, person] = state
    world.changed()
    if state == "friend":
        unblocked = before == "blocked"
        messages.system(chat, "unblocked" if unblocked else "followed", person=person)
        return webhooks.tell(chat, "follow", person, follow={"isUnblocked": unblocked})
    if state == "blocked":
        messages.system(chat, "blocked", person=person)
        return webhooks.tell(chat, "unfollow", person)
    return []


def join(chat: Chat, person: str) -> list[str]:
    """A person comes into the group. Raises Missing, NotNow when already there."""
    if person not in WORLD.people:
        raise Missing("person", person)
    if person in chat.people:
        raise NotNow("already_member")
    chat.people.append(person)
    world.changed()
    messages.system(chat, "joined", person=person)
    return _tell_members(chat, "memberJoined", "joined", person)


def leave(chat: Chat, person: str) -> list[str]:
    """A person leaves the group. Raises Missing when not there."""
    if person not in chat.people:
        raise Missing("person", person)
    chat.people.remove(person)
    world.changed()
    messages.system(chat, "left", person=person)
    return _tell_members(chat, "memberLeft", "left", person)


def _tell_members(chat: Chat, type_: str, key: str, person: str) -> list[str]:
    channel = WORLD.channels.get(chat.channel or "")
    if channel is None:
        return []
    member = {"type": "user", "userId": world.user_id(channel, person)}
    return webhooks.tell(chat, type_, None, **{key: {"members": [member]}})


def invite(chat: Chat, channel: Channel) -> list[str]:
    """Invites an account; one a group, and only where it allows groups. Raises NotNow."""
    if chat.channel is not None:
        raise NotNow("account_already_there")
    if not channel.allow_groups:
        raise NotNow("groups_not_allowed")
    chat.channel = channel.id
    world.changed()
    messages.system(chat, "account_joined", channel=channel.id)
    return webhooks.tell(chat, "join", None)


def remove_account(chat: Chat) -> list[str]:
    """The account leaves the group or is removed; it gets a leave event. Raises NotNow without one."""
    if chat.channel is None:
        raise NotNow("no_account")
    event_ids = webhooks.tell(chat, "leave", None)
    messages.system(chat, "account_left", channel=chat.channel)
    chat.channel = None
    world.changed()
    return event_ids
