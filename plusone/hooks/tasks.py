"""The lanes' loop: hears the door's bell, and sweeps for what a lost bell left behind."""

import threading
import time
from collections import deque

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from plusone.base import logs
from plusone.base.bells import Bell
from plusone.chat.actions import keep
from plusone.hooks.actions import lane

SWEEP_SECONDS = 2.0


def run(stop: threading.Event) -> None:
    """Work lanes until told to stop: a batch a turn, tenants in turn,
    so that a big sale can't starve a small shop (P25).
    """
    bell = Bell(settings.DATABASE_URL, keep.BELL)
    waiting: deque[int] = deque()
    swept_at = 0.0
    while not stop.is_set():
        try:
            if time.monotonic() - swept_at > SWEEP_SECONDS:
                _add(waiting, lane.tenants_with_work())
                swept_at = time.monotonic()
            _add(waiting, [int(tenant) for tenant in bell.wait(0 if waiting else SWEEP_SECONDS)])
            _turn(waiting)
        except (DatabaseError, InterfaceError):
            logs.logger().warning("lanes.database_away", exc_info=True)
            stop.wait(0.5)
    bell.close()


def _turn(waiting: deque[int]) -> None:
    """One batch for the tenant whose turn it is; back to the end of the row while it has more."""
    if not waiting:
        return
    tenant_id = waiting.popleft()
    if lane.work(tenant_id) >= lane.BATCH:
        waiting.append(tenant_id)


def _add(waiting: deque[int], tenants: list[int]) -> None:
    waiting.extend(tenant for tenant in dict.fromkeys(tenants) if tenant not in waiting)
