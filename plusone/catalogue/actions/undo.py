"""Take back a change of many products, starting from its audit row: what was changed again since stays."""

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, events
from plusone.base.audit import Actor
from plusone.base.models import AuditEntry
from plusone.catalogue.actions import pictures, stock
from plusone.catalogue.models import Product


class NothingToUndo(Exception):
    """There is no such change, it is not one of these, or it was taken back already."""


def undo(actor: Actor, entry_id: int) -> int:
    """Take the change back and return for how many products; done twice it does nothing twice.

    Raises NothingToUndo.
    """
    stock.take_turn()
    entry = AuditEntry.objects.filter(pk=entry_id, action__in=_WAYS).first()
    subject = f"undo:{entry_id}"
    if entry is None or AuditEntry.objects.filter(action="products.undone", subject=subject).exists():
        raise NothingToUndo
    done = _WAYS[entry.action](actor, entry)
    if entry.action == "products.hidden":
        stock.tell_of_sale(done)
    audit.note(actor, "products.undone", subject, after={"products": done})
    events.record_many("product.changed", ({"product": pk} for pk in done))
    return len(done)


def _field(name: str) -> Callable[[Actor, AuditEntry], list[int]]:
    def back(_actor: Actor, entry: AuditEntry) -> list[int]:
        """Products whose field still has what the change put there get back what they had."""
        standing = Product.objects.filter(pk__in=_ids(entry), removed_at=None, **entry.after)
        found = sorted(standing.values_list("pk", flat=True))
        for value, ids in _by_value(entry.before, found).items():
            _store(ids, **{name: value})
        return found

    return back


def _removal(_actor: Actor, entry: AuditEntry) -> list[int]:
    gone = Product.objects.filter(pk__in=_ids(entry), removed_at__isnull=False)
    found = sorted(gone.values_list("pk", flat=True))
    for is_public, ids in _by_value(entry.before, found).items():
        _store(ids, removed_at=None, is_public=is_public)
    return found


def _stock(actor: Actor, entry: AuditEntry) -> list[int]:
    """The same pieces the other way; options that have sold too many meanwhile stay."""
    delta, cause = -int(entry.after["delta"]), f"undo:{entry.pk}"
    held = stock.lock(_ids(entry))
    able = [one for one in held.values() if one.left is not None and one.left + delta >= 0]
    stock.move([stock.Move(one.id, delta, "adjust", cause, actor) for one in able])
    return [one.product_id for one in able]


def _pictures(_actor: Actor, entry: AuditEntry) -> list[int]:
    product = Product.objects.filter(pk=int(entry.subject.partition(":")[2])).first()
    if product is None or pictures.gallery(product) != _shots(entry.after):
        return []
    pictures.store(product, _shots(entry.before))
    return [product.pk]


_WAYS: dict[str, Callable[[Actor, AuditEntry], list[int]]] = {
    "products.shown": _field("is_public"),
    "products.hidden": _field("is_public"),
    "products.categorised": _field("category"),
    "products.priced": _field("price"),
    "products.stocked": _stock,
    "products.removed": _removal,
    "product.gallery": _pictures,
}


def _ids(entry: AuditEntry) -> list[int]:
    return [int(pk) for pk in entry.before]


def _by_value(before: dict[str, Any], found: list[int]) -> dict[Any, list[int]]:
    """What they had, to the products that had it."""
    grouped: dict[Any, list[int]] = {}
    for pk in found:
        grouped.setdefault(before[str(pk)], []).append(pk)
    return grouped


def _store(ids: list[int], **fields: Any) -> None:
    Product.objects.filter(pk__in=ids).update(**fields, version=F("version") + 1, updated_at=Now())


def _shots(told: dict[str, Any]) -> list[pictures.Shot]:
    return [pictures.Shot(*shot) for shot in told["pictures"]]
