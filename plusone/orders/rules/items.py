"""From a piece to what it means on this shelf: sure items, a doubt with choices, or a refusal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from plusone.orders.rules.fold import fold_name
from plusone.orders.rules.options import as_written_by_shop, closest, dimensions, knows_all, matching, spread
from plusone.orders.rules.pieces import Piece
from plusone.orders.rules.terms import MOST, MOST_CHOICES, Choice, Error, Intent, Item, Offer, Shelf, Variant
from plusone.orders.rules.tokens import Token, names_of
from plusone.orders.rules.words import OPTION_LIKE

TAKING: Final = frozenset({"order", "reserve"})
_SHORT: Final = 6  # characters that an option nobody knows may have; longer is talk
_SHORT_LATIN: Final = 4


@dataclass(frozen=True, slots=True)
class Settled:
    """One piece made clear, as far as it can be."""

    items: tuple[Item, ...] = ()
    choices: tuple[Choice, ...] = ()
    asked: str | None = None
    error: Error | None = None
    subject: str = ""
    confirm: bool = False


def settle(
    piece: Piece, *, aim: Intent, has_verb: bool, carried: str | None, sure: bool, shelf: Shelf
) -> Settled | None:
    """What one piece means, or None when it is no command after all. `carried` is the product that the piece
    before named, `sure` that it stood alone as a heading."""
    counted = (piece.counted or piece.dozens) and not (piece.is_bare and not sure)
    weak = not (piece.sign or piece.every or has_verb or counted)
    if _is_no_command(
        piece, aim, has_verb=has_verb, weak=weak, in_place=sure or bool(shelf.quoted and piece.counted)
    ):
        return None
    codes = _codes(piece, carried, shelf, sure=sure)
    if len(codes) != 1:
        return _no_product(piece, aim, codes, shelf, weak=weak)
    settled = _with_code(piece, aim, codes[0], shelf)
    if settled is None or (weak and settled.error):
        return None
    return _confirmed(settled) if weak or piece.dozens or (piece.this and not shelf.quoted) else settled


def _is_no_command(piece: Piece, aim: Intent, *, has_verb: bool, weak: bool, in_place: bool) -> bool:
    """`in_place`: the piece stands under a heading, or counts and quotes a product, and so needs no word."""
    numberless = piece.number is None and (not has_verb or aim in {"change", "reduce"})
    odd = len(piece.written) > 2 and piece.written.startswith("0") and "." not in piece.written
    lost = weak and ((piece.is_bare and not in_place) or bool(piece.unknown))
    return numberless or odd or lost or len(piece.unknown) > 1


def _confirmed(settled: Settled) -> Settled:
    return Settled(settled.items, settled.choices, settled.asked, settled.error, settled.subject, True)


def _codes(piece: Piece, carried: str | None, shelf: Shelf, *, sure: bool) -> list[str]:
    """The products that a piece can be about: one is clear, more are a tie."""
    if piece.targets:
        return list(dict.fromkeys(code for token in piece.targets for code in _codes_of(token, shelf)))
    if carried and (sure or not piece.is_bare) and not piece.this:
        return [carried]
    codes = (shelf.default,) if piece.this else (carried, shelf.default)
    return [code for code in dict.fromkeys(codes) if code]


def only_code(token: Token, shelf: Shelf) -> str | None:
    """The product that a code or a name means, None when two share the name."""
    codes = _codes_of(token, shelf)
    return codes[0] if len(codes) == 1 else None


def _codes_of(token: Token, shelf: Shelf) -> list[str]:
    if token.kind == "code":
        return [token.text]
    named = shelf.named.get(token.text)
    codes = dict.fromkeys([named] if named in shelf.offers else [])
    codes |= dict.fromkeys(code for code, offer in shelf.offers.items() if token.text in names_of(offer))
    shown = [code for code in codes if code and shelf.offers[code].is_public]
    return shown or [code for code in codes if code]


def _no_product(
    piece: Piece, aim: Intent, codes: Sequence[str], shelf: Shelf, *, weak: bool
) -> Settled | None:
    """No product at all, or a tie: a name that two products share, or the product before and the latest."""
    if len(piece.targets) > 1 or weak or piece.unknown:
        return None
    if not codes:
        return None if piece.options or piece.every or piece.targets else Settled(error="unknown_code")
    offers = [shelf.offers[code] for code in codes if code in shelf.offers]
    refused = _refused_quantity(piece, aim)
    choices = tuple(Choice(_item(offer, piece, aim), offer.name) for offer in offers[:MOST_CHOICES])
    return refused or Settled(choices=choices, asked="which" if piece.targets else "reading")


def _with_code(piece: Piece, aim: Intent, code: str, shelf: Shelf) -> Settled | None:
    offer = shelf.offers.get(code)
    if offer is None:
        return _unknown_code(piece, code, shelf)
    if piece.unknown and not _is_meant_as_option(piece, offer, shelf):
        return _elsewhere(piece, aim, offer, shelf)
    if aim in TAKING and not (offer.is_public and offer.variants):
        return Settled(error="not_public", subject=code, items=_named_items(offer, piece, aim))
    return _refused_quantity(piece, aim) or _on_offer(piece, aim, offer, shelf)


def _unknown_code(piece: Piece, code: str, shelf: Shelf) -> Settled | None:
    """A telephone number is no code: those begin with 0, or stand behind the number (+1 2025551234)."""
    talk = piece.unknown or code.startswith("0") or (piece.targets and piece.starts_with_number)
    return None if talk else Settled(error="unknown_code", subject="" if code == shelf.latest else code)


def _named_items(offer: Offer, piece: Piece, aim: Intent) -> tuple[Item, ...]:
    return () if _refused_quantity(piece, aim) else (_item(offer, piece, aim),)


def _is_meant_as_option(piece: Piece, offer: Offer, shelf: Shelf) -> bool:
    """Whether the unknown word is an option that the product doesn't have (ask), not talk (no command)."""
    word = piece.unknown[0]
    explicit = bool(piece.targets) or shelf.quoted == offer.code
    short = len(word) <= (_SHORT_LATIN if word.isascii() else _SHORT) and word.isalnum()
    return word in OPTION_LIKE or (explicit and short and piece.before_number and len(offer.variants) > 1)


def _elsewhere(piece: Piece, aim: Intent, offer: Offer, shelf: Shelf) -> Settled | None:
    """An option of another product on the shelf, when none was named: asks which."""
    if piece.targets or shelf.quoted or not piece.sign or piece.options:
        return None
    others = [other for other in shelf.offers.values() if other.is_public and other.code != offer.code]
    found = [
        (other, variant)
        for other in others
        for variant in other.variants
        if piece.unknown[0] in map(fold_name, variant.options)
    ]
    choices = [
        Choice(_item_of(other, variant, piece, aim), f"{other.name} {_label(other, variant)}")
        for other, variant in found[:MOST_CHOICES]
    ]
    return (
        (_refused_quantity(piece, aim) or Settled(choices=tuple(choices), asked="which")) if choices else None
    )


def _refused_quantity(piece: Piece, aim: Intent) -> Settled | None:
    quantity = _quantity(piece, aim)
    if "." in piece.written:
        return Settled(error="unclear", subject=piece.written)
    if quantity > MOST:
        return Settled(error="quantity_over_limit", subject=piece.written)
    return (
        Settled(error="quantity_zero", subject=piece.written) if quantity == 0 and aim != "cancel" else None
    )


def _quantity(piece: Piece, aim: Intent) -> int:
    return piece.number if piece.number is not None else (0 if aim == "cancel" else 1)


def _on_offer(piece: Piece, aim: Intent, offer: Offer, shelf: Shelf) -> Settled:
    words = (*piece.options, *piece.unknown)
    if piece.every and aim != "cancel":
        return _each(piece, aim, offer, words)
    found = matching(offer, words)
    if len(found) == 1 or (not words and not offer.variants):
        return _one(piece, aim, offer, found)
    if found and aim not in TAKING:
        return Settled(items=(_item(offer, piece, aim),))
    return _ask(piece, aim, offer, found, words)


def _one(piece: Piece, aim: Intent, offer: Offer, found: Sequence[Variant]) -> Settled:
    items = tuple(_item_of(offer, variant, piece, aim) for variant in found) or (_item(offer, piece, aim),)
    could_be_number = piece.number is None and any(
        word.isascii() and word.isdigit() for word in piece.options
    )
    if could_be_number and aim in TAKING:
        return Settled(choices=_choices(offer, found, piece, aim), asked="reading")
    return Settled(items=items)


def _ask(piece: Piece, aim: Intent, offer: Offer, found: Sequence[Variant], words: Sequence[str]) -> Settled:
    conflict = not found and len(words) > 1 and knows_all(offer, words)
    choices = _choices(offer, found or closest(offer, words), piece, aim) or (
        Choice(_item(offer, piece, aim), offer.name),
    )
    return Settled(choices=choices, asked="which" if conflict else "option")


def _each(piece: Piece, aim: Intent, offer: Offer, words: Sequence[str]) -> Settled:
    groups = spread(offer, words) if words else [[variant] for variant in offer.variants]
    if not groups or not all(groups):
        return _ask(piece, aim, offer, [], words)
    items = tuple(_item_of(offer, group[0], piece, aim) for group in groups if len(group) == 1)
    lacking = [group for group in groups if len(group) > 1]
    if not lacking:
        doubtful = dimensions(offer) > 1 or (len(items) == 1 and not piece.targets)
        return Settled(items=items, confirm=doubtful and not words)
    later = tuple(Item(offer.code, None, _shared(group), _quantity(piece, aim)) for group in lacking[1:])
    return Settled(items=items + later, choices=_choices(offer, lacking[0], piece, aim), asked="option")


def _shared(group: Sequence[Variant]) -> tuple[str, ...]:
    return tuple(value for value in group[0].options if all(value in variant.options for variant in group))


def _choices(offer: Offer, variants: Iterable[Variant], piece: Piece, aim: Intent) -> tuple[Choice, ...]:
    choices = [Choice(_item_of(offer, variant, piece, aim), _label(offer, variant)) for variant in variants]
    return tuple(choices[:MOST_CHOICES])


def _label(offer: Offer, variant: Variant) -> str:
    return " ".join(variant.options) or offer.name


def _item_of(offer: Offer, variant: Variant, piece: Piece, aim: Intent) -> Item:
    return Item(offer.code, variant.id, variant.options, _quantity(piece, aim))


def _item(offer: Offer, piece: Piece, aim: Intent) -> Item:
    """The item as far as it is known: without a variant unless there is only one."""
    found = matching(offer, piece.options)
    if len(found) == 1:
        return _item_of(offer, found[0], piece, aim)
    return Item(offer.code, None, as_written_by_shop(offer, piece.options), _quantity(piece, aim))
