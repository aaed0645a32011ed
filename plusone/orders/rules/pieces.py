"""From tokens to pieces: a piece is one product or option with one number. What is no command gives None."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from plusone.orders.rules.tokens import NUMBERS, THINGS, VERBS, Token

_ORDERING: Final = frozenset({"order", "buy"})
_EVERYWHERE: Final = VERBS | {"polite", "all"}
_TARGETS: Final = frozenset({"code", "name"})
_FOLLOWS: Final = THINGS | NUMBERS | {"counter", "dozen", "fill", "change"}
# What a token of this kind must stand behind.
_BEHIND: Final = {"counter": NUMBERS, "dozen": frozenset({"num"}), "fill": _FOLLOWS}


@dataclass(frozen=True, slots=True)
class Piece:
    """One target and number as written. `number` None: none was written."""

    targets: tuple[Token, ...] = ()
    options: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    number: int | None = None
    written: str = ""
    sign: str = ""
    counted: bool = False
    every: bool = False
    this: bool = False
    dozens: bool = False
    starts_with_number: bool = False
    before_number: bool = False  # the unknown word stands before the number

    @property
    def is_bare(self) -> bool:
        """No product, option or other word: only a number, if that."""
        return not (self.targets or self.options or self.unknown or self.every or self.this)

    @property
    def is_head(self) -> bool:
        """Only a product: the pieces after it are about it."""
        return (
            self.number is None
            and len(self.targets) == 1
            and not (self.options or self.unknown or self.every)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A message taken apart: the kinds of its verbs, whether it says `all`, its pieces in order."""

    verbs: frozenset[str]
    all: bool
    pieces: tuple[Piece, ...]


def read(tokens: list[Token]) -> Reading | None:
    """The pieces of a message, or None when its tokens don't fit together as a command."""
    verbs = [token.kind for token in tokens if token.kind in VERBS]
    if not _fits(tokens) or not _verbs_fit(tokens, verbs):
        return None
    pieces: list[Piece] = []
    for segment in _segments(tokens):
        parts = _cut(segment)
        if parts is None:
            return None
        pieces += (piece for part in parts for piece in _pieces(part))
    return Reading(frozenset(verbs), any(token.kind == "all" for token in tokens), tuple(pieces))


def _fits(tokens: list[Token]) -> bool:
    before = "sep"
    for token in tokens:
        signs_nothing = before == "sign" and token.kind not in NUMBERS
        if signs_nothing or before not in _BEHIND.get(token.kind, {before}):
            return False
        before = token.kind
    return before != "sign"


def _verbs_fit(tokens: list[Token], verbs: list[str]) -> bool:
    """One verb to order a segment, as 要來 ('about to come') is none; courtesy only beside a verb."""
    polite = any(token.kind == "polite" for token in tokens)
    return bool(verbs or not polite) and all(_orders_once(part) for part in _parts(tokens))


def _orders_once(tokens: list[Token]) -> bool:
    return sum(token.kind in _ORDERING for token in tokens) <= 1


def _segments(tokens: list[Token]) -> Iterator[list[Token]]:
    """What stands between separators, without the words that hold for the whole message."""
    for part in _parts(tokens):
        yield [token for token in part if token.kind not in _EVERYWHERE]


def _parts(tokens: list[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.kind == "sep":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _cut(tokens: list[Token]) -> list[list[Token]] | None:
    """A part for each number: options stand before the numbers (黑+1 白+2) or after (+1 黑 +2 白)."""
    numbers = [at for at, token in enumerate(tokens) if token.kind in NUMBERS]
    if not numbers:
        return [tokens] if tokens else []
    if len(numbers) == 1:
        return [tokens]
    if any(token.kind in THINGS for token in tokens[: numbers[0]]):
        return _cut_after(tokens, numbers)
    return _cut_before(tokens, numbers)


def _cut_after(tokens: list[Token], numbers: list[int]) -> list[list[Token]] | None:
    edges = [0, *(_end_of_number(tokens, at) for at in numbers)]
    parts = [tokens[start:end] for start, end in pairwise(edges)]
    return None if edges[-1] < len(tokens) else parts


def _cut_before(tokens: list[Token], numbers: list[int]) -> list[list[Token]] | None:
    edges = [*(_start_of_number(tokens, at) for at in numbers), len(tokens)]
    parts = [tokens[start:end] for start, end in pairwise(edges)]
    named = sum(any(token.kind in THINGS for token in part) for part in parts)
    return parts if edges[0] == 0 and named in {0, len(parts)} else None


def _end_of_number(tokens: list[Token], at: int) -> int:
    at += 1
    while at < len(tokens) and tokens[at].kind in {"counter", "dozen", "fill"}:
        at += 1
    return at


def _start_of_number(tokens: list[Token], at: int) -> int:
    while at and tokens[at - 1].kind in {"sign", "every"}:
        at -= 1
    return at


def _pieces(tokens: list[Token]) -> list[Piece]:
    """The piece of this part; several codes with 'each' make a piece for each code."""
    piece = _piece(tokens)
    if piece.every and len(piece.targets) > 1 and not piece.options:
        others = [token for token in tokens if token.kind not in _TARGETS]
        return [_piece([target, *others]) for target in piece.targets]
    return [piece]


def _piece(tokens: list[Token]) -> Piece:
    kinds = [token.kind for token in tokens]
    at = next((at for at, kind in enumerate(kinds) if kind in NUMBERS), None)
    number = tokens[at] if at is not None else None
    return Piece(
        targets=tuple(token for token in tokens if token.kind in _TARGETS),
        options=tuple(dict.fromkeys(token.text for token in tokens if token.kind == "option")),
        unknown=tuple(token.text for token in tokens if token.kind == "unknown"),
        number=_value(number, dozen="dozen" in kinds),
        written=number.text if number else "",
        sign=_sign(tokens),
        counted="counter" in kinds or "dozen" in kinds,
        every="every" in kinds,
        this="this" in kinds,
        dozens="dozen" in kinds or "dozens" in kinds,
        starts_with_number=bool(kinds) and kinds[0] in NUMBERS | {"sign"},
        before_number=at is not None and "unknown" in kinds[:at],
    )


def _sign(tokens: list[Token]) -> str:
    return next(("+" if token.text == "加" else token.text for token in tokens if token.kind == "sign"), "")


def _value(number: Token | None, *, dozen: bool) -> int | None:
    return None if number is None else number.number * (12 if dozen else 1)
