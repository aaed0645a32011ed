"""The shop window: all goods, and one of them. Anybody may look; links to both can be shared (JG20)."""

from typing import Any
from urllib.parse import quote

from django.db.models import Count
from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from plusone.base.views import lists
from plusone.catalogue.models import LOW_STOCK, Product, Variant
from plusone.storefront.access import ShopRequest, open_to_all
from plusone.storefront.rules.baskets import pieces_in
from plusone.storefront.rules.words import source_word
from plusone.storefront.views.pages import DAY, keep, page

SHARED = "shared"
CATEGORIES = 30


@open_to_all
@require_safe
def catalogue(request: ShopRequest, slug: str) -> HttpResponse:
    """Everything on sale, in the shop's order: searched, by category; the page to pin in a chat."""
    search, category = request.GET.get("q", "").strip()[:80], request.GET.get("category", "")[:60]
    found = Product.objects.on_show().named(search).prefetch_related("variants")
    shown = lists.cut_in_order(found.filter(category=category) if category else found, request.GET, "place")
    context = {
        "slice": shown,
        "cards": [card(product) for product in shown.rows],
        "search": search,
        "kept": {"category": category} if category else {},
        "filters": _filters(category),
        "filtered": bool(search or category),
    }
    return _remembering_source(request, page(request, "storefront/catalogue.html", context))


@open_to_all
@require_safe
def product(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """One product: pictures, options, what is left, and ordering it right here."""
    found = on_show(public_id)
    if found is None:
        return gone(request)
    response = show(request, found, request.GET.get("option", ""), request.GET.get("quantity", ""))
    return _remembering_source(request, response)


def on_show(public_id: str) -> Product | None:
    """The product that a buyer may see under this id."""
    return Product.objects.on_show().filter(public_id=public_id).prefetch_related("variants").first()


def show(
    request: ShopRequest, found: Product, option: str, quantity: str, problems: dict[str, str] | None = None
) -> HttpResponse:
    """The product's page, with what was chosen so far and what is wrong with it."""
    options = [_option(found, variant) for variant in found.active_variants()]
    chosen = _chosen(options, option)
    context = {
        "product": found,
        "card": card(found),
        "options": [{**choice, "chosen": choice is chosen} for choice in options],
        "several": len(options) > 1,
        "quantity": pieces_in(quantity) or 1,
        "problems": problems or {},
    }
    return page(request, "storefront/product.html", context, status=422 if problems else 200)


def gone(request: ShopRequest) -> HttpResponse:
    """The same answer for what never was, is not on sale, or is another's (P38)."""
    return page(request, "storefront/gone.html", {}, status=404)


def card(found: Product) -> dict[str, Any]:
    """What a product's card shows: the lowest price, and what is left when it is little."""
    options = [_option(found, variant) for variant in found.active_variants()]
    prices = [choice["price"] for choice in options]
    return {
        "product": found,
        "price": min(prices),
        "from": min(prices) != max(prices),
        "sold_out": all(choice["sold_out"] for choice in options),
        "left": found.stock if 0 <= found.stock < LOW_STOCK else None,
    }


def _option(found: Product, variant: Variant) -> dict[str, Any]:
    price = found.price if variant.price is None else variant.price
    left = None if variant.unlimited else variant.stock
    return {
        "id": variant.pk,
        "place": variant.position,
        "label": variant.label,
        "price": price or 0,
        "left": left,
        "sold_out": left == 0,
    }


def _chosen(options: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    """What was chosen before; else the only one that can be had."""
    open_ones = [choice for choice in options if not choice["sold_out"]]
    asked = [choice for choice in open_ones if str(choice["place"]) == wanted]
    return asked[0] if asked else open_ones[0] if len(open_ones) == 1 else None


def _filters(chosen: str) -> list[dict[str, Any]]:
    """A chip for each category, when there is more than one way to look."""
    named = Product.objects.on_show().exclude(category="").order_by().values("category")
    found = list(named.annotate(count=Count("pk")).order_by("-count", "category")[:CATEGORIES])
    chips = [{"label": gettext("All"), "url": "?", "active": not chosen}] if found else []
    for row in found:
        name = row["category"]
        chips.append(
            {"label": name, "url": f"?category={name}", "active": name == chosen, "count": row["count"]}
        )
    return chips


def _remembering_source(request: ShopRequest, response: HttpResponse) -> HttpResponse:
    """Whoever came by a shared link keeps its word for a day: their orders will tell where it was shared."""
    if "via" in request.GET:
        # Cookies are ASCII.
        keep(request, response, SHARED, quote(source_word(request.GET["via"])) or "-", seconds=DAY)
    return response
