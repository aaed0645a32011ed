"""What every console page knows: the shop, the member, the doors."""

from typing import Any

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plusone.base import scope
from plusone.tenants.models import Member, Tenant, User, member_of

Door = dict[str, str | Promise]

# A door leads to the first of its pages that the member may open.
DOORS = (
    ("today", _("Today"), ("console-today",)),
    ("orders", _("Orders"), ("console-orders",)),
    ("products", _("Products"), ("console-products",)),
    ("customers", _("Customers"), ("console-customers",)),
    ("messages", _("Messages"), ("console-outbox",)),
    ("settings", _("Settings"), ("console-settings", "console-team", "console-history")),
)


def shop(request: HttpRequest) -> dict[str, Any]:
    """`shop`, `member` and the `doors` that the member may open, for pages under a tenant; else nothing."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    member = getattr(request, "member", None)
    return {
        "shop": tenant,
        "member": member,
        "doors": doors(tenant, member),
        "door_path": _door_path(request.path),
    }


def _door_path(path: str) -> str:
    """The page's address among the console's: managers also come by /liff/admin/products and …/orders."""
    inside, found, page = path.partition("/liff/admin/")
    return f"{inside}/console/{page}/" if found else path


def doors(tenant: Tenant, member: Member | None) -> list[Door]:
    """The doors of the console that are open to the member; call it in the tenant's scope."""
    own = member.permissions if member else frozenset()
    found: list[Door] = []
    for name, label, pages in DOORS:
        addresses = [reverse(page, args=[tenant.slug]) for page in pages]
        may_open = [address for address in addresses if _permission(address) in own]
        if may_open:
            found.append({"name": name, "label": label, "url": may_open[0]})
    return found


def first_page(tenant: Tenant, user: User) -> str:
    """Where a member of the shop begins: the first door that is open to them."""
    with scope.tenant(tenant.pk):
        opened = doors(tenant, member_of(user, tenant))
    return str(opened[0]["url"]) if opened else reverse("console-today", args=[tenant.slug])


def _permission(address: str) -> str:
    return str(resolve(address).func.permission)  # type: ignore[attr-defined]
