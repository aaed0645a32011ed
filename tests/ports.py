"""Ports for the servers that tests start.

They lie below the range from which the system takes the near end of every outgoing connection: such an end
keeps its port for a minute after it is closed, and a server cannot listen there. On Linux connections prefer
even ports and `bind(0)` odd ones, so "a free port and the next" was the pair most likely to be hit.
"""

import os
import random
import socket
from pathlib import Path

_LOWEST = 10_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has and no connection will take."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many neighbouring ports, all free."""
    own = _own()
    while True:
        first = random.choice(own)
        if all(_free(first + offset) for offset in range(count)):
            return first


def _own() -> range:
    """The ports of this worker: what another worker is about to take looks free, too."""
    end = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32_768
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    width = (end - _LOWEST) // workers
    start = _LOWEST + width * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return range(start, start + width - 10)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
