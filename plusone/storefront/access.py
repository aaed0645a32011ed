"""Who looks at a page of the shop: everybody, or a buyer whom LINE has named; no other word counts (P31)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from plusone.storefront.actions.sessions import hash_of
from plusone.storefront.models import Buyer, buyer_with
from plusone.tenants.middleware import TenantRequest

COOKIE = "buyer"
View = Callable[..., HttpResponse]


class ShopRequest(TenantRequest):
    """A request for one of the shop's pages."""

    buyer: Buyer | None


def open_to_all(view: View) -> View:
    """Anybody may look; `request.buyer` is who is signed in, or None."""

    @wraps(view)
    def guarded(request: ShopRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.buyer = _buyer(request)
        return view(request, *args, **kwargs)

    guarded.audience = "anybody"  # type: ignore[attr-defined]
    return guarded


def buyers_only(view: View) -> View:
    """Signed-in buyers only; others are led to the sign-in, and from there back."""

    @wraps(view)
    def guarded(request: ShopRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.buyer = _buyer(request)
        if request.buyer is None:
            return to_sign_in(request, _page(request))
        return view(request, *args, **kwargs)

    guarded.audience = "buyer"  # type: ignore[attr-defined]
    return guarded


def even_lapsed(view: View) -> View:
    """What this view changes may be changed in a shop whose plan is over, too (tenants/middleware.py)."""
    view.even_lapsed = True  # type: ignore[attr-defined]
    return view


def buyer_of(request: ShopRequest) -> Buyer:
    """The buyer in a view for buyers only."""
    assert request.buyer is not None
    return request.buyer


def to_sign_in(request: ShopRequest, back: str = "") -> HttpResponse:
    """To the sign-in page, which leads on to `back`."""
    query = f"?{urlencode({'next': back})}" if back else ""
    return redirect(reverse("shop-enter", args=[request.tenant.slug]) + query)


def _page(request: ShopRequest) -> str:
    """The page that is looked at: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.get_full_path()
    return urlsplit(request.headers.get("Referer", "")).path


def _buyer(request: ShopRequest) -> Buyer | None:
    token = request.COOKIES.get(COOKIE, "")
    return buyer_with(hash_of(token)) if token else None
