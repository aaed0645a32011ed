"""Product, variant, stock movement."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now

from plusone.base.ids import new_public_id
from plusone.base.models import Owned, OwnedManager, OwnedQuerySet

LOW_STOCK = 10


class ProductQuerySet(OwnedQuerySet["Product"]):
    """Ways to look for products."""

    def listed(self) -> "ProductQuerySet":
        """In the shop's order, with their variants."""
        return self.filter(removed_at=None).arranged().prefetch_related("variants")

    def arranged(self) -> "ProductQuerySet":
        """In the shop's own order, which buyers see too: as dragged, new ones first. `+1` does not care."""
        return self.order_by("place", "-id")

    def named(self, words: str) -> "ProductQuerySet":
        """Those whose name or code contains the words, ignoring case."""
        return self.filter(Q(name__icontains=words) | Q(code__icontains=words)) if words else self

    def low(self) -> "ProductQuerySet":
        """Those with an option that is counted and has fewer than ten left (庫存不足)."""
        return self.filter(is_short())

    def shown(self, show: str) -> "ProductQuerySet":
        """On sale (`sale`), not (`stopped`), low in stock (`low`); anything else is all."""
        wanted = {"sale": Q(is_public=True), "stopped": Q(is_public=False)}
        return self.low() if show == "low" else self.filter(wanted.get(show, Q()))

    def counted(self) -> dict[str, int]:
        """How many there are in all, on sale, not, and low in stock: one statement."""
        public = Count("pk", filter=Q(is_public=True))
        low = Count("pk", filter=is_short())
        found = self.order_by().prefetch_related(None).aggregate(all=Count("pk"), sale=public, low=low)
        return {**found, "stopped": found["all"] - found["sale"]}

    def by_category(self) -> list[tuple[str, int]]:
        """Each category and how many products it has, by name."""
        named = self.exclude(category="").order_by().prefetch_related(None)
        found = named.values_list("category").annotate(Count("pk")).order_by("category")
        return [(name, count) for name, count in found]

    def on_show(self, chat_key: str = "") -> "ProductQuerySet":
        """What `+1` may mean, newest first: in a group, products shown there or in no other group."""
        public = self.filter(is_public=True, removed_at=None, price__isnull=False)
        here = public.filter(Q(home_chat="") | Q(home_chat=chat_key)) if chat_key else public
        return here.order_by(F("published_at").desc(nulls_last=True), "-id")


ProductManager = OwnedManager.from_queryset(ProductQuerySet)


class Product(Owned):
    """Something for sale (商品). `code` is given once and never changes (JG05).

    Codes can be guessed; buyers' addresses carry `public_id` instead (P38).
    """

    code = models.CharField(max_length=16)
    public_id = models.CharField(max_length=24, default=new_public_id)
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=60, blank=True)
    price = models.PositiveIntegerField(null=True)
    option_names = models.JSONField(default=list, blank=True)
    words = models.JSONField(default=list, blank=True)
    image = models.CharField(max_length=80, blank=True)
    thumbnail = models.CharField(max_length=80, blank=True)
    is_public = models.BooleanField(default=True)
    place = models.BigIntegerField(db_default=0)
    home_chat = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects: ClassVar["ProductManager[Self]"] = ProductManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="product_code_once"),
            models.UniqueConstraint(
                fields=["tenant", "public_id"],
                condition=Q(public_id__isnull=False),  # always: docs/decisions/0094
                name="product_public_id_once",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-published_at"], name="product_newest"),
            models.Index(
                fields=["tenant", "place", "-id"], name="product_place", condition=Q(removed_at=None)
            ),
        ]

    def active_variants(self) -> list["Variant"]:
        """The options that can be ordered, in order; at least one."""
        return sorted((v for v in self.variants.all() if v.is_active), key=lambda v: v.position)

    @property
    def stock(self) -> int:
        """What is left over all options; -1 when any of them is unlimited."""
        variants = self.active_variants()
        return -1 if any(v.unlimited for v in variants) else sum(v.stock for v in variants)

    @property
    def low_variants(self) -> list["Variant"]:
        """The counted options that have fewer than ten left."""
        return [v for v in self.active_variants() if not v.unlimited and v.stock < LOW_STOCK]

    @property
    def is_low(self) -> bool:
        """True when a counted option has fewer than ten left."""
        return bool(self.low_variants)


class Variant(Owned):
    """One choice of options of a product (規格); a product without options has exactly one.

    `stock` is the cached balance of its movements; the database keeps it from going below zero. `unlimited`
    replaces the seed's -1, which exists only at the edges.
    """

    product = models.ForeignKey(Product, models.CASCADE, related_name="variants", db_constraint=False)
    sku = models.CharField(max_length=60, blank=True)
    options = models.JSONField(default=list, blank=True)
    price = models.PositiveIntegerField(null=True)
    stock = models.IntegerField(default=0)
    unlimited = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stock__gte=0), name="variant_stock_not_negative"),
        ]
        indexes = [models.Index(fields=["tenant", "product"], name="variant_product")]

    @property
    def label(self) -> str:
        """The option values as a buyer reads them, such as “黑 M”; empty for the only variant."""
        return " ".join(str(value) for value in self.options)

    def price_in(self, product: Product) -> int | None:
        """Its own price, else that of its product, in currency units; None while neither has one."""
        return product.price if self.price is None else self.price

    @property
    def shown_stock(self) -> int:
        """The stock as the edges show it: -1 for unlimited."""
        return -1 if self.unlimited else self.stock


class StockMovement(Owned):
    """One change of a variant's stock (庫存異動): append-only, once a cause."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="movements", db_constraint=False)
    quantity = models.IntegerField()
    reason = models.CharField(max_length=20)
    cause = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=120, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "variant", "reason", "cause"], name="movement_once"),
        ]


class Picture(Owned):
    """A further picture of a product, by `place`; the first stands on the product itself."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures", db_constraint=False)
    image = models.CharField(max_length=80)
    thumbnail = models.CharField(max_length=80)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["tenant", "product"], name="picture_product")]


class ProductFile(Owned):
    """An uploaded table of products: looked at first, applied once.

    `plan` is what it would do, product by product; `digest` names its bytes, so that the same file has one
    effect.
    """

    class State(models.TextChoices):
        """A file is looked at, then applied or forgotten."""

        SEEN = "seen"
        APPLIED = "applied"

    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20)
    unknown = models.JSONField(default=list)
    plan = models.JSONField(default=list)
    same = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.SEEN)
    created_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    actor_kind = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "digest"], condition=Q(state="applied"), name="product_file_once"
            ),
        ]


def is_short() -> Exists:
    """An expression for querysets of products: an option is counted and has fewer than ten left."""
    return Exists(
        Variant.objects.filter(
            tenant_id=OuterRef("tenant_id"),
            product_id=OuterRef("pk"),
            is_active=True,
            unlimited=False,
            stock__lt=LOW_STOCK,
        )
    )
