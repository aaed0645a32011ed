"""A load generator in one thread: keep-alive connections over epoll, requests made beforehand, every
answer timed.

About 15 µs a request, so it leaves the cores to what is measured; a benchmark client of the usual kind
takes ten times that.
"""

import json
import secrets
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from plusone.line import signature


@dataclass
class Answers:
    """What came back: statuses, and seconds from sending to the whole answer, in order of arrival."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second that were answered with 200."""
        return self.statuses.get(200, 0) / self.took if self.took else 0.0

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests stayed under."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


def plus_one(user_id: str, *, text: str = "+1", token: str = "") -> dict[str, object]:
    """A +1 message event as LINE writes it, happening now."""
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": user_id},
        "webhookEventId": secrets.token_hex(13).upper(),
        "deliveryContext": {"isRedelivery": False},
        "replyToken": token or f"storm-{secrets.token_hex(12)}",
        "message": {
            "type": "text",
            "id": str(secrets.randbelow(10**17)),
            "quoteToken": secrets.token_hex(24),
            "text": text,
        },
    }


def request(
    path: str, secret: str, destination: str, events: Sequence[dict[str, object]], host: str
) -> bytes:
    """One signed webhook request, ready to send."""
    body = json.dumps({"destination": destination, "events": list(events)}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"x-line-signature: {signature.sign(body, secret)}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send_all(port: int, requests: Sequence[bytes], connections: int) -> Answers:
    """Send every request once over so many keep-alive connections, each waiting for its answer; time-out
    30 s.
    """
    return _Run(port, iter(requests), connections).run()


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    heard: bytes = b""


class _Run:
    def __init__(self, port: int, requests: Iterator[bytes], connections: int) -> None:
        self.requests = requests
        self.poll = select.epoll()
        self.answers = Answers()
        self.open: dict[int, _Connection] = {}
        for _ in range(connections):
            plain = socket.create_connection(("127.0.0.1", port), timeout=30)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open[plain.fileno()] = _Connection(plain)
            self.poll.register(plain.fileno(), select.EPOLLIN)

    def run(self) -> Answers:
        began = time.perf_counter()
        for connection in list(self.open.values()):
            self._send(connection)
        while self.open:
            events = self.poll.poll(30)
            assert events, "no answer within 30 seconds"
            for number, _ in events:
                self._hear(self.open[number])
        self.answers.took = time.perf_counter() - began
        return self.answers

    def _send(self, connection: _Connection) -> None:
        request = next(self.requests, None)
        if request is None:
            self._close(connection)
            return
        connection.sent_at = time.perf_counter()
        connection.socket.sendall(request)

    def _hear(self, connection: _Connection) -> None:
        connection.heard += connection.socket.recv(65536)
        head, found, body = connection.heard.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            assert connection.heard, "the server closed a connection"
            return
        status = int(head[9:12])
        self.answers.statuses[status] = self.answers.statuses.get(status, 0) + 1
        self.answers.seconds.append(time.perf_counter() - connection.sent_at)
        connection.heard = b""
        self._send(connection)

    def _close(self, connection: _Connection) -> None:
        number = connection.socket.fileno()
        self.poll.unregister(number)
        connection.socket.close()
        del self.open[number]


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return (
        int(lower[at + 15 : lower.find(b"\r", at) if lower.find(b"\r", at) > 0 else None]) if at >= 0 else 0
    )
