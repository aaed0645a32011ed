"""Count what strangers ask for that is not there (P38)."""

import hashlib

from plusone.tenants.actions import throttle
from plusone.tenants.rules import guessing as rules


def missed(address: str, guess: str) -> int:
    """Count a guess from this address; returns the seconds to wait, 0 for not too many yet.

    The same guess counts once a window: a dead link that all customers of a telephone company follow from
    its one address is one miss. Once there were too many nothing is written any more.
    """
    key, minutes = f"guess:{rules.network(address)}", rules.WINDOW_MINUTES
    misses, seconds = throttle.read(key, minutes)
    if not rules.may_miss(misses + 1):
        return max(1, seconds)
    times, _seconds = throttle.count(f"{key}:{hashlib.sha256(guess.encode()).hexdigest()[:16]}", minutes)
    if times > 1:
        return 0
    misses, seconds = throttle.count(key, minutes)
    return 0 if rules.may_miss(misses) else seconds
