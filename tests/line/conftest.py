"""A small LINE in a thread: it answers what the test has scripted, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from plusone.line.client import Addresses, Client

TOKEN = "channel-token-that-nobody-may-print"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Script:
    """What to answer next: (status, headers, body), or a function that plays with the connection itself."""

    answers: list[tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]] = field(
        default_factory=list
    )
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, status: int, value: object, **headers: str) -> None:
        named = {
            "x-line-request-id": "req-1",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        self.answers.append((status, named, json.dumps(value).encode()))

    def play(self, act: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.answers.append(act)


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_call(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.asked.append(Asked(self.command, self.path, headers, body))
            answer = script.answers.pop(0)
            if callable(answer):
                answer(self)
                self.close_connection = True
                return
            status, named, said = answer
            self.send_response(status)
            for name, value in {"content-type": "application/json", **named}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = handle_one_call

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `asked`."""

    return Handler


@pytest.fixture
def line_server() -> Iterator[Script]:
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield script
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(line_server: Script) -> Client:
    return Client(Addresses(line_server.url, line_server.url), TOKEN)
