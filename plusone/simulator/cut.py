"""Dropping a caller's connection without an answer.

The web server hands no socket to its applications, so the one that waits for this answer is found among the
process's own: it has received more recently than it has sent, about as long ago as the call began. With
several callers at once another's connection may be the one that drops: a network failure all the same.
"""

import os
import socket
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path

# Offsets of tcpi_last_data_sent and tcpi_last_data_recv (ms ago) in Linux's struct tcp_info.
_SENT, _RECEIVED = 44, 52
_DESCRIPTORS = Path("/proc/self/fd")


def drop_caller(port: int, began: float) -> bool:
    """Closes the connection to `port` that asked at `began` (perf_counter); False where none is found."""
    if not _DESCRIPTORS.exists():
        return False
    waited = (time.perf_counter() - began) * 1000
    waiting = [(abs(age - waited), number) for number, age in _waiting(port)]
    if not waiting:
        return False
    with socket.socket(fileno=os.dup(min(waiting)[1])) as connection:
        connection.shutdown(socket.SHUT_RDWR)
    return True


def _waiting(port: int) -> Iterator[tuple[int, int]]:
    for entry in _DESCRIPTORS.iterdir():
        age = _age(int(entry.name), port)
        if age is not None:
            yield int(entry.name), age


def _age(number: int, port: int) -> int | None:
    try:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            return None
        with socket.socket(fileno=os.dup(number)) as connection:
            if connection.getsockname()[1] != port or not connection.getpeername():
                return None
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    except (OSError, IndexError):
        return None
    sent, received = (struct.unpack_from("I", info, at)[0] for at in (_SENT, _RECEIVED))
    return received if received <= sent else None
