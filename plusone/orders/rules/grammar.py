"""What does this message ask for? The way in of the grammar; `docs/grammar.md` is its reference.

Measured (timeit, CPU time, best of nine, two busy cores where summing 1,000 numbers took 25 µs): +1 5 µs,
CODE+2 9 µs, 履歷 4 µs, 我要2個 90 µs, 黑M+1、白L+2 160 µs, twelve characters of talk 140 µs (the same with
300 products by name), 160 times +1 5 ms; 100 KB 0.4 µs, as a text that long is not read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from plusone.orders.rules.edits import understand_edit
from plusone.orders.rules.fold import (
    LONGEST_COMMAND,
    LONGEST_EDIT,
    codes_in,
    fold,
    folded_codes,
    without_head,
    without_tail,
)
from plusone.orders.rules.items import TAKING, Settled, only_code, settle
from plusone.orders.rules.lenient import propose
from plusone.orders.rules.nearby import near
from plusone.orders.rules.pieces import Piece, Reading, read
from plusone.orders.rules.terms import MOST, NONE, Intent, Item, Shelf, Understanding, Words
from plusone.orders.rules.tokens import Lexicon, Token, lexicon, names_of, tokenize, vocabulary

__all__ = ["codes_in", "understand"]

_BRACKETED: Final = re.compile(r"[\[(【「『〔《<](.*)[\])】」』〕》>]", re.DOTALL)
_PLAIN: Final = re.compile(r"(?:([0-9]{5,12}) ?)?\+ ?(0?[1-9]|[1-9][0-9])")
_OTHERS: Final = frozenset({"change", "reduce", "reserve", "cancel"})
_ALONE: Final = frozenset({"order", "please", "reserve"})
_UNCLEAR: Final = Understanding("error", error="unclear")


def understand(
    text: str, *, shelf: Shelf, words: Words, lenient: bool = False, manager: bool = False
) -> Understanding:
    """What a message asks for. Never raises, never guesses: a text that is not wholly a command is "none", a
    tie asks. `lenient` proposes the one command that a sentence holds, to be confirmed; a `manager` may also
    edit products. The caller has taken mentions and LINE emoji out of the text by their index."""
    if len(text) > (LONGEST_EDIT if manager else LONGEST_COMMAND):
        return NONE
    edit = understand_edit(text, shelf) if manager else None
    if edit:
        return edit
    folded = fold(text) if len(text) <= LONGEST_COMMAND else ""
    if not folded or len(folded) > LONGEST_COMMAND:
        return NONE
    bare = without_tail(folded)
    found = _read(bare, shelf, words)
    if found.intent == "none" and (headless := without_head(bare)) != bare:
        found = _read(headless, shelf, words)
    if found.intent == "none" or _asks_in_vain(found):
        close = near(bare, shelf, lambda part: _command(part, shelf, words))
        found = found if close.intent == "none" else close
    if lenient and found.intent == "none":
        found = propose(folded, lambda part: _command(part, shelf, words))
    return found


def _read(text: str, shelf: Shelf, words: Words) -> Understanding:
    return _plain(text, shelf) or _command(text, shelf, words)


def _asks_in_vain(found: Understanding) -> bool:
    """Whether a product without options would be asked for one: the word may belong to another product."""
    return found.asked == "option" and [choice.item.options for choice in found.choices] == [()]


def _plain(text: str, shelf: Shelf) -> Understanding | None:
    """+N and CODE+N of a product with one variant, nine in ten of all messages that count: no need to take
    them apart."""
    found = _PLAIN.fullmatch(text)
    offer = shelf.offers.get(found[1] or shelf.default or "") if found else None
    if not found or not offer or not offer.is_public or offer.sold_out or len(offer.variants) != 1:
        return None
    variant = offer.variants[0]
    item = Item(offer.code, variant.id, variant.options, int(found[2]))
    return Understanding("order", (item,), assumed=not (found[1] or shelf.quoted))


def _command(text: str, shelf: Shelf, words: Words) -> Understanding:
    """A folded text that must be a command as a whole."""
    bracketed = _BRACKETED.fullmatch(text)
    if (bracketed[1].strip() if bracketed else text) in words.history:
        return Understanding("history")
    if bracketed or not text:
        return NONE
    tokens = _tokens(text, shelf, words)
    reading = read(tokens) if tokens and tokens[-1].kind != "talk" else None
    return _meaning(reading, shelf) if reading else NONE


def _tokens(text: str, shelf: Shelf, words: Words) -> list[Token]:
    """The text in tokens, taken apart with the options of the default product and of those that it names; a
    name is only found on the way, so a text with one is gone through again."""
    codes = {shelf.default or "", *folded_codes(text)}
    named = shelf.named or _names(shelf)
    known = lexicon(words)
    tokens = tokenize(text, known, _own(codes, shelf), named)
    more = {named.get(token.text, "") for token in tokens if token.kind == "name"} - codes
    return tokenize(text, known, _own(codes | more, shelf), named) if more else tokens


def _own(codes: Iterable[str], shelf: Shelf) -> Lexicon:
    return vocabulary(tuple(shelf.offers[code] for code in sorted(codes) if code in shelf.offers))


def _names(shelf: Shelf) -> dict[str, str]:
    """For a caller that made no list of names."""
    return {name: offer.code for offer in shelf.offers.values() for name in names_of(offer)}


def _meaning(reading: Reading, shelf: Shelf) -> Understanding:
    if "history" in reading.verbs or (reading.all and "cancel" not in reading.verbs):
        return NONE
    aim = _aim(reading)
    if aim is None:
        return NONE if any(piece.unknown for piece in reading.pieces) else _UNCLEAR
    if aim == "cancel" and not reading.pieces:
        return _cancel_without_items(reading, shelf)
    pieces = reading.pieces or ((Piece(),) if reading.verbs & _ALONE else ())
    settled = _settle_all(pieces, aim, shelf, has_verb=bool(reading.verbs)) if _is_even(pieces) else None
    asks = aim == "cancel" or "cancel" in reading.verbs
    if not settled:
        return NONE
    assumed = not shelf.quoted and not any(
        piece.targets or piece.options or piece.unknown for piece in pieces
    )
    return replace(_together(settled, aim, shelf, asks=asks), assumed=assumed)


def _aim(reading: Reading) -> Intent | None:
    """The one thing that all verbs and signs of a message can mean, or None."""
    others = reading.verbs & _OTHERS
    if others == {"cancel", "reserve"}:
        others = frozenset({"cancel"})
    signs = {"-" if piece.sign == "-" else "+" for piece in reading.pieces if piece.sign}
    if len(others) > 1 or len(signs) > 1 or (signs == {"-"} and others & {"change", "reserve"}):
        return None
    aim: Intent = _named_aim(others) if others else ("reduce" if signs == {"-"} else "order")
    return _with_numbers(aim, [piece.number for piece in reading.pieces])


def _named_aim(others: frozenset[str]) -> Intent:
    aims: tuple[Intent, ...] = ("cancel", "change", "reduce", "reserve")
    return next(aim for aim in aims if aim in others)


def _with_numbers(aim: Intent, numbers: Sequence[int | None]) -> Intent | None:
    """To cancel two is to reduce by two; to change to zero is to cancel."""
    zero = [number == 0 for number in numbers]
    if aim == "change" and any(zero):
        return "cancel" if all(zero) else None
    counted = [number is not None for number in numbers]
    if aim == "cancel" and any(counted):
        return "reduce" if all(counted) else None
    return aim


def _cancel_without_items(reading: Reading, shelf: Shelf) -> Understanding:
    offer = shelf.offers.get(shelf.default or "")
    if reading.all or offer is None:
        subject = "all" if reading.all else ""
        return Understanding("cancel", confirm=True, subject=subject, aim="cancel", assumed=not reading.all)
    single = offer.variants[0] if len(offer.variants) == 1 else None
    item = Item(offer.code, single.id if single else None, single.options if single else (), 0)
    return Understanding("cancel", (item,), confirm=True, aim="cancel", assumed=not shelf.quoted)


def _is_even(pieces: Sequence[Piece]) -> bool:
    """Whether all pieces say a number or none does: in 我要黑M、白L兩件 it is open whom the number is for."""
    saying = {piece.number is not None for piece in pieces if not piece.is_head}
    return len(saying) < 2


def _settle_all(
    pieces: Sequence[Piece], aim: Intent, shelf: Shelf, *, has_verb: bool
) -> list[Settled] | None:
    """Each piece in turn; one without a product is about the product of the piece before it."""
    settled: list[Settled] = []
    carried, sure = None, False
    for piece, following in zip_longest(pieces, pieces[1:]):
        if piece.is_head and following and not following.targets:
            carried, sure = only_code(piece.targets[0], shelf), True
            continue
        bare = aim in TAKING and piece.is_bare and not (piece.sign or piece.counted)
        if (bare and not sure and len(pieces) > 1) or (sure and not carried):
            return None  # 我要2 3 is two, three or five; a heading that two products share names none
        one = settle(piece, aim=aim, has_verb=has_verb, carried=carried, sure=sure, shelf=shelf)
        if one is None:
            return None
        settled.append(one)
        if piece.targets and (one.items or one.choices):
            carried, sure = (one.items or tuple(choice.item for choice in one.choices))[0].code, False
    return settled


def _together(settled: Sequence[Settled], aim: Intent, shelf: Shelf, *, asks: bool) -> Understanding:
    """All pieces as one answer: the first refusal, else the first doubt, else the items added up."""
    refused = next((one for one in settled if one.error), None)
    if refused:
        return Understanding("error", refused.items, refused.error, subject=refused.subject, aim=aim)
    if aim in TAKING and (code := _sold_out(settled, shelf)):
        return Understanding("error", settled[0].items, "sold_out", subject=code, aim=aim)
    doubts = sorted((one for one in settled if one.asked), key=_can_wait)
    if len([one for one in doubts if not _can_wait(one)]) > 1:
        return _UNCLEAR
    items = _added_up([*(item for one in settled for item in one.items), *map(_waiting, doubts[1:])])
    too_many = next((item for item in items if item.quantity > MOST), None)
    if too_many:
        return Understanding("error", error="quantity_over_limit", subject=str(too_many.quantity), aim=aim)
    if doubts:
        return Understanding("ask", items, choices=doubts[0].choices, asked=doubts[0].asked, aim=aim)
    if aim == "change" and len(items) < sum(len(one.items) for one in settled):
        return _UNCLEAR
    return Understanding(aim, items, confirm=asks or any(one.confirm for one in settled), aim=aim)


def _sold_out(settled: Sequence[Settled], shelf: Shelf) -> str | None:
    """The code to name when nothing that the message could mean is left. Where something is left, the order
    is taken line by line and each shortage is reported."""
    chosen = [choice.item for one in settled for choice in one.choices]
    codes = [item.code for item in (*(item for one in settled for item in one.items), *chosen)]
    return codes[0] if codes and all(shelf.offers[code].sold_out for code in codes) else None


def _can_wait(doubt: Settled) -> bool:
    """Whether a doubt would come up again by itself: an option is missing in one product that has several."""
    codes = {choice.item.code for choice in doubt.choices}
    return len(codes) == 1 and len(doubt.choices) > 1 and doubt.asked != "reading"


def _waiting(doubt: Settled) -> Item:
    """The doubts after the first wait in `items` without a variant and come up when the first is answered."""
    first, *others = (choice.item.options for choice in doubt.choices)
    shared = tuple(value for value in first if all(value in options for options in others))
    return replace(doubt.choices[0].item, variant_id=None, options=shared)


def _added_up(items: Iterable[Item]) -> tuple[Item, ...]:
    totals: dict[tuple[str, int | None, tuple[str, ...]], Item] = {}
    for item in items:
        key = (item.code, item.variant_id, item.options)
        before = totals.get(key)
        totals[key] = replace(item, quantity=before.quantity + item.quantity) if before else item
    return tuple(totals.values())
