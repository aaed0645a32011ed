"""One signed HTTP POST to an account's webhook address, and what came of it."""

import base64
import hashlib
import hmac
import http.client
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

# LINE gives up on a webhook that has not answered within two seconds.
TIMEOUT = 2.0

_open = threading.local()


@dataclass(frozen=True)
class Outcome:
    """`status` is 0 when no answer came; `reason` as docs/simulator.md lists them; `ms` the time it took."""

    status: int
    reason: str
    ms: float
    detail: str = ""


def sign(secret: str, body: bytes) -> str:
    """The x-line-signature of a body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def post(url: str, body: bytes, signature: str | None) -> Outcome:
    """Sends the body over this thread's open connection; a broken one is an outcome, not an error."""
    started = time.perf_counter()
    status, reason, detail = _try(url, body, signature)
    return Outcome(status, reason, round((time.perf_counter() - started) * 1000, 1), detail)


def _try(url: str, body: bytes, signature: str | None) -> tuple[int, str, str]:
    try:
        status = _send(url, body, signature)
    except TimeoutError:
        return 0, "request_timeout", "Request timeout"
    except (ConnectionRefusedError, ssl.SSLError, OSError) as error:
        return 0, "could_not_connect", type(error).__name__
    except (http.client.HTTPException, ValueError) as error:
        return 0, "unclassified", type(error).__name__
    return status, "ok" if 200 <= status < 300 else "error_status_code", ""


def _send(url: str, body: bytes, signature: str | None) -> int:
    parts = urlsplit(url)
    key = (parts.scheme, parts.hostname or "", parts.port)
    connections = _connections()
    reused = key in connections
    connection = connections.pop(key, None) or _connect(*key)
    try:
        status = _exchange(connection, parts.path or "/", parts.query, body, signature)
    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
        connection.close()
        if not reused:
            raise
        # The other side closed an idle connection: LINE would have opened a new one.
        return _send(url, body, signature)
    except BaseException:
        connection.close()
        raise
    connections[key] = connection
    return status


def _connections() -> dict[tuple[str, str, int | None], http.client.HTTPConnection]:
    if not hasattr(_open, "connections"):
        _open.connections = {}
    found: dict[tuple[str, str, int | None], http.client.HTTPConnection] = _open.connections
    return found


def _connect(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _exchange(
    connection: http.client.HTTPConnection, path: str, query: str, body: bytes, signature: str | None
) -> int:
    headers = {"content-type": "application/json; charset=utf-8", "user-agent": "LineBotWebhook/2.0"}
    if signature is not None:
        headers["x-line-signature"] = signature
    connection.request("POST", f"{path}?{query}" if query else path, body, headers)
    answer = connection.getresponse()
    answer.read(65_536)
    if not answer.isclosed():
        connection.close()
    return answer.status
