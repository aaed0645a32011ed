"""A product's pictures in their order; the first is the one that lists and chats show."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import F
from django.db.models.functions import Now

from plusone.base import audit, events
from plusone.base.audit import Actor
from plusone.catalogue.models import Picture, Product

MOST = 8


class Shot(NamedTuple):
    """The names of a picture's file and of its thumbnail's."""

    image: str
    thumbnail: str


class TooManyPictures(Exception):
    """A product has at most MOST pictures."""


def gallery(product: Product) -> list[Shot]:
    """All pictures in order."""
    further = [Shot(one.image, one.thumbnail) for one in product.pictures.order_by("place", "id")]
    return [Shot(product.image, product.thumbnail), *further] if product.image else further


def add(actor: Actor, product: Product, shots: Sequence[Shot]) -> int:
    """Put pictures behind those there are. Returns the audit row; raises TooManyPictures."""
    return rearrange(actor, product, [*gallery(_held(product)), *shots])


def move(actor: Actor, product: Product, image: str, place: int) -> int | None:
    """Put a picture at this place, counted from 0; None when it has gone or stands there."""
    shots = gallery(_held(product))
    moved = [shot for shot in shots if shot.image == image]
    rest = [shot for shot in shots if shot.image != image]
    wanted = [*rest[: max(0, place)], *moved, *rest[max(0, place) :]]
    return rearrange(actor, product, wanted) if wanted != shots else None


def drop(actor: Actor, product: Product, image: str) -> int | None:
    """Take a picture away; its file stays, so that it can be put back. None when it has gone already."""
    shots = gallery(_held(product))
    wanted = [shot for shot in shots if shot.image != image]
    return rearrange(actor, product, wanted) if wanted != shots else None


def rearrange(actor: Actor, product: Product, shots: Sequence[Shot]) -> int:
    """Make these the product's pictures, in this order. Returns the audit row that an undo starts from.

    Raises TooManyPictures.
    """
    if len(shots) > MOST:
        raise TooManyPictures
    before = gallery(_held(product))
    store(product, shots)
    entry = audit.note(
        actor, "product.gallery", f"product:{product.pk}", {"pictures": before}, {"pictures": list(shots)}
    )
    events.record("product.changed", product=product.pk)
    return entry.pk


def store(product: Product, shots: Sequence[Shot]) -> None:
    """Write the rows, without a trace of its own: for an undo, which leaves one."""
    first, *further = [*shots] or [Shot("", "")]
    Product.objects.filter(pk=product.pk).update(
        image=first.image, thumbnail=first.thumbnail, version=F("version") + 1, updated_at=Now()
    )
    Picture.objects.filter(product=product).delete()
    Picture.objects.bulk_create(
        Picture(product=product, image=shot.image, thumbnail=shot.thumbnail, place=place)
        for place, shot in enumerate(further, start=1)
    )


def _held(product: Product) -> Product:
    """The product as it is now, nobody else changing it until the transaction ends."""
    return Product.objects.select_for_update(no_key=True).get(pk=product.pk)
