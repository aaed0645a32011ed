"""Which variants of a product a buyer's option words can mean. A word must be a whole option value."""

from collections.abc import Sequence

from plusone.orders.rules.fold import fold_name
from plusone.orders.rules.terms import Offer, Variant
from plusone.orders.rules.tokens import option_words


def matching(offer: Offer, words: Sequence[str]) -> list[Variant]:
    """The variants that have every one of these words: the exact values where there are such, else by other
    spellings (黑 for 黑色)."""
    exact = [variant for variant in offer.variants if _count_exact(variant, words) == len(words)]
    return exact or [variant for variant in offer.variants if _count(variant, words) == len(words)]


def closest(offer: Offer, words: Sequence[str]) -> list[Variant]:
    """What to offer when no variant has all the words: those with the most of them, or all."""
    most = max((_count(variant, words) for variant in offer.variants), default=0)
    return [variant for variant in offer.variants if _count(variant, words) == most]


def knows_all(offer: Offer, words: Sequence[str]) -> bool:
    """Whether each word is an option of this product, if not of one variant together."""
    return all(any(_count(variant, (word,)) for variant in offer.variants) for word in words)


def spread(offer: Offer, words: Sequence[str]) -> list[list[Variant]]:
    """The variants of 'each' of these words, a list for each one meant; one that is longer lacks an option.
    No word: one of everything. 黑白 each: one per colour. 黑M白L each: the two pairs."""
    rows = _rows(offer, words)
    if len(words) == len(rows):
        return [[variant] for variant in matching(offer, words)]
    if sum(len(row) > 1 for row in rows.values()) > 1:
        return [matching(offer, group) for group in _groups(offer, words)]
    several = max(rows.values(), key=len)
    shared = [word for word in words if word not in several]
    return [matching(offer, [word, *shared]) for word in several]


def _rows(offer: Offer, words: Sequence[str]) -> dict[int, list[str]]:
    """The words by the dimension (colour, size) that they belong to."""
    rows: dict[int, list[str]] = {}
    for word in words:
        rows.setdefault(_row(offer, word), []).append(word)
    return rows


def _row(offer: Offer, word: str) -> int:
    rows = (enumerate(variant.options) for variant in offer.variants)
    return next((at for row in rows for at, value in row if word in option_words(value)), -1)


def _groups(offer: Offer, words: Sequence[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for word in words:
        if _row(offer, word) in {_row(offer, other) for other in groups[-1]}:
            groups.append([])
        groups[-1].append(word)
    return groups


def as_written_by_shop(offer: Offer, words: Sequence[str]) -> tuple[str, ...]:
    """The option values behind a buyer's words, in the product's order."""
    found = matching(offer, words)[:1]
    return (
        tuple(value for value in found[0].options if set(option_words(value)) & set(words)) if found else ()
    )


def dimensions(offer: Offer) -> int:
    """How many of a product's options have more than one value."""
    return sum(
        len(set(values)) > 1 for values in zip(*(variant.options for variant in offer.variants), strict=False)
    )


def _count(variant: Variant, words: Sequence[str]) -> int:
    spellings = {word for value in variant.options for word in option_words(value)}
    return sum(word in spellings for word in words)


def _count_exact(variant: Variant, words: Sequence[str]) -> int:
    values = {fold_name(value) for value in variant.options}
    return sum(word in values for word in words)
