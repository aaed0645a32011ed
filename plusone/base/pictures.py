"""How many pictures a shop may keep a day, so that no shop fills everybody's disk (P34)."""

from plusone.base import numbers, uploads

# A picture with its thumbnail is 0.3 MB at the most but for noise: 600 MB a day.
A_DAY = 2_000


class TooManyToday(uploads.UploadError):
    """The shop has kept as many pictures today as it may."""


def admit(count: int = 1) -> None:
    """Count pictures that the shop in scope is about to keep, rolled back with the caller.

    Raises TooManyToday. The day is UTC's.
    """
    day = numbers.local_day(numbers.database_now(), "UTC")
    if numbers.take("picture", day, count) + count - 1 > A_DAY:
        raise TooManyToday
