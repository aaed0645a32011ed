"""What goes in and comes out, as openapi.json describes it."""

import datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from plusone.catalogue.rules import MAX_PRICE, MAX_STOCK, UNLIMITED
from plusone.orders.models import Status

# PostgreSQL keeps no NUL characters, so texts that have one are refused at the door.
_ANY = r"^[^\x00]*$"
_NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"

Price = Annotated[
    int,
    Field(strict=True, ge=0, le=MAX_PRICE, description="In whole units of the currency.", examples=[680]),
]
Stock = Annotated[
    int,
    Field(strict=True, ge=UNLIMITED, le=MAX_STOCK, description="Pieces; -1 = unlimited.", examples=[20]),
]
Switch = Annotated[bool, Field(strict=True)]
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=_NOT_BLANK, examples=["阿里山高山茶"])]
Description = Annotated[str, Field(max_length=5000, pattern=_ANY, examples=["2026 春茶,150 克"])]
Category = Annotated[str, Field(max_length=60, pattern=_ANY, examples=["茶"])]
Sku = Annotated[str, Field(max_length=60, pattern=_ANY, description="The shop's own article number.")]
Word = Annotated[str, Field(min_length=1, max_length=40, pattern=_NOT_BLANK)]
Options = Annotated[
    dict[Word, Word],
    Field(
        max_length=5,
        description="Option name to value, {} without options. All variants name the same.",
        examples=[{"顏色": "黑", "尺寸": "M"}],
    ),
]
Search = Annotated[str, Field(max_length=100, pattern=_ANY)]
Tracking = Annotated[str, Field(max_length=60, pattern=_ANY, examples=["907123456789"])]
Memo = Annotated[str, Field(max_length=2000, pattern=_ANY, description="Buyers never see it.")]


class Given(Schema):
    """A body: fields that don't exist are refused, so that a misspelt one is not lost silently."""

    model_config = ConfigDict(extra="forbid")


class VariantIn(Given):
    """A variant. Without a price it has the product's."""

    sku: Sku = ""
    options: Options = Field(default_factory=dict)
    price: Price | None = None
    stock: Stock = 0


class ProductIn(Given):
    """A new product. Without variants it is one variant without options, with `stock` pieces."""

    name: Name
    price: Price
    description: Description = ""
    category: Category = ""
    stock: Stock = 0
    is_public: Switch = True
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=100)] | None = None


class ProductChange(Given):
    """What to change of a product; a field left out stays as it is.

    `variants` is the whole new list: those with the same options are kept, with their sku, price and stock
    unless given anew; those left out are put away. `stock` is for products with one variant.
    """

    name: Name = Field(default_factory=str)
    price: Price = Field(default_factory=int)
    description: Description = Field(default_factory=str)
    category: Category = Field(default_factory=str)
    stock: Stock = Field(default_factory=int)
    is_public: Switch = Field(default_factory=bool)
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=100)] = Field(default_factory=list)


class VariantOut(Schema):
    """A variant; `price` is the product's unless it has its own, null while the product has none yet."""

    sku: str
    options: dict[str, str] = Field(examples=[{"顏色": "黑", "尺寸": "M"}])
    price: int | None
    stock: int = Field(description="-1 = unlimited.")


class ProductOut(Schema):
    """A product. `code` comes of the shop's day and never changes; `price` is null until it has one."""

    code: str = Field(examples=["261122001"])
    name: str
    description: str
    category: str
    price: int | None
    stock: int = Field(description="The sum over the variants; -1 when any of them is unlimited.")
    is_public: bool
    variants: list[VariantOut]


class Removed(Schema):
    """What came of removing: a product that has orders stays and is no longer public instead."""

    removed: bool
    is_public: bool = False


class BuyerOut(Schema):
    """Who ordered."""

    id: int
    display_name: str
    line_user_id: str | None


class LineOut(Schema):
    """One variant in an order, at the price the buyer saw."""

    product_code: str
    variant: str = Field(description="Its option values; empty without options.", examples=["黑 M"])
    name: str
    quantity: int
    unit_price: int


class OrderOut(Schema):
    """An order. Amounts are in whole units of `currency`."""

    number: str = Field(examples=["9F3A-20261122-0001"])
    status: Status
    customer: BuyerOut
    source: str = Field(description="chat, group, liff, share, console or api.", examples=["chat"])
    placed_at: datetime.datetime
    lines: list[LineOut]
    total: int
    currency: str = Field(examples=["TWD"])
    tracking_number: str
    memo: str


class OrderChange(Given):
    """What to change of an order; a field left out stays. Cancelling gives the pieces back to stock."""

    status: Status = Field(default_factory=lambda: Status.OTHER)
    tracking_number: Tracking = Field(default_factory=str)
    memo: Memo = Field(default_factory=str)


class CustomerOut(Schema):
    """A customer. Count, total and date are of orders that are not cancelled."""

    id: int
    line_user_id: str | None = Field(description="As the shop's official account knows them.")
    display_name: str
    joined_at: datetime.datetime
    order_count: int
    order_total: int
    last_order_at: datetime.datetime | None


class Products(Schema):
    """A page of products, newest first."""

    items: list[ProductOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class Orders(Schema):
    """A page of orders, newest first."""

    items: list[OrderOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class Customers(Schema):
    """A page of customers, newest first."""

    items: list[CustomerOut]
    next: str | None = Field(description="The cursor of the next page; null on the last.")


class ErrorOut(Schema):
    """`field` is a path such as variants.0.price, or empty; `code` is for programs, `message` for people."""

    field: str = Field(examples=["price"])
    code: str = Field(examples=["out_of_range"])
    message: str


class Errors(Schema):
    """Why a call was refused; nothing was changed."""

    errors: list[ErrorOut]


AGAIN: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "description": "Makes repeating this very call safe for two days.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
        }
    ]
}


def refusals(*statuses: int) -> dict[int, Any]:
    """The refusals a view may give, for its `response`; 429 is for who guesses tokens."""
    return dict.fromkeys((401, *statuses, 429, 503), Errors)
