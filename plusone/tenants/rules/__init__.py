"""Who may do what: one matrix, read by the decorator on every view and by the walker test."""

import re

PERMISSIONS: dict[str, frozenset[str]] = {
    "today.see": frozenset({"owner", "manager", "staff"}),
    "orders.see": frozenset({"owner", "manager", "staff"}),
    "orders.change": frozenset({"owner", "manager", "staff"}),
    "products.see": frozenset({"owner", "manager", "staff"}),
    "products.change": frozenset({"owner", "manager"}),
    "customers.see": frozenset({"owner", "manager", "staff"}),
    "messages.see": frozenset({"owner", "manager", "staff"}),
    "messages.send": frozenset({"owner", "manager"}),
    "settings.see": frozenset({"owner", "manager"}),
    "settings.change": frozenset({"owner"}),
}
CHAT_MANAGERS = frozenset({"owner", "manager"})
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def may(role: str, permission: str) -> bool:
    """True when the role has the permission;
    an unknown permission is a mistake in our code and raises KeyError.
    """
    return role in PERMISSIONS[permission]


def good_slug(slug: str) -> bool:
    """True for 1 to 40 small letters, digits and inner hyphens."""
    return _SLUG.fullmatch(slug) is not None
