"""Put into the basket, order now, order the basket. What forms send is a variant, a number and a command id;
prices, totals and who orders are the server's business (P21).
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from plusone.base import numbers
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import Wish
from plusone.orders.actions.take import Outcome
from plusone.orders.rules.terms import MOST
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only, open_to_all, to_sign_in
from plusone.storefront.actions import ordering
from plusone.storefront.rules import baskets
from plusone.storefront.rules.words import source_word
from plusone.storefront.views import goods
from plusone.storefront.views.pages import address, basket, going, keep_basket, page
from plusone.storefront.views.round_words import Place, places
from plusone.tenants.views.pages import refreshed


@open_to_all
@require_POST
def order(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """From the product's page: into the basket, or an order at once (after signing in, where needed)."""
    found = goods.on_show(public_id)
    if found is None:
        return goods.gone(request)
    pieces = baskets.pieces_in(request.POST.get("quantity", ""))
    variant = goods.variant_named(found, request.POST.get("variant", ""))
    if variant is None or pieces is None:
        return goods.show(request, found, "", str(pieces or ""), _problems(variant, pieces))
    if request.POST.get("do") == "basket":
        response = going(request, "shop-product", public_id, said="in_basket")
        keep_basket(request, response, baskets.with_more(basket(request), variant.pk, pieces))
        return response
    if request.buyer is None:
        chosen = f"?option={variant.position}&quantity={pieces}"
        return to_sign_in(request, address(request, "shop-product", public_id) + chosen)
    return _place(request, [Wish(variant.pk, pieces)], ("shop-product", public_id))


@open_to_all
@require_safe
def show_basket(request: ShopRequest, slug: str) -> HttpResponse:
    """What lies in the basket, at today's prices; what can't be had is said and not counted."""
    lines = _lines(basket(request))
    context = {
        "lines": lines,
        "total": sum(line["subtotal"] for line in lines),
        "orderable": any(line["pieces"] for line in lines),
    }
    return page(request, "storefront/basket.html", context)


@open_to_all
@require_POST
def set_pieces(request: ShopRequest, slug: str) -> HttpResponse:
    """So many of a variant in the basket; none takes it out."""
    pieces = baskets.pieces_in(request.POST.get("quantity", ""), none=True)
    variant_id = request.POST.get("variant", "")
    held = basket(request)
    if pieces is None or not (variant_id.isascii() and variant_id.isdigit() and int(variant_id) in held):
        return going(request, "shop-basket")
    taken_out = f"removed.{variant_id}x{held[int(variant_id)]}"
    response = going(request, "shop-basket", said="" if pieces else taken_out)
    keep_basket(request, response, baskets.with_exactly(held, int(variant_id), pieces))
    return response


@open_to_all
@require_POST
def put_back(request: ShopRequest, slug: str) -> HttpResponse:
    """What was just taken out lies in the basket again: the undo of the notice that said so."""
    response = refreshed()
    back = baskets.read(request.GET.get("line", ""))
    keep_basket(request, response, {**basket(request), **back})
    return response


@buyers_only
@require_POST
def order_basket(request: ShopRequest, slug: str) -> HttpResponse:
    """Order all that can be had of the basket; what sold out meanwhile stays in it."""
    wishes = [Wish(line["variant"].pk, line["wanted"]) for line in _lines(basket(request)) if line["pieces"]]
    return _place(request, wishes, ("shop-basket",)) if wishes else going(request, "shop-basket")


def _place(request: ShopRequest, wishes: Sequence[Wish], back: tuple[str, ...]) -> HttpResponse:
    word = request.COOKIES.get(goods.SHARED, "")
    try:
        outcome = ordering.place(
            request.tenant,
            buyer_of(request),
            wishes,
            command=request.POST.get("command", "")[:40],
            source="share" if word else "liff",
            source_word=source_word(unquote(word)).strip("-"),
        )
    except ordering.AlreadyPlaced as before:
        return _emptied(request, going(request, "shop-order-page", before.public_id, said="again"), wishes)
    except ordering.TooFast:
        return going(request, *back, said="too_fast")
    if outcome.order_id is None:
        return going(request, *back, said=outcome.lines[0].refused if outcome.lines else "not_public")
    said = "ordered" if all(line.given for line in outcome.lines) else "left_over"
    return _emptied(request, going(request, "shop-order-page", outcome.public_id, said=said), _given(outcome))


def _given(outcome: Outcome) -> list[Wish]:
    return [Wish(line.variant_id, line.given) for line in outcome.lines if line.given]


def _emptied(request: ShopRequest, response: HttpResponse, ordered: Sequence[Wish]) -> HttpResponse:
    """What was ordered is not in the basket any more."""
    held = basket(request)
    for wish in ordered:
        held = baskets.with_exactly(held, wish.variant_id, 0)
    keep_basket(request, response, held)
    return response


def _problems(variant: Variant | None, pieces: int | None) -> dict[str, str]:
    problems = {}
    if variant is None:
        problems["variant"] = gettext("Please choose one of these.")
    if pieces is None:
        problems["quantity"] = gettext("Please enter a number from 1 to 99.")
    return problems


def _lines(held: dict[int, int]) -> list[dict[str, Any]]:
    """The basket's lines in order; what no longer exists or is not on sale is told, with no pieces."""
    on_show = Product.objects.on_show().values("pk")
    variants = Variant.objects.filter(pk__in=held, is_active=True, product__in=on_show).select_related(
        "product"
    )
    known = {variant.pk: variant for variant in variants}
    seated = places([variant.product for variant in known.values()], numbers.database_now())
    return [
        _line(known[variant_id], wanted, seated.get(known[variant_id].product_id))
        for variant_id, wanted in held.items()
        if variant_id in known
    ]


def _line(variant: Variant, wanted: int, place: Place | None) -> dict[str, Any]:
    price = variant.price_in(variant.product) or 0
    pieces = wanted if variant.unlimited else min(wanted, variant.stock)
    pieces = 0 if place and place.refused else pieces
    return {
        "place": place,
        "variant": variant,
        "product": variant.product,
        "wanted": wanted,
        "pieces": pieces,
        "short": pieces < wanted,
        "left": None if variant.unlimited else variant.stock,
        "price": price,
        "subtotal": pieces * price,
        "less": wanted - 1,
        "more": min(MOST, wanted + 1),
    }
