"""A group-buy round's page for buyers: the link to share where the round is announced."""

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from plusone.base import numbers
from plusone.base.views import lists
from plusone.orders.models import Round
from plusone.storefront.access import ShopRequest, open_to_all
from plusone.storefront.views import goods
from plusone.storefront.views.pages import page
from plusone.storefront.views.round_words import sold_in, told


@open_to_all
@require_safe
def round_page(request: ShopRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """One round: until when, and all that is sold in it."""
    found = Round.objects.filter(public_id=public_id).first()
    if found is None:
        return goods.gone(request)
    now = numbers.database_now()
    shown = lists.cut_in_order(sold_in(found), request.GET, "place")
    context = {"round": told(found, now), "slice": shown, "cards": goods.cards(shown.rows, now)}
    return goods.remembering_source(request, page(request, "storefront/round.html", context))
