"""Put up, change and remove products."""

import uuid
from dataclasses import dataclass, replace

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from plusone.base import audit, events, numbers, scope
from plusone.base.audit import Actor
from plusone.catalogue import rules
from plusone.catalogue.actions import arrange, bulk, stock
from plusone.catalogue.models import Picture, Product, Variant
from plusone.catalogue.rules import ProductDraft, VariantDraft
from plusone.tenants.models import Tenant

# What a product from a photo is called until it has its code.
UNNAMED = "?"


@dataclass
class BadProduct(Exception):
    """The draft can't be stored: field to code of what is wrong."""

    problems: dict[str, str]


class ChangedMeanwhile(Exception):
    """Somebody else changed the product since the form was opened; nothing was stored."""


def put_up(
    actor: Actor, draft: ProductDraft, *, home_chat: str = "", image: str = "", thumbnail: str = ""
) -> Product:
    """Insert a product with its variants and first stock, under the next code of the tenant's day (JG05).

    Raises BadProduct. `home_chat` is the group whose photo made it; empty means all chats.
    """
    _refuse_problems(draft)
    stock.take_turn()  # before the counter, as an imported file does: a lane may go on to take orders
    tenant = Tenant.objects.get(pk=scope.current())
    day = numbers.local_day(numbers.database_now(), tenant.timezone)
    product = _row(draft, rules.product_code(day, numbers.take("product", day)), arrange.first_place())
    product.home_chat, product.image, product.thumbnail = home_chat, image, thumbnail
    product.save(force_insert=True)
    for position, variant in enumerate(draft.variants):
        _add_variant(actor, product, variant, position)
    told = {"code": product.code, **({} if product.name == UNNAMED else {"name": product.name})}
    audit.note(actor, "product.put_up", f"product:{product.pk}", after=told)
    events.record("product.changed", product=product.pk)
    return Product.objects.get(pk=product.pk)


def _row(draft: ProductDraft, code: str, place: int) -> Product:
    """The draft as a row that is not stored yet, without its variants."""
    return Product(
        code=code,
        name=draft.name.strip(),
        price=draft.price,
        description=draft.description,
        category=draft.category.strip(),
        option_names=list(draft.option_names),
        words=list(draft.words),
        is_public=draft.is_public,
        published_at=Now() if draft.is_public else None,
        place=place,
    )


def copy(actor: Actor, product: Product) -> Product:
    """Insert a product like this one under a code of its own: off sale, nothing in stock, the same
    pictures. Unlimited options stay unlimited.
    """
    like = draft_of(product)
    variants = tuple(
        replace(one, id=None, stock=one.stock if one.stock == rules.UNLIMITED else 0) for one in like.variants
    )
    draft = replace(like, is_public=False, variants=variants)
    made = put_up(actor, draft, image=product.image, thumbnail=product.thumbnail)
    Picture.objects.bulk_create(
        Picture(product=made, image=one.image, thumbnail=one.thumbnail, place=one.place)
        for one in product.pictures.order_by("place", "id")
    )
    return made


def put_up_from_photo(actor: Actor, home_chat: str) -> Product:
    """Insert a product that has only a picture yet: named by its code, unlimited,
    not public until it gets a price (JG16).
    """
    unnamed = ProductDraft(
        name=UNNAMED, price=None, is_public=False, variants=(VariantDraft(stock=rules.UNLIMITED),)
    )
    product = put_up(actor, unnamed, home_chat=home_chat)
    Product.objects.filter(pk=product.pk).update(name=product.code)
    product.name = product.code
    return product


def draft_of(product: Product) -> ProductDraft:
    """The product as a draft, to change some of it and store it back."""
    variants = tuple(
        VariantDraft(tuple(str(o) for o in v.options), v.price, v.shown_stock, v.sku, v.pk)
        for v in product.active_variants()
    )
    return ProductDraft(
        product.name,
        product.price,
        product.description,
        product.category,
        product.is_public,
        tuple(str(name) for name in product.option_names),
        tuple(str(word) for word in product.words),
        variants,
    )


def change(actor: Actor, product: Product, draft: ProductDraft, *, version: int | None = None) -> Product:
    """Store a draft over the product: everything but the code.
    Prices of orders already taken stay as they were.

    Variants are matched by id; those left out are put away, not deleted. Stock changes are movements of the
    difference. Raises BadProduct, ChangedMeanwhile (when `version` is given and no longer the product's).
    """
    _refuse_problems(draft)
    stock.take_turn()
    # Without the key: lines of orders being taken hold a share of it, and the two would wait for each other.
    held = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    if version is not None and version != held.version:
        raise ChangedMeanwhile
    Product.objects.filter(pk=product.pk).update(
        name=draft.name.strip(),
        price=draft.price,
        description=draft.description,
        category=draft.category.strip(),
        option_names=list(draft.option_names),
        words=list(draft.words),
        is_public=draft.is_public,
        published_at=Coalesce("published_at", Now()) if draft.is_public else F("published_at"),
        version=F("version") + 1,
        updated_at=Now(),
    )
    _change_variants(actor, held, draft.variants)
    if draft.is_public and not held.is_public:
        stock.tell_of_sale([product.pk])
    audit.note(actor, "product.changed", f"product:{product.pk}", {"name": held.name}, {"name": draft.name})
    events.record("product.changed", product=product.pk)
    return Product.objects.get(pk=product.pk)


def show_or_hide(actor: Actor, product: Product, is_public: bool) -> None:
    """Turn the public switch; turned on for the first time, the product becomes the newest."""
    Product.objects.filter(pk=product.pk).update(
        is_public=is_public,
        published_at=Coalesce("published_at", Now()) if is_public else F("published_at"),
        version=F("version") + 1,
        updated_at=Now(),
    )
    if is_public:
        stock.tell_of_sale([product.pk])
    audit.note(actor, "product.shown" if is_public else "product.hidden", f"product:{product.pk}")
    events.record("product.changed", product=product.pk)


def set_picture(actor: Actor, product: Product, image: str, thumbnail: str) -> None:
    """Store the names of the product's picture and thumbnail files."""
    Product.objects.filter(pk=product.pk).update(image=image, thumbnail=thumbnail, updated_at=Now())
    audit.note(actor, "product.pictured", f"product:{product.pk}")


def remove(actor: Actor, product: Product) -> bool:
    """Take the product out of the shop; returns False when it has orders and was made non-public instead
    (JG07). Can be undone.
    """
    return bulk.remove(actor, [product]).kept == ()


def _refuse_problems(draft: ProductDraft) -> None:
    found = rules.problems(draft)
    if found:
        raise BadProduct(found)


def _add_variant(actor: Actor, product: Product, draft: VariantDraft, position: int) -> None:
    unlimited = draft.stock == rules.UNLIMITED
    variant = Variant.objects.create(
        product=product,
        sku=draft.sku,
        options=list(draft.options),
        price=draft.price,
        unlimited=unlimited,
        position=position,
    )
    if draft.stock and draft.stock > 0:
        stock.move([stock.Move(variant.pk, draft.stock, "initial", f"variant:{variant.pk}", actor)])


def _change_variants(actor: Actor, product: Product, drafts: tuple[VariantDraft, ...]) -> None:
    kept = {variant.pk: variant for variant in product.variants.all()}
    wanted = {draft.id for draft in drafts if draft.id in kept}
    Variant.objects.filter(pk__in=kept.keys() - wanted).update(is_active=False)
    for position, draft in enumerate(drafts):
        if draft.id in kept:
            _change_variant(actor, draft, position)
        else:
            _add_variant(actor, product, draft, position)


def _change_variant(actor: Actor, draft: VariantDraft, position: int) -> None:
    assert draft.id is not None
    Variant.objects.filter(pk=draft.id).update(
        sku=draft.sku, options=list(draft.options), price=draft.price, position=position, is_active=True
    )
    if draft.stock is not None:
        stock.set_stock(actor, draft.id, draft.stock, f"edit:{uuid.uuid4().hex}")
