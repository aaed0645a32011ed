"""A number beside a word that no product is called, but that one is nearly called: 鳳梨酥+1 where the shop
says 手工鳳梨酥 12 入, or 黑M+2 where only an older product comes in 黑 M.

Nothing is done by itself: the buyer gets the plain command as a button. A number beside any other word stays
talk.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from plusone.orders.rules.fold import fold_name
from plusone.orders.rules.numerals import COUNTERS
from plusone.orders.rules.options import dimensions
from plusone.orders.rules.terms import MOST_CHOICES, NONE, Choice, Item, Offer, Shelf, Understanding
from plusone.orders.rules.tokens import names_of, option_words

Command = Callable[[str], Understanding]
_COUNTER: Final = "|".join(sorted(map(re.escape, COUNTERS), key=len, reverse=True))
_NUMBER: Final = rf"(?:\+ ?[1-9][0-9]?|(?:[1-9][0-9]?|[一二兩三四五六七八九十]) ?(?:{_COUNTER}))"
_WORD: Final = r"[^+\-*=/:?!,、;\n]{1,20}?"
_BESIDE: Final = re.compile(
    rf"(?P<before>{_WORD}) ?(?P<number>{_NUMBER})|(?P<first>\+ ?[1-9][0-9]?) ?(?P<after>{_WORD})"
)
_SHORTEST: Final = 2  # characters of a name; a Latin one needs three, as +1 ok and A+1 are talk
_SHORTEST_LATIN: Final = 3


def near(text: str, shelf: Shelf, command: Command) -> Understanding:
    """The orders that a folded text nearly is, to be confirmed or chosen from; "none" when it is none."""
    found = _BESIDE.fullmatch(text)
    if not found:
        return NONE
    word = (found["before"] or found["after"]).strip()
    number = found["number"] or found["first"]
    read = [command(f"{offer.code} {number}") for offer in _nearly_called(word, shelf)]
    read = read or [command(f"{offer.code} {text}") for offer in _coming_in(word, shelf)]
    return _one_of([one for one in read if one.intent in ("order", "ask")], shelf)


def _nearly_called(word: str, shelf: Shelf) -> list[Offer]:
    """The open products in whose names the word stands."""
    shortest = _SHORTEST_LATIN if word.isascii() else _SHORTEST
    if len(word) < shortest or word.isdigit():
        return []
    return [offer for offer in _open(shelf) if any(_stands_in(word, name) for name in names_of(offer))]


def _stands_in(word: str, name: str) -> bool:
    """Latin words must be whole: tea is not in steam."""
    if not word.isascii():
        return word in name
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", name) is not None


def _coming_in(word: str, shelf: Shelf) -> list[Offer]:
    """The open products other than the latest that come in options which make up the word."""
    return [offer for offer in _open(shelf) if offer.code != shelf.default and _is_made_of(word, offer)]


def _is_made_of(word: str, offer: Offer) -> bool:
    rest = word.replace(" ", "")
    values = {word for variant in offer.variants for value in variant.options for word in option_words(value)}
    parts = sorted((fold_name(value).replace(" ", "") for value in values), key=len, reverse=True)
    for part in parts:
        rest = rest.replace(part, "", 1) if part else rest
    return not rest and dimensions(offer) > 0


def _open(shelf: Shelf) -> Iterable[Offer]:
    return (offer for offer in shelf.offers.values() if offer.is_public)


def _one_of(read: list[Understanding], shelf: Shelf) -> Understanding:
    if not read:
        return NONE
    if len(read) == 1:
        return replace(read[0], confirm=read[0].intent == "order")
    choices = [Choice(_first(one), _label(_first(one), shelf)) for one in read[:MOST_CHOICES]]
    return Understanding("ask", choices=tuple(choices), asked="which")


def _first(understood: Understanding) -> Item:
    """What the reading is about; a product whose option is open is named without one, and asked next."""
    if understood.intent == "order":
        return understood.items[0]
    item = understood.choices[0].item
    return replace(item, variant_id=None, options=())


def _label(item: Item, shelf: Shelf) -> str:
    return " ".join((shelf.offers[item.code].name, *item.options))
