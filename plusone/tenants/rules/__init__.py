"""Who may do what: the matrix a shop starts with, and what its owner may make of it."""

import re
from collections.abc import Collection, Iterable

PERMISSIONS: dict[str, frozenset[str]] = {
    "today.see": frozenset({"owner", "manager", "staff"}),
    "orders.see": frozenset({"owner", "manager", "staff"}),
    "orders.change": frozenset({"owner", "manager", "staff"}),
    "orders.export": frozenset({"owner", "manager"}),
    "rounds.change": frozenset({"owner", "manager"}),
    "products.see": frozenset({"owner", "manager", "staff"}),
    "products.change": frozenset({"owner", "manager"}),
    "customers.see": frozenset({"owner", "manager", "staff"}),
    "customers.change": frozenset({"owner", "manager", "staff"}),
    "customers.export": frozenset({"owner", "manager"}),
    "messages.see": frozenset({"owner", "manager", "staff"}),
    "messages.send": frozenset({"owner", "manager"}),
    "messages.menus": frozenset({"owner", "manager"}),
    "settings.see": frozenset({"owner", "manager"}),
    "settings.change": frozenset({"owner"}),
    "data.export": frozenset({"owner"}),
    "team.see": frozenset({"owner", "manager"}),
    "team.change": frozenset({"owner"}),
    "roles.change": frozenset({"owner"}),
    "history.see": frozenset({"owner", "manager"}),
}
OWNER = "owner"
# The owner's alone: who could edit roles could give themselves everything, and an export is everything.
NEVER_GIVEN = frozenset({"roles.change", "data.export"})
# By chat: photos that become products, and notices when something sells out.
MANAGES_BY_CHAT = "products.change"
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def may(role: str, permission: str) -> bool:
    """True when one of the three roles has the permission in a shop that edited nothing;
    an unknown permission is a mistake in our code and raises KeyError.
    """
    return role in PERMISSIONS[permission]


def granted(role: str, stored: Collection[str] | None = None) -> frozenset[str]:
    """What a role may do: the owner everything; a role that was edited or made what is `stored` of it,
    as far as it still exists; the others what the shop started with.
    """
    if role == OWNER:
        return frozenset(PERMISSIONS)
    if stored is not None:
        return frozenset(stored) & PERMISSIONS.keys() - NEVER_GIVEN
    return frozenset(name for name, roles in PERMISSIONS.items() if role in roles)


def completed(permissions: Iterable[str]) -> frozenset[str]:
    """The known ones, each with what it needs: who may change something sees it.

    What only the owner may is left out.
    """
    wanted = set(permissions) & PERMISSIONS.keys()
    seen = {f"{name.split('.')[0]}.see" for name in wanted}
    return frozenset(wanted | seen & PERMISSIONS.keys()) - NEVER_GIVEN


def reaches(own: Collection[str], theirs: Collection[str]) -> bool:
    """True when somebody with `own` permissions may give, change or take a role that has `theirs`:
    nobody gives more than they have, or takes from those who have more.
    """
    return frozenset(theirs) <= frozenset(own)


def good_slug(slug: str) -> bool:
    """True for 1 to 40 small letters, digits and inner hyphens."""
    return _SLUG.fullmatch(slug) is not None
