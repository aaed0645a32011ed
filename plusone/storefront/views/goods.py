"""The shop window: all goods, and one of them. Anybody may look; links to both can be shared (JG20)."""

import datetime
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from plusone.base import numbers
from plusone.base.views import lists
from plusone.catalogue.actions import pictures
from plusone.catalogue.models import LOW_STOCK, Product, ProductQuerySet, Variant
from plusone.orders.models import Round, RoundProduct, Waiting
from plusone.storefront.access import ShopRequest, open_to_all
from plusone.storefront.models import Buyer
from plusone.storefront.rules.baskets import pieces_in
from plusone.storefront.rules.words import source_word
from plusone.storefront.views.pages import DAY, keep, page
from plusone.storefront.views.round_words import Place, places, sold_in, told

SHARED = "shared"
CATEGORIES = 30
FEW = 6  # products of an open round on the first page


@open_to_all
@require_safe
def catalogue(request: ShopRequest, slug: str) -> HttpResponse:
    """Everything on sale, in the shop's order: searched, by category; the page to pin in a chat."""
    search, category = request.GET.get("q", "").strip()[:80], request.GET.get("category", "")[:60]
    now, filtered = numbers.database_now(), bool(search or category)
    found = _in_season(now).named(search).prefetch_related("variants")
    found = found.filter(category=category) if category else found
    running = [] if filtered else list(Round.objects.running(now))
    of_rounds = RoundProduct.objects.filter(round__in=running).values("product_id")
    shown = lists.cut_in_order(found.exclude(pk__in=of_rounds) if running else found, request.GET, "place")
    first = not (request.GET.get("before") or request.GET.get("after"))
    context = {
        "slice": shown,
        "cards": cards(shown.rows, now),
        "rounds": _sections(running, now) if first else [],
        "search": search,
        "kept": {"category": category} if category else {},
        "filters": _filters(category, now),
        "filtered": filtered,
    }
    return remembering_source(request, page(request, "storefront/catalogue.html", context))


@open_to_all
@require_safe
def product(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """One product: pictures, options, what is left, and ordering it right here."""
    found = on_show(public_id)
    if found is None:
        return gone(request)
    response = show(request, found, request.GET.get("option", ""), request.GET.get("quantity", ""))
    return remembering_source(request, response)


def _in_season(now: datetime.datetime) -> ProductQuerySet:
    """What is on sale, without that which is sold in rounds only and has none now."""
    resting = RoundProduct.objects.resting(now).values("product_id")
    return Product.objects.on_show().exclude(pk__in=resting)


def _sections(running: Sequence[Round], now: datetime.datetime) -> list[dict[str, Any]]:
    """The open rounds with the first of their products; those that sell nothing now are left out."""
    found = [(one, list(sold_in(one)[: FEW + 1])) for one in running]
    return [
        {**told(one, now), "cards": cards(products[:FEW], now), "more": len(products) > FEW}
        for one, products in found
        if products
    ]


def on_show(public_id: str) -> Product | None:
    """The product that a buyer may see under this id."""
    return Product.objects.on_show().filter(public_id=public_id).prefetch_related("variants").first()


def variant_named(found: Product, told: str) -> Variant | None:
    """The product's own variant that a form names by its id."""
    return next((variant for variant in found.active_variants() if str(variant.pk) == told), None)


def show(
    request: ShopRequest, found: Product, option: str, quantity: str, problems: dict[str, str] | None = None
) -> HttpResponse:
    """The product's page, with what was chosen so far and what is wrong with it."""
    now = numbers.database_now()
    options = [_option(found, variant) for variant in found.active_variants()]
    chosen = _chosen(options, option)
    sold_out = [choice for choice in options if choice["sold_out"]]
    context = {
        "product": found,
        "shots": pictures.gallery(found),
        "sold_out_options": sold_out,
        "waits": _waits(request.buyer, sold_out),
        "card": card(found, places([found], now).get(found.pk)),
        "options": [{**choice, "chosen": choice is chosen} for choice in options],
        "several": len(options) > 1,
        "quantity": pieces_in(quantity) or 1,
        "problems": problems or {},
    }
    return page(request, "storefront/product.html", context, status=422 if problems else 200)


def _waits(buyer: Buyer | None, sold_out: list[dict[str, Any]]) -> list[Waiting]:
    """What of it the buyer waits for already."""
    if buyer is None or not sold_out:
        return []
    ids = [choice["id"] for choice in sold_out]
    mine = Waiting.objects.waiting().filter(customer_id=buyer.customer_id, variant_id__in=ids)
    return list(mine.prefetch_related("variant"))


def gone(request: ShopRequest) -> HttpResponse:
    """The same answer for what never was, is not on sale, or is another's (P38)."""
    return page(request, "storefront/gone.html", {}, status=404)


def cards(found: Sequence[Product], now: datetime.datetime) -> list[dict[str, Any]]:
    """The products' cards, each with what its rounds say. Two queries."""
    seated = places(found, now)
    return [card(product, seated.get(product.pk)) for product in found]


def card(found: Product, place: Place | None = None) -> dict[str, Any]:
    """What a product's card shows: the lowest price, what is left when it is little, its round."""
    options = [_option(found, variant) for variant in found.active_variants()]
    prices = [choice["price"] for choice in options]
    return {
        "product": found,
        "price": min(prices),
        "from": min(prices) != max(prices),
        "place": place,
        "sold_out": all(choice["sold_out"] for choice in options),
        "left": found.stock if 0 <= found.stock < LOW_STOCK else None,
    }


def _option(found: Product, variant: Variant) -> dict[str, Any]:
    left = None if variant.unlimited else variant.stock
    return {
        "id": variant.pk,
        "place": variant.position,
        "label": variant.label,
        "price": variant.price_in(found) or 0,
        "left": left,
        "sold_out": left == 0,
    }


def _chosen(options: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    """What was chosen before; else the only one that can be had."""
    open_ones = [choice for choice in options if not choice["sold_out"]]
    asked = [choice for choice in open_ones if str(choice["place"]) == wanted]
    return asked[0] if asked else open_ones[0] if len(open_ones) == 1 else None


def _filters(chosen: str, now: datetime.datetime) -> list[dict[str, Any]]:
    """A chip for each category, when there is more than one way to look."""
    named = _in_season(now).exclude(category="").order_by().values("category")
    found = list(named.annotate(count=Count("pk")).order_by("-count", "category")[:CATEGORIES])
    chips = [{"label": gettext("All"), "url": "?", "active": not chosen}] if found else []
    for row in found:
        name = row["category"]
        url = f"?{urlencode({'category': name})}"
        chips.append({"label": name, "url": url, "active": name == chosen, "count": row["count"]})
    return chips


def remembering_source(request: ShopRequest, response: HttpResponse) -> HttpResponse:
    """Whoever came by a shared link keeps its word for a day: their orders will tell where it was shared."""
    if "via" in request.GET:
        # Cookies are ASCII.
        keep(request, response, SHARED, quote(source_word(request.GET["via"])) or "-", seconds=DAY)
    return response
