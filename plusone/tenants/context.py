"""What every console page knows: the shop, the member, the doors."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

DOORS = (
    ("today", _("Today"), "console-today"),
    ("orders", _("Orders"), "console-orders"),
    ("products", _("Products"), "console-products"),
    ("customers", _("Customers"), "console-customers"),
    ("messages", _("Messages"), "console-outbox"),
    ("portal", _("Portal"), ""),
    ("settings", _("Settings"), "console-settings"),
)


def shop(request: HttpRequest) -> dict[str, Any]:
    """`shop`, `member` and `doors` for pages under a tenant; nothing elsewhere."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    doors = [
        {"name": name, "label": label, "url": reverse(url, args=[tenant.slug])}
        for name, label, url in DOORS
        if url
    ]
    return {"shop": tenant, "member": getattr(request, "member", None), "doors": doors}
