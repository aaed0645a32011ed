"""The same change for many products at once. What was before stands in the audit, for the undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model
from django.db.models.functions import Coalesce, Now

from plusone.base import audit, events
from plusone.base.audit import Actor
from plusone.catalogue.actions import stock
from plusone.catalogue.models import Product, StockMovement

SUBJECT = "products"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of each product: changed, or `kept` from it with the code of the reason and a figure.

    `entry` is the audit row that an undo starts from, None when nothing changed; `kept_entry` that of what
    was done to the kept ones instead.
    """

    changed: tuple[Product, ...] = ()
    kept: tuple[tuple[Product, str, int], ...] = ()
    entry: int | None = None
    kept_entry: int | None = None


def show_or_hide(actor: Actor, products: Sequence[Product], is_public: bool) -> Done:
    """Turn the public switches; those that stood so already are left alone."""
    first_time = {"published_at": Coalesce("published_at", Now())} if is_public else {}
    fields = {"is_public": is_public, **first_time}
    done = _set(actor, "products.shown" if is_public else "products.hidden", products, "is_public", fields)
    if is_public:
        stock.tell_of_sale(product.pk for product in done.changed)
    return done


def set_category(actor: Actor, products: Sequence[Product], category: str) -> Done:
    """Put all under one category (at most 60 characters); an empty one takes them out of theirs."""
    return _set(actor, "products.categorised", products, "category", {"category": category})


def set_price(actor: Actor, products: Sequence[Product], price: int) -> Done:
    """Give all one price, in currency units; options with a price of their own keep it, orders too."""
    return _set(actor, "products.priced", products, "price", {"price": price})


def move_stock(actor: Actor, products: Sequence[Product], delta: int, cause: str, note: str = "") -> Done:
    """Add pieces to each, or take some away. Kept from it: those that are unlimited, that come in several
    options, or that have too few.
    """
    held = stock.lock(variant.pk for product in products for variant in product.active_variants())
    kept: list[tuple[Product, str, int]] = []
    moves: dict[int, Product] = {}
    for product in products:
        refusal = _refusal(product, held, delta)
        if refusal:
            kept.append((product, *refusal))
        else:
            moves[product.active_variants()[0].pk] = product
    stock.move([stock.Move(pk, delta, "adjust", cause, actor, note) for pk in moves])
    changed = tuple(moves.values())
    return Done(
        changed, tuple(kept), _noted(actor, "products.stocked", dict.fromkeys(moves, 0), {"delta": delta})
    )


def _refusal(product: Product, held: dict[int, stock.LockedVariant], delta: int) -> tuple[str, int] | None:
    variants = product.active_variants()
    if len(variants) != 1 or variants[0].pk not in held:
        return "options", len(variants)
    left = held[variants[0].pk].left
    if left is None:
        return "unlimited", 0
    return ("short", left) if left + delta < 0 else None


def remove(actor: Actor, products: Sequence[Product]) -> Done:
    """Take them out of the shop. Those that have orders stay and go off sale instead (JG07): `kept`.

    Waits for the shop's turn: an order that is being taken is one.
    """
    stock.take_turn()
    ids = [product.pk for product in products]
    sold = StockMovement.objects.filter(reason="order", variant__product__in=ids)
    ordered = set(sold.values_list("variant__product_id", flat=True))
    hidden = [product for product in products if product.pk in ordered]
    gone = tuple(product for product in products if product.pk not in ordered)
    before = {product.pk: product.is_public for product in gone}
    Product.objects.filter(pk__in=before).update(
        removed_at=Now(), is_public=False, version=F("version") + 1, updated_at=Now()
    )
    instead = show_or_hide(actor, hidden, False).entry
    _tell(gone)
    kept = tuple((product, "ordered", 0) for product in hidden)
    return Done(gone, kept, _noted(actor, "products.removed", before, {}), instead)


def _set(actor: Actor, action: str, products: Sequence[Product], field: str, fields: dict[str, Any]) -> Done:
    """Store the fields in those that have another value in `field`, in one statement."""
    value = fields[field]
    held = Product.objects.select_for_update(no_key=True).filter(
        pk__in=[p.pk for p in products], removed_at=None
    )
    changing = [product for product in held.order_by("pk") if getattr(product, field) != value]
    before = {product.pk: getattr(product, field) for product in changing}
    Product.objects.filter(pk__in=before).update(**fields, version=F("version") + 1, updated_at=Now())
    _tell(changing)
    return Done(tuple(changing), (), _noted(actor, action, before, {field: value}))


def _noted(actor: Actor, action: str, before: dict[int, Any], after: dict[str, Any]) -> int | None:
    if not before:
        return None
    told = {str(pk): value for pk, value in before.items()}
    return audit.note(actor, action, SUBJECT, told, after).pk


def _tell(products: Sequence[Model]) -> None:
    events.record_many("product.changed", ({"product": product.pk} for product in products))
