"""Races and their twins: deeds at the same moment, and what stands where the lock stood."""

import contextlib
import threading
from collections.abc import Callable

from django.db import connection

from plusone.base import scope
from plusone.tenants.models import Tenant


def all_at_once(tenant: Tenant, *deeds: Callable[[], object]) -> list[Exception]:
    """Do each deed in a thread and a transaction of its own, all begun together; the errors they met."""
    errors: list[Exception] = []
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> None:
        start.wait()
        try:
            with scope.tenant(tenant.pk):
                deed()
        except Exception as error:
            errors.append(error)
        connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


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
