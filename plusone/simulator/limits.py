"""LINE's rate limits: a token bucket for each account, endpoint and HTTP method."""

from dataclasses import dataclass

from plusone.simulator import clock, faults
from plusone.simulator.world import Channel

# Calls a second and burst, after LINE's reference "Rate limits"; what is not here has 2,000 a second.
HOURLY_60 = (60 / 3600, 60.0)
HOURLY_100 = (100 / 3600, 100.0)
RATES: dict[str, tuple[float, float]] = {
    "broadcast": HOURLY_60,
    "webhook_test": HOURLY_60,
    "webhook": (1000 / 60, 1000.0),
    "multicast": (200.0, 200.0),
    "loading": (100.0, 100.0),
    "token": (370.0, 370.0),
    "richmenu_create": HOURLY_100,
    "richmenu_delete": HOURLY_100,
    "richmenu_alias_delete": HOURLY_100,
    "richmenu_list": (10.0, 10.0),
}
OTHERS = (2000.0, 2000.0)


@dataclass(slots=True)
class Bucket:
    left: float
    time: int


_buckets: dict[tuple[str, str, str], Bucket] = {}


def clear() -> None:
    """Fills all buckets."""
    _buckets.clear()


def allows(channel: Channel, endpoint: str, method: str) -> bool:
    """Takes one call out of the bucket; False when it is empty."""
    rate, burst = _rate(channel, endpoint)
    now = clock.now()
    bucket = _buckets.setdefault((channel.id, endpoint, method), Bucket(burst, now))
    bucket.left = min(burst, bucket.left + max(0, now - bucket.time) / 1000 * rate)
    bucket.time = now
    if bucket.left < 1:
        return False
    bucket.left -= 1
    return True


def _rate(channel: Channel, endpoint: str) -> tuple[float, float]:
    tiny = faults.hit("rate_tiny", channel.id, endpoint)
    if tiny:
        return tiny.per_second, max(1.0, tiny.per_second)
    if channel.rate and endpoint not in RATES:
        return channel.rate, max(1.0, channel.rate)
    return RATES.get(endpoint, OTHERS)
