"""What roles and permissions are called on screen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plusone.tenants import rules
from plusone.tenants.models import TeamRole

Text = str | Promise

ROLES: dict[str, Text] = {"owner": _("Owner"), "manager": _("Manager"), "staff": _("Staff")}
GROUPS: dict[str, Text] = {
    "today": _("Today"),
    "orders": _("Orders"),
    "rounds": _("Rounds"),
    "products": _("Products"),
    "customers": _("Customers"),
    "messages": _("Messages"),
    "settings": _("Settings"),
    "data": _("Export"),
    "team": _("Team"),
    "roles": _("Roles"),
    "history": _("History of the shop"),
}
PERMISSIONS: dict[str, Text] = {
    "today.see": _("See today's page and the figures"),
    "orders.see": _("See orders"),
    "orders.export": _("Save orders as a file, with buyers' names"),
    "orders.change": _("Change orders: status, tracking number, memo"),
    "rounds.change": _("Open, change and close rounds"),
    "products.see": _("See products and stock"),
    "products.change": _("Change products and stock, also by LINE, and get notices when something sells out"),
    "customers.see": _("See customers and their contact data"),
    "customers.change": _("Change customers' contact data and notes"),
    "customers.export": _("Download the list of customers"),
    "messages.see": _("See messages"),
    "messages.send": _("Send messages to customers"),
    "messages.menus": _("Make and publish rich menus"),
    "settings.see": _("See settings"),
    "settings.change": _("Change settings: LINE account, answers, API tokens"),
    "data.export": _("Export the whole shop (the owner only)"),
    "team.see": _("See who is in the team"),
    "team.change": _("Invite and remove people, change their roles"),
    "roles.change": _("Edit what roles may do (the owner only)"),
    "history.see": _("See the history of who did what"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One permission on a form or in the matrix: its code and word, whether it is there, whether it is free
    to choose.
    """

    code: str
    word: Text
    on: bool
    free: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The permissions about one part of the console."""

    word: Text
    choices: list[Choice]


def role_names() -> dict[str, str]:
    """Every role's code to what this shop calls it."""
    own = dict(TeamRole.objects.exclude(name="").values_list("code", "name"))
    return {code: str(word) for code, word in ROLES.items()} | own


def permission(code: str) -> str:
    """What one may do with it."""
    return str(PERMISSIONS.get(code, code))


def groups(on: Collection[str], own: Collection[str]) -> list[Group]:
    """All permissions by the part of the console they are about: `on` are there,
    `own` are those that the one who looks has and so may give.
    """
    by_part: dict[str, list[Choice]] = {}
    for code in rules.PERMISSIONS:
        free = code in own and code not in rules.NEVER_GIVEN
        choice = Choice(code, PERMISSIONS.get(code, code), code in on, free)
        by_part.setdefault(code.partition(".")[0], []).append(choice)
    return [Group(GROUPS.get(part, part), choices) for part, choices in by_part.items()]


def within(own: Collection[str], matrix: Mapping[str, frozenset[str]]) -> list[str]:
    """The roles that somebody with these permissions may give."""
    return [code for code, permissions in matrix.items() if rules.reaches(own, permissions)]
