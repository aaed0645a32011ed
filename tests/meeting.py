"""For twins of races: what stands where the lock stood, so that the race is met and not left to chance."""

import contextlib
import threading
from collections.abc import Callable


def in_place_of_the_lock() -> Callable[[], None]:
    """Each thread's first call waits for another thread's; then both go on at the same moment.

    A lock lets one after the other look and write; here two look before either has written. Of an even
    number of threads nobody waits for ever, however few connections they share. Calls of the main thread,
    which only prepares, go through.
    """
    gate = threading.Barrier(2)
    been = threading.local()

    def meet() -> None:
        if threading.current_thread() is threading.main_thread() or hasattr(been, "here"):
            return
        been.here = True
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(20)

    return meet
