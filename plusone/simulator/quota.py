"""The month's message quota of an account: persons reached by push, multicast and broadcast."""

from plusone.simulator import clock
from plusone.simulator.world import WORLD, Channel


def used(channel: Channel) -> int:
    """Persons billed this month; a new month starts at nothing."""
    month = clock.month()
    if channel.used_month != month:
        channel.used, channel.used_month = 0, month
    return channel.used


def fits(channel: Channel, persons: int) -> bool:
    """Whether `persons` more are still within the quota; nobody costs nothing."""
    return channel.quota is None or persons == 0 or used(channel) + persons <= channel.quota


def bill(channel: Channel, persons: int) -> None:
    """Adds `persons` to this month's use."""
    channel.used = used(channel) + persons
    WORLD.dirty = True
