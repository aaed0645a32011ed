"""Rich menus of each account: the menus, the default, who has which, and the aliases that tabs name."""

import secrets
from dataclasses import dataclass, field

from plusone.simulator import clock, world
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Channel, Chat

MOST_MENUS = 1000
MOST_ALIASES = 1000


@dataclass
class Menu:
    """A rich menu; `body` as it was created, `image` the picture's name (empty: none yet)."""

    id: str
    channel: str
    body: Json
    made: int = 0
    image: str = ""


@dataclass
class Cabinet:
    """Menus by id; the rest by account: default, person's own menu, alias."""

    menus: dict[str, Menu] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    own: dict[tuple[str, str], str] = field(default_factory=dict)
    aliases: dict[tuple[str, str], str] = field(default_factory=dict)


CABINET = Cabinet()


def clear() -> None:
    """Forgets everything."""
    vars(CABINET).update(vars(Cabinet()))


def forget(channel: str) -> None:
    """Forgets what belongs to an account."""
    for menu in of(channel):
        del CABINET.menus[menu.id]
    CABINET.defaults.pop(channel, None)
    for table in (CABINET.own, CABINET.aliases):
        for key in [key for key in table if key[0] == channel]:
            del table[key]


def of(channel: str) -> list[Menu]:
    """The account's menus, oldest first."""
    return [menu for menu in CABINET.menus.values() if menu.channel == channel]


def find(channel: Channel, id_: str) -> Menu | None:
    """The account's menu of this id; None for another account's too."""
    menu = CABINET.menus.get(id_)
    return menu if menu and menu.channel == channel.id else None


def add(channel: Channel, body: Json) -> Menu:
    """A new menu, without a picture yet."""
    menu = Menu(f"richmenu-{secrets.token_hex(16)}", channel.id, body, clock.now())
    CABINET.menus[menu.id] = menu
    world.changed()
    return menu


def set_image(menu: Menu, name: str) -> None:
    """The menu's one picture, a photo's name."""
    menu.image = name
    world.changed()


def remove(menu: Menu) -> None:
    """Deletes a menu: it is nobody's any more and no default; aliases stay and lead nowhere."""
    del CABINET.menus[menu.id]
    if CABINET.defaults.get(menu.channel) == menu.id:
        del CABINET.defaults[menu.channel]
    for key in [key for key, id_ in CABINET.own.items() if id_ == menu.id]:
        del CABINET.own[key]
    world.changed()


def set_default(channel: Channel, menu: Menu | None) -> None:
    """The menu of everybody without an own one; None takes it away."""
    if menu is None:
        CABINET.defaults.pop(channel.id, None)
    else:
        CABINET.defaults[channel.id] = menu.id
    world.changed()


def link(channel: Channel, people: list[str], menu: Menu | None) -> None:
    """Gives friends their own menu, or takes it away; who is no friend is silently left out, as at LINE."""
    for person in people:
        if menu is None:
            CABINET.own.pop((channel.id, person), None)
        elif world.friendship(channel, person) == "friend":
            CABINET.own[channel.id, person] = menu.id
    world.changed()


def shown(chat: Chat) -> Menu | None:
    """The menu at the bottom of a 1:1 chat: the person's own, else the account's default. Blocked: none."""
    if chat.kind != "user" or not chat.people:
        return None
    key = (str(chat.channel), chat.people[0])
    if WORLD.friends.get(key) == "blocked":
        return None
    own = CABINET.own.get(key) if WORLD.friends.get(key) == "friend" else None
    return CABINET.menus.get(own or CABINET.defaults.get(key[0], ""))


def switch(channel: Channel, person: str, alias: str) -> str:
    """A tab is tapped: the person gets the alias's menu. Returns the status that LINE tells the account."""
    target = CABINET.aliases.get((channel.id, alias))
    if target is None:
        return "RICHMENU_ALIAS_ID_NOTFOUND"
    menu = CABINET.menus.get(target)
    if menu is None:
        return "RICHMENU_NOTFOUND"
    if not menu.image or world.friendship(channel, person) != "friend":
        return "FAILED"
    link(channel, [person], menu)
    return "SUCCESS"
