"""Order, its lines, its history, and which message shows which product."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Now

from plusone.base.ids import new_public_id
from plusone.base.models import Owned, OwnedManager, OwnedQuerySet
from plusone.customers.models import Customer
from plusone.orders.rules import paid


class Status(models.TextChoices):
    """The six states of an order (訂單狀態, JG10)."""

    NOT_PURCHASED = "not_purchased"  # 未購入
    PURCHASED = "purchased"  # 已購買
    CANCELLED = "cancelled"  # 已售完/取消
    PAID = "paid"  # 已支付
    SHIPPED = "shipped"  # 已出貨
    OTHER = "other"  # 其他/請諮詢


OPEN = (Status.NOT_PURCHASED, Status.PURCHASED)


class OrderQuerySet(OwnedQuerySet["Order"]):
    """Ways to look for orders."""

    def listed(self) -> "OrderQuerySet":
        """Newest first, with customer, lines, and the order that one was merged into."""
        return self.order_by("-id").prefetch_related("customer", "lines", "merged_into")

    def open(self) -> "OrderQuerySet":
        """Those that a buyer can still change: not purchased yet, or purchased."""
        return self.filter(status__in=OPEN)

    def searched(self, words: str) -> "OrderQuerySet":
        """By order number or customer name (JG11).

        Customers are asked for aside: over a join the planner began with them and sorted all orders (230 ms
        of SQL for the first page of 100,000, now 2; measured 2026-11-25). Numbers are in capitals.
        """
        if not words:
            return self
        called = Customer.objects.filter(name__icontains=words)
        return self.filter(Q(number__contains=words.upper()) | Q(customer_id__in=called.values("pk")))

    def fitting(self, words: str, status: str) -> "OrderQuerySet":
        """What the list shows for these words and this filter: one of the six, or unpaid; else all."""
        found = self.searched(words)
        if status == "unpaid":
            return found.open()
        return found.filter(status=status) if status in Status.values else found

    def differing(self) -> "OrderQuerySet":
        """Those marked as paid whose total is another by now, but for the cancelled."""
        return self.filter(paid_total__isnull=False).exclude(paid_total=F("total")).counted()

    def counted(self) -> "OrderQuerySet":
        """Those that count as sales: all but the cancelled."""
        return self.exclude(status=Status.CANCELLED)

    def figures(self) -> dict[str, object]:
        """How many, worth how much (currency units), and when the last was placed."""
        return self.aggregate(count=Count("id"), total=Sum("total"), last=Max("placed_at"))


OrderManager = OwnedManager.from_queryset(OrderQuerySet)


class Order(Owned):
    """An order (訂單). `number` is XXXX-YYYYMMDD-NNNN, by the tenant's clock, without gaps (JG09)."""

    number = models.CharField(max_length=24)
    public_id = models.CharField(max_length=24, default=new_public_id)
    customer = models.ForeignKey(
        "plusone.Customer", models.PROTECT, related_name="orders", db_constraint=False, db_index=False
    )
    contact = models.ForeignKey(
        "plusone.Contact", models.SET_NULL, null=True, related_name="+", db_constraint=False, db_index=False
    )
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.PURCHASED)
    source = models.CharField(max_length=10)
    source_word = models.CharField(max_length=40, blank=True, db_default="")
    chat_key = models.CharField(max_length=40, blank=True, db_default="")
    cause = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    total = models.PositiveBigIntegerField()
    # What the team has marked as paid, in currency units; the total may have changed since (rules/paid.py).
    paid_total = models.PositiveBigIntegerField(null=True)
    memo = models.TextField(blank=True, db_default="")
    tracking_number = models.CharField(max_length=60, blank=True, db_default="")
    placed_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1, db_default=1)
    # The order that took over this one's lines; it stands as cancelled then, with nothing in it.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )

    objects: ClassVar["OrderManager[Self]"] = OrderManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="order_number_once"),
            models.UniqueConstraint(fields=["tenant", "cause"], name="order_cause_once"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="order_public_id_once"),
        ]
        indexes = [
            # These carry what figures are counted from, so that counting never opens the orders themselves
            # (docs/decisions/0044). Conditions that are always true keep an index away from the checks of
            # foreign keys (docs/decisions/0094).
            models.Index(
                fields=["tenant", "customer", "-id"],
                include=["status", "total", "placed_at"],
                condition=models.Q(customer__isnull=False),
                name="order_customer",
            ),
            models.Index(
                fields=["tenant", "placed_at"],
                include=["status", "total", "source", "customer", "id"],
                condition=models.Q(placed_at__isnull=False),
                name="order_placed",
            ),
            models.Index(fields=["tenant", "status", "-id"], name="order_status"),
            models.Index(
                fields=["tenant", "merged_into"], name="order_merged", condition=~Q(merged_into=None)
            ),
            models.Index(
                fields=["tenant", "-id"],
                name="order_differs",
                condition=Q(paid_total__isnull=False) & ~Q(paid_total=F("total")),
            ),
        ]

    @property
    def kept_lines(self) -> list["OrderLine"]:
        """Its lines without those that were cancelled one by one, in order."""
        return sorted((line for line in self.lines.all() if line.quantity), key=lambda line: line.pk)

    @property
    def owed(self) -> int:
        """Of an order marked as paid: what is still to be paid; below zero: what is to be given back."""
        return paid.owed(self.status, total=self.total, paid=self.paid_total)

    @property
    def to_return(self) -> int:
        """What is to be given back, in currency units."""
        return max(-self.owed, 0)

    @property
    def is_settled(self) -> bool:
        """True when its quantities can't be changed any more: cancelled or shipped."""
        return self.status in (Status.CANCELLED, Status.SHIPPED)


class OrderLine(Owned):
    """One variant in an order (品項), at the price the buyer saw.

    `asked` is what was written, `quantity` what was given; a line that was cancelled alone has 0.
    """

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="lines", db_constraint=False, db_index=False
    )
    # Beside the order's own, so that what a customer holds of a product is one index probe
    # (orders/actions/read.py).
    customer = models.ForeignKey(
        "plusone.Customer", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    product = models.ForeignKey(
        "plusone.Product", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    variant = models.ForeignKey(
        "plusone.Variant", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    product_code = models.CharField(max_length=16)
    round = models.ForeignKey(
        "plusone.Round", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=120)
    variant_label = models.CharField(max_length=120, blank=True)
    asked = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()
    unit_price = models.PositiveIntegerField()
    # The order it was taken in, when that was merged into this one.
    merged_from = models.ForeignKey(
        Order, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["tenant", "order"],
                include=["product", "quantity", "unit_price"],
                name="line_order",
            ),
            models.Index(fields=["tenant", "product"], name="line_product"),
            models.Index(fields=["tenant", "customer", "product"], name="line_customer"),
            models.Index(
                fields=["tenant", "round", "variant"],
                include=["order", "quantity", "unit_price"],
                name="line_round",
                condition=Q(round__isnull=False),
            ),
        ]


class OrderChange(Owned):
    """One change of an order, with who and when: the history on the order's page. Append-only."""

    order = models.ForeignKey(
        Order, models.CASCADE, related_name="changes", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=80, blank=True)
    what = models.CharField(max_length=20)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "order", "id"], name="change_order")]


class Letter(Owned):
    """The shop's own words for one kind of letter to buyers in one language (JG17); without a row ours are
    used.

    Marks stand in it under their stored names, such as {total} (rules/letters.py).
    """

    kind = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    text = models.TextField()
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "language"], name="letter_once")]


class Showing(Owned):
    """A message in a chat that shows a product: quoting it names the product (facts:
    line-platform section 5).
    """

    chat_key = models.CharField(max_length=40)
    message_id = models.CharField(max_length=40)
    product = models.ForeignKey(
        "plusone.Product", models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "message_id"], name="showing_once")]
