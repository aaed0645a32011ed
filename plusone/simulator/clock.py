"""The simulator's clock: the machine's time plus an offset that the control API moves."""

import time

_offset = 0.0


def now() -> int:
    """Milliseconds since 1970 by the simulator's clock."""
    return int((time.time() + _offset) * 1000)


def offset() -> float:
    """Seconds by which the clock is ahead of the machine's."""
    return _offset


def set_offset(seconds: float) -> None:
    """Puts the clock `seconds` ahead of the machine's (negative: behind)."""
    global _offset  # noqa: PLW0603 - one clock for the process
    _offset = seconds


def month() -> str:
    """The current month in LINE's billing zone (UTC+9), as yyyy-mm."""
    return time.strftime("%Y-%m", time.gmtime(now() / 1000 + 9 * 3600))
