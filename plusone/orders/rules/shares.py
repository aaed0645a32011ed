"""A fair allotment when a supplier delivers short: who gets how much, in whole pieces."""

from collections.abc import Sequence
from typing import Literal

How = Literal["first", "equal"]


def share(asked: Sequence[int], there: int, how: How) -> list[int]:
    """What each gets of the pieces that are there, asked for in this order; together they get
    min(there, all that was asked).

    `first`: first come, first served. `equal`: everybody the same, up to what they asked for; pieces that
    can't be split evenly go to those who came first.
    """
    return _first(asked, there) if how == "first" else _equal(asked, there)


def _first(asked: Sequence[int], there: int) -> list[int]:
    given = []
    for wanted in asked:
        given.append(min(wanted, there))
        there -= given[-1]
    return given


def _equal(asked: Sequence[int], there: int) -> list[int]:
    given = [0] * len(asked)
    hungry = [place for place, wanted in enumerate(asked) if wanted]
    while there and hungry:
        each = max(there // len(hungry), 1)
        for place in hungry[:there]:
            more = min(each, asked[place] - given[place])
            given[place] += more
            there -= more
        hungry = [place for place in hungry if given[place] < asked[place]]
    return given
