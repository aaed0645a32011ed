"""Memory: all processes idle, and a backlog of 100,000 events worked off."""

import re
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from benchmarks import ground, load
from benchmarks.shop import buyers, open_shop, orders_of
from plusone.chat.actions.keep import Keeper, open_pool
from plusone.hooks import line as door

BACKLOG = 100_000


def backlog() -> dict[str, object]:
    """Events worked off a second from a backlog of 100,000, and the worker's largest resident size in MB."""
    shop = open_shop()
    people = buyers(2000)
    keeper = Keeper(open_pool(settings.DATABASE_URL))
    for start in range(0, BACKLOG, 1000):
        keeper.keep(
            [door.kept(shop.tenant.pk, load.plus_one(people[(start + n) % 2000])) for n in range(1000)]
        )
    keeper.pool.close()
    largest: list[float] = [0.0]
    with ground.process(*ground.plusone("worker")) as worker:
        stop = threading.Event()
        watcher = threading.Thread(target=_watch, args=(worker.pid, stop, largest))
        watcher.start()
        began = time.perf_counter()
        ground.until(lambda: orders_of(shop) >= BACKLOG, 600)
        took = time.perf_counter() - began
        stop.set()
        watcher.join()
    return {"events a second": BACKLOG / took, "worker MB": largest[0], "backlog": BACKLOG}


def idle(pids: Callable[[], list[int]]) -> float:
    """Megabytes of these processes and all their children together (PSS: what is shared counts once)."""
    return sum(_pss(pid) for pid in _families(pids())) / 1024


def _watch(pid: int, stop: threading.Event, largest: list[float]) -> None:
    while not stop.wait(0.2):
        largest[0] = max(largest[0], _rss(pid) / 1024)


def _rss(pid: int) -> int:
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS")


def _pss(pid: int) -> int:
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def _kilobytes(path: Path, name: str) -> int:
    try:
        found = re.search(rf"^{name}:\s+(\d+)", path.read_text(), re.M)
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _families(pids: list[int]) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    family = set(pids)
    while more := {pid for pid, parent in parents if parent in family} - family:
        family |= more
    return sorted(family)
