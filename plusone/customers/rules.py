"""The number on a member card (會員卡): the first ten hex digits of its id, in two groups."""

import re
import unicodedata
from uuid import UUID

WHOLE, SHOWN = 32, 10
_BETWEEN = re.compile(r"[\s-]+")
_CARD = re.compile(rf"[0-9a-f]{{{SHOWN}}}|[0-9a-f]{{{WHOLE}}}")


def card_number(card: UUID) -> str:
    """As people read it out: 4F09C-2A71B."""
    digits = card.hex[:SHOWN].upper()
    return f"{digits[:5]}-{digits[5:]}"


def card_range(told: str) -> tuple[UUID, UUID] | None:
    """The first and last card that this can mean: as scanned, or its number in any case, width and grouping;
    None when it is no card's.
    """
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", told[:80]).lower())
    if not _CARD.fullmatch(digits):
        return None
    return UUID(digits.ljust(WHOLE, "0")), UUID(digits.ljust(WHOLE, "f"))
