"""How every page of the shop is put together: doors, basket, what was left to say."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plusone.base.ids import new_public_id
from plusone.storefront.access import ShopRequest
from plusone.storefront.rules import baskets
from plusone.tenants.models import Channel

BASKET, SAID = "basket", "said"
DAY = 86400
DOORS = (
    ("goods", _("Products"), "shop", "products"),
    ("basket", _("Basket"), "shop-basket", "basket"),
    ("orders", _("My orders"), "shop-orders", "orders"),
    ("card", _("My card"), "shop-card", "person"),
    ("contact", _("Contact"), "shop-contact", "messages"),
)
# What one page leaves for the next to say; the cookie carries the code only.
SENTENCES: dict[str, str | Promise] = {
    "in_basket": _("It is in your basket."),
    "removed": _("Removed from your basket."),
    "sold_out": _("Someone was quicker: it has just sold out. Nothing was ordered."),
    "not_public": _("This is not on sale any more. Nothing was ordered."),
    "round_closed": _("The group buy is closed. Nothing was ordered."),
    "round_planned": _("The group buy has not opened yet. Nothing was ordered."),
    "ordered": _("Thank you, your order has been placed."),
    "left_over": _("Your order has been placed. What sold out in the meantime is still in your basket."),
    "again": _("This order was already placed; it was not ordered twice."),
    "too_fast": _("That was many orders within a minute. Please wait a moment and try again."),
    "cancelled": _("Your order is cancelled."),
    "changed": _("Your order is changed."),
    "short": _("There are no more: you got what was left."),
    "no_more_on_sale": _("This is not on sale any more: you can't add more of it."),
    "no_more_in_round": _("The group buy is not open: you can't add more now."),
    "line_cancelled": _("That item is cancelled; the rest of your order stays."),
    "cancelled_before": _("It was cancelled before."),
    "bad_number": _("Please give a number from 1 to 99. Nothing was changed."),
    "round_over": _("The group buy is closed, so only the shop can change this now. Please ask the shop."),
    "settled": _("The shop is already working on this order. Please ask the shop."),
    "not_signed_in": _("LINE did not confirm who you are. Please try once more."),
    "line_silent": _("LINE does not answer at the moment. Please try again in a minute."),
    "waiting": _("You are on the waiting list. When pieces come they are ordered for you, and you are told."),
    "came_meanwhile": _("Pieces had just come: they are ordered for you."),
    "not_waiting": _("You gave your place on the waiting list up."),
    "did_not_wait": _("You were not on that waiting list any more."),
    "no_option": _("Please choose one of these."),
    "reported": _("Thank you, your transfer is noted. The shop compares it with the bank."),
    "reported_before": _("This transfer was noted before; it is not noted twice."),
    "many_reports": _("Many of your reports wait for the shop already. Please ask the shop in the chat."),
    "left": _("You are signed out on this device."),
}
LOSSES = {
    "not_signed_in",
    "line_silent",
    "sold_out",
    "not_public",
    "round_closed",
    "round_planned",
    "too_fast",
    "settled",
    "short",
    "no_more_on_sale",
    "no_more_in_round",
    "many_reports",
    "bad_number",
    "no_option",
    "round_over",
}


def page(request: ShopRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The template in the shop's frame and time zone."""
    said = request.COOKIES.get(SAID, "")
    channel = Channel.objects.first()
    frame = {
        "shop_doors": _doors(request),
        "buyer": request.buyer,
        "channel": channel,
        "liff": {"id": channel.liff_id if channel else "", "sdk": settings.LIFF_SDK_URL},
        "command": new_public_id(),
        "site": site(request),
        "notices": _notices(request, said),
    }
    with timezone.override(request.tenant.timezone):
        response = render(request, template, {**frame, **context}, status=status)
    if said:
        response.delete_cookie(SAID, path=cookie_path(request))
    return response


def _notices(request: ShopRequest, said: str) -> list[dict[str, Any]]:
    """The sentence of the code; after a dot stands the basket's line that an undo puts back."""
    code, _dot, line = said.partition(".")
    if code not in SENTENCES:
        return []
    back = baskets.written(baskets.read(line)) if code == "removed" else ""
    undo = f"{address(request, 'shop-put-back')}?{urlencode({'line': back})}" if back else ""
    return [{"text": SENTENCES[code], "loss": code in LOSSES, "undo_url": undo}]


def going(request: ShopRequest, name: str, *arguments: object, said: str = "") -> HttpResponse:
    """Lead to another page of the shop, which will say what was left to say."""
    response = redirect(address(request, name, *arguments))
    if said:
        keep(request, response, SAID, said, seconds=60)
    return response


def address(request: ShopRequest, name: str, *arguments: object) -> str:
    """The address of a page of this shop."""
    return reverse(name, args=[request.tenant.slug, *arguments])


def home(request: ShopRequest) -> str:
    """Where the shop's pages begin."""
    return address(request, "shop")


def cookie_path(request: ShopRequest) -> str:
    """The shop's cookies go no further up. Without the last slash: LIFF may open either."""
    return home(request).rstrip("/")


def site(request: HttpRequest) -> str:
    """Our own address as others reach it."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def keep(request: ShopRequest, response: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    """Keep a value in the buyer's browser, for this shop's pages only and out of reach of scripts."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=cookie_path(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def basket(request: ShopRequest) -> dict[int, int]:
    """What lies in the basket: variant id to pieces."""
    return baskets.read(request.COOKIES.get(BASKET, ""))


def keep_basket(request: ShopRequest, response: HttpResponse, held: dict[int, int]) -> None:
    """Keep the basket for a month, also when the page is left."""
    keep(request, response, BASKET, baskets.written(held), seconds=30 * DAY)


def _doors(request: ShopRequest) -> list[dict[str, Any]]:
    count = sum(basket(request).values())
    return [
        {
            "name": name,
            "label": label,
            "url": address(request, target),
            "icon": icon,
            "count": count if name == "basket" else 0,
        }
        for name, label, target, icon in DOORS
    ]
