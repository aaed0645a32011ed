"""The waiting list (候補) for buyers: join it on a sold-out product's page, see one's places, leave."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from plusone.base import numbers
from plusone.orders.models import Waiting
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only, open_to_all, to_sign_in
from plusone.storefront.actions import queueing
from plusone.storefront.models import Buyer
from plusone.storefront.rules import baskets
from plusone.storefront.views import goods
from plusone.storefront.views.pages import address, going
from plusone.storefront.views.round_words import places


@open_to_all
@require_POST
def join(request: ShopRequest, slug: str, public_id: str) -> HttpResponse:
    """Wait for so many pieces of an option; signed in first, where needed."""
    found = goods.on_show(public_id)
    if found is None:
        return goods.gone(request)
    variant = goods.variant_named(found, request.POST.get("variant", ""))
    pieces = baskets.pieces_in(request.POST.get("quantity", ""))
    if variant is None or pieces is None:
        return going(request, "shop-product", public_id, said="bad_number" if variant else "no_option")
    if request.buyer is None:
        return to_sign_in(request, address(request, "shop-product", public_id))
    place = places([found], numbers.database_now()).get(found.pk)
    if place and place.refused:
        return going(request, "shop-product", public_id, said=place.refused)
    queueing.join(request.buyer, variant.pk, pieces)
    still = Waiting.objects.waiting().filter(customer_id=request.buyer.customer_id, variant=variant).exists()
    return going(request, "shop-orders", said="waiting" if still else "came_meanwhile")


@buyers_only
@require_POST
def leave(request: ShopRequest, slug: str, variant: int) -> HttpResponse:
    """Give one's place up."""
    left = queueing.leave(buyer_of(request), variant)
    return going(request, "shop-orders", said="not_waiting" if left else "did_not_wait")


def mine(buyer: Buyer) -> list[dict[str, Any]]:
    """What the buyer waits for, each with their place. Three queries."""
    rows = Waiting.objects.waiting().filter(customer_id=buyer.customer_id)
    own = list(rows.prefetch_related("variant__product"))
    ahead = Waiting.objects.waiting().filter(variant_id__in=[row.variant_id for row in own])
    queue = list(ahead.values_list("variant_id", "pk")) if own else []
    return [
        {"row": row, "place": sum(1 for variant, pk in queue if variant == row.variant_id and pk <= row.pk)}
        for row in own
    ]
