"""Paying by bank transfer: what is still to be reported, and account numbers that can be copied."""

import datetime
import re
from collections.abc import Sequence

MOST_ACCOUNTS = 3
# One unbroken run of 10 to 16 digits, perhaps after a bank's three and a hyphen; or a Japanese account's
# seven after its kind. A number in groups is left alone: what of it is bank or branch can't be told.
_ACCOUNT = re.compile(r"(?<![\d-])(?:\d{3}-)?(\d{10,16})(?![\d-])|(?:普通|当座)\D{0,6}(\d{7})(?![\d-])")

Amounts = Sequence[tuple[datetime.datetime, int]]


def accounts(text: str) -> list[str]:
    """The account numbers in a shop's words about paying, digits only: what a banking app wants."""
    found = (long or short for long, short in _ACCOUNT.findall(text))
    return [number for number in dict.fromkeys(found) if not _is_mobile(number)][:MOST_ACCOUNTS]


def to_report(owed: Amounts, waiting: Amounts) -> int:
    """What is open, less what was reported since the oldest open order and waits; never below zero.

    Both as (moment, amount). An older report is about an order that is settled by now.
    """
    if not owed:
        return 0
    since = min(placed_at for placed_at, _ in owed)
    told = sum(amount for at, amount in waiting if at >= since)
    return max(sum(total for _, total in owed) - told, 0)


def _is_mobile(number: str) -> bool:
    return len(number) in (10, 11) and number.startswith(("09", "070", "080", "090"))
