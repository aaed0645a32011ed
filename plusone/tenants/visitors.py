"""Where a visitor comes from."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Where the visitor's connection comes from; behind a proxy what the proxy itself wrote down last."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
    behind_proxy = settings.PUBLIC_URL.startswith("https://")
    return told if behind_proxy and told else str(request.META.get("REMOTE_ADDR", ""))
