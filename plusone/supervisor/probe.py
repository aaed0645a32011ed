"""Asks a web server whether it answers, without making the supervisor wait."""

import selectors
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

# Seconds. A server whose socket is open before its program is loaded answers late; one that never does is
# asked anew.
_TIMEOUT = 5.0


@dataclass
class Probe:
    """One question under way: its socket is in the selector until `answer` has said yes or no."""

    socket: socket.socket
    request: bytes
    deadline: float


def ask(selector: selectors.BaseSelector, url: str) -> Probe:
    """Starts a GET to an http address of this machine (IPv4) and registers for its answer."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    request = f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
    link = socket.socket()
    link.setblocking(False)
    link.connect_ex((host, port))
    probe = Probe(link, request.encode(), time.monotonic() + _TIMEOUT)
    selector.register(link, selectors.EVENT_WRITE, probe)
    return probe


def answer(selector: selectors.BaseSelector, probe: Probe, ready: int) -> bool | None:
    """The server's answer after its socket became ready (0: did not): True for 200, False for anything else.

    None while it is still open. After True or False the probe is closed.
    """
    if ready & selectors.EVENT_WRITE and _sent(probe):
        selector.modify(probe.socket, selectors.EVENT_READ, probe)
        return None
    if not ready and time.monotonic() < probe.deadline:
        return None
    good = bool(ready & selectors.EVENT_READ) and _status(probe) == b"200"
    drop(selector, probe)
    return good


def drop(selector: selectors.BaseSelector, probe: Probe) -> None:
    """Gives the question up."""
    selector.unregister(probe.socket)
    probe.socket.close()


def _sent(probe: Probe) -> bool:
    try:
        return probe.socket.send(probe.request) == len(probe.request)
    except OSError:
        return False


def _status(probe: Probe) -> bytes:
    try:
        return probe.socket.recv(1024).split(b" ", 2)[1]
    except (OSError, IndexError):
        return b""
