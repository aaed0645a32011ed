"""What group-buy rounds mean for a buyer, for templates: until when, and what can be ordered now."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plusone.catalogue.models import Product, ProductQuerySet
from plusone.orders.actions import rounds
from plusone.orders.models import Round, RoundProduct
from plusone.orders.rules.rounds import Refusal, seat
from plusone.storefront.rules.closing import Unit, left

PATTERNS: dict[Unit, str | Promise] = {
    "days": _("{days} d {hours} h left"),
    "hours": _("{hours} h {minutes} min left"),
    "minutes": _("{minutes} min left"),
    "moment": _("less than a minute left"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """What a product's rounds say at this moment: the one it is ordered in, or why it can't be had."""

    round: dict[str, Any]
    refused: Refusal
    exclusive: bool


def places(products: Iterable[Product], now: datetime.datetime) -> dict[int, Place]:
    """By product id, of those that are in rounds. Two queries."""
    spans = rounds.spans([product.pk for product in products])
    seats = {product_id: seat(found, "", now) for product_id, found in spans.items()}
    named = {seated.span.id for seated in seats.values() if seated.span}
    known = Round.objects.in_bulk(named) if named else {}
    return {
        product_id: Place(told(known[seated.span.id], now), seated.refused, seated.span.exclusive)
        for product_id, seated in seats.items()
        if seated.span
    }


def sold_in(found: Round) -> ProductQuerySet:
    """What is on sale in a round, in the shop's order."""
    ids = RoundProduct.objects.filter(round=found).values("product_id")
    return Product.objects.on_show().filter(pk__in=ids).order_by("place", "-pk").prefetch_related("variants")


def told(found: Round, now: datetime.datetime) -> dict[str, Any]:
    """A round for templates (storefront/closing.html): its state, and what is left in words."""
    unit, days, hours, minutes = left(found.closes_at, now)
    pattern = PATTERNS.get(unit, "")
    return {
        "found": found,
        "state": found.state(now),
        "left": str(pattern).format(days=days, hours=hours, minutes=minutes),
        "now": now,
        "patterns": PATTERNS,
    }
