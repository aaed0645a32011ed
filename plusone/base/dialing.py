"""Connecting to public addresses only, within a deadline: the network side of `plusone.base.http`.

A name is looked up once, every address it has must be public, we connect to one of those and check the far
end again. So nothing that a name server says later, and no way of writing an address, leads inside.
"""

import functools
import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoAnswerInTime
from typing import Any

import httpcore2

from plusone.base.fetch_errors import Failed, Forbidden, TooSlow

Resolver = Callable[[str, int], Sequence[str]]

CONNECT_SECONDS = 3.0
ADDRESSES_TRIED = 3

# IANA's special-purpose registries (2026-11), where Python's is_global is silent, late or of another opinion;
# the last is the host's own service under Azure's machines.
_SPECIAL_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "168.63.129.16/32",
    )
]
# Addresses that carry another address (Teredo, 6to4) or stand for nothing; all real ones are in 2000::/3.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = [
    ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]


class Deadline:
    """A point in time after which everything raises TooSlow."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds left, at most `at_most`. Raises TooSlow when there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TooSlow(seconds=self.seconds)
        return left if at_most is None else min(left, at_most)


def is_public(address: str) -> bool:
    """Whether an IP address, as text, belongs to somebody out there, and to nothing in here."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not any(ip in network for network in _SPECIAL_V4)
    return ip in _GLOBAL_V6 and ip.is_global and not any(ip in network for network in _SPECIAL_V6)


def system_addresses(host: str, port: int) -> list[str]:
    """The addresses that the system's resolver gives for a name. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PublicOnly(httpcore2.NetworkBackend):
    """httpcore2's way out to the network, as a gate. `allow` lets "host:port" or "address:port" pass."""

    def __init__(self, deadline: Deadline, allow: frozenset[str], resolve: Resolver) -> None:
        self._deadline = deadline
        self._allow = allow
        self._resolve = resolve
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of `host` that answers. Raises Forbidden, TooSlow, Failed."""
        addresses = self._look_up(host, port)
        for address in addresses:
            self._check(host, address, port)
        stream = self._connect_first(addresses[:ADDRESSES_TRIED], port)
        self._check(host, str(stream.get_extra_info("server_addr")[0]), port)
        return _TimedStream(stream, self._deadline)

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Never: a socket file is inside."""
        raise Forbidden(host="unix")

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        answer = _resolving(os.getpid()).submit(self._resolve, host, port)
        try:
            addresses = answer.result(timeout=self._deadline.left())
        except NoAnswerInTime:
            raise TooSlow(seconds=self._deadline.seconds) from None
        except (OSError, UnicodeError):
            raise Failed(cause="NoSuchHost") from None
        if not addresses:
            raise Failed(cause="NoSuchHost")
        return addresses

    def _check(self, host: str, address: str, port: int) -> None:
        allowed = {with_port(host, port), with_port(address, port)} & self._allow
        if not allowed and not is_public(address):
            raise Forbidden(host=host, address=address)

    def _connect_first(self, addresses: Sequence[str], port: int) -> httpcore2.NetworkStream:
        failure = ""
        for address in addresses:
            try:
                return self._network.connect_tcp(address, port, timeout=self._deadline.left(CONNECT_SECONDS))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                failure = type(failed).__name__
        raise Failed(cause=failure)


class _TimedStream(httpcore2.NetworkStream):
    """A connection on which every single step ends by the deadline, however slowly the far end drips."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def with_port(host: str, port: int) -> str:
    """host:port as it stands in an address: an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@functools.cache
def _resolving(pid: int) -> ThreadPoolExecutor:
    """getaddrinfo knows no time-out, so it waits in another thread; a forked process needs threads anew."""
    return ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolving")
