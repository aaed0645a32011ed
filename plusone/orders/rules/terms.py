"""What goes into the grammar and what comes out: plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Literal, Self

from plusone.orders.rules.fold import fold_name
from plusone.orders.rules.words import DEFAULT

Intent = Literal[
    "order", "reserve", "history", "change", "reduce", "cancel", "edit_product", "ask", "error", "none"
]  # fmt: skip
Error = Literal["quantity_over_limit", "quantity_zero", "unknown_code", "not_public", "sold_out", "unclear",
                "round_planned", "round_closed"]  # fmt: skip
MOST = 99  # pieces of one item, in a message or an order (JG14)
MOST_CHOICES = 13  # quick replies that LINE shows under a message


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be bought; `options` are its option values in order, () for an only variant."""

    id: int
    sku: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as the grammar needs it. `words`: more names that buyers use; `sold_out`: no variant left."""

    code: str
    name: str
    is_public: bool
    variants: tuple[Variant, ...]
    sold_out: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a message can be about: offers by code, the chat's latest, the quoted one, folded names to codes.
    The offers that these name must be among `offers`; what is not there does not exist."""

    offers: Mapping[str, Offer]
    latest: str | None
    quoted: str | None
    named: Mapping[str, str]

    @property
    def default(self) -> str | None:
        """The code that a message without a product is about."""
        return self.quoted or self.latest


class UnknownWordKind(ValueError):
    """A shop's own word was filed under a kind that the grammar does not have."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Words:
    """A shop's command words, folded, by what they do (`words.DEFAULT` says which is which)."""

    order: frozenset[str]
    please: frozenset[str]
    buy: frozenset[str]
    reserve: frozenset[str]
    history: frozenset[str]
    change: frozenset[str]
    reduce: frozenset[str]
    cancel: frozenset[str]
    all: frozenset[str]
    every: frozenset[str]

    @classmethod
    def default(cls) -> Self:
        """The words that every shop starts with, in Chinese, Japanese and English."""
        return cls(**_default_words())

    def with_extra(self, extra: Mapping[str, Iterable[str]]) -> Self:
        """These words and a shop's own, by kind (`{"order": ["喊"]}`). Raises UnknownWordKind."""
        kinds = {field.name for field in fields(self)}
        for kind in extra:
            if kind not in kinds:
                raise UnknownWordKind(kind)
        return replace(self, **{kind: getattr(self, kind) | _folded(more) for kind, more in extra.items()})


@cache
def _default_words() -> dict[str, frozenset[str]]:
    return {kind: _folded(words) for kind, words in DEFAULT.items()}


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for word in words if (folded := fold_name(word)))


@dataclass(frozen=True, slots=True)
class Item:
    """So many of a variant. `variant_id` None: not known here, see `Understanding`. `quantity` is 1 to 99;
    in a cancellation 0 means all that the buyer holds of it."""

    code: str
    variant_id: int | None
    options: tuple[str, ...]
    quantity: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One quick reply of a question; `say_choice` makes the text it sends."""

    item: Item
    label: str


@dataclass(frozen=True, slots=True)
class ProductEdit:
    """What a manager changes; None = left as it is. `price` in whole units of the currency, `stock` -1 =
    unlimited. `problems` name the lines that were wrong; an edit with problems should change nothing."""

    name: str | None = None
    price: int | None = None
    stock: int | None = None
    category: str | None = None
    description: str | None = None
    public: bool | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a message asks for.

    * order, reserve: `items`, each with its variant. change (to this quantity), reduce (by it), cancel: an
      item without a variant means the one that the buyer holds, narrowed by `options`.
    * cancel without items means everything; `subject` is "all" where the words said so.
    * ask: `asked` says why (option, which, reading), `choices` answer the first doubt, `items` are the rest
      of the message, `aim` is what a choice will do.
    * error: `error`, `subject` (the code or the quantity as written), and the items it is about.
    * edit_product: `edit` of the product `subject`.
    * `confirm`: ask first, then do it. `assumed`: no product was named and the chat's latest taken;
      a change, reduction or cancellation may then be meant for another that the buyer holds.
    """

    intent: Intent
    items: tuple[Item, ...] = ()
    error: Error | None = None
    confirm: bool = False
    choices: tuple[Choice, ...] = ()
    asked: str | None = None
    edit: ProductEdit | None = None
    subject: str = ""
    assumed: bool = False
    aim: Intent = "order"


NONE = Understanding("none")
