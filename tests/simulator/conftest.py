"""The real simulator process on a free port, an account with the demo cast, an ear for its webhooks."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "channel-token"
CHANNEL = "2000000001"


@dataclass
class Running:
    """A simulator process and its data folder."""

    process: "subprocess.Popen[bytes]"
    url: str
    data: Path


def start_simulator(data: Path, port: int | None = None) -> Running:
    port = port or free_port()
    command = [sys.executable, "-m", "plusone.simulator", "--port", str(port), "--data", str(data)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    running = Running(process, f"http://127.0.0.1:{port}", data)
    until(lambda: _answers(running), 20)
    return running


def _answers(running: Running) -> bool:
    assert running.process.poll() is None, "the simulator did not start"
    try:
        return httpx2.get(f"{running.url}/control/clock", timeout=1).status_code == 200
    except httpx2.TransportError:
        return False


def stop(running: Running) -> None:
    running.process.terminate()
    running.process.wait(10)


def until(right: Callable[[], Any], seconds: float = 5) -> Any:
    """Waits until `right()` is true and returns it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = right()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("waited in vain")


@dataclass
class Heard:
    """A webhook as it arrived."""

    headers: dict[str, str]
    raw: bytes
    time: float

    @property
    def events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = json.loads(self.raw)["events"]
        return events


@dataclass
class Ear:
    """A shop's webhook address: keeps what it hears, answers as told (default 200, at once)."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    delay: float = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for one in list(self.heard) for event in one.events]

    def wait_for(self, count: int, seconds: float = 5) -> list[dict[str, Any]]:
        until(lambda: len(self.events) >= count, seconds)
        return self.events


def _handler(ear: Ear) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            ear.heard.append(Heard(headers, raw, time.monotonic()))
            time.sleep(ear.delay)
            self.send_response(ear.statuses.pop(0) if ear.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests look at what was heard."""

    return Handler


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(ear))
    server.daemon_threads = True
    ear.url = f"http://127.0.0.1:{server.server_port}/webhook"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield ear
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start_simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    stop(running)


@dataclass
class Sim:
    """The simulator as a test plays it."""

    url: str
    cast: dict[str, Any] = field(default_factory=dict)
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=10))

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.http.request(method, f"{self.url}/control/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def line(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> httpx2.Response:
        named = {"authorization": f"Bearer {token}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.http.request(method, f"{self.url}/v2/bot/{path}", json=body, headers=named)

    def chat(self, person: str) -> str:
        return str(self.cast["chats"][person])

    @property
    def group(self) -> str:
        return str(self.cast["group"])

    def user(self, person: str) -> str:
        return str(self.cast["people"][person])

    def say(self, text: str, person: str = "amy", chat: str = "", **more: Any) -> dict[str, Any]:
        body = {"person": person, "type": "text", "text": text, **more}
        said: dict[str, Any] = self.call("POST", f"chats/{chat or self.chat(person)}/messages", body)[
            "messages"
        ][0]
        return said

    def token(self, person: str = "amy", chat: str = "") -> str:
        body = {"channel": CHANNEL, "chat": chat or self.chat(person), "count": 1}
        return str(self.call("POST", "tokens", body)["tokens"][0])

    def reply(self, token: str, *texts: str) -> httpx2.Response:
        messages = [{"type": "text", "text": text} for text in texts or ("ok",)]
        return self.line("POST", "message/reply", {"replyToken": token, "messages": messages})

    def push(self, to: str, text: str = "hi", **headers: str) -> httpx2.Response:
        return self.line(
            "POST", "message/push", {"to": to, "messages": [{"type": "text", "text": text}]}, **headers
        )

    def accepted(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call(
            "GET", "accepted?" + "&".join(f"{k}={v}" for k, v in query.items())
        )["accepted"]
        return found

    def bubbles(self, chat: str) -> list[dict[str, Any]]:
        found = self.call("GET", f"chats/{chat}/messages")["messages"]
        return [message for message in found if message["type"] != "system"]

    def fault(self, name: str, **fields: Any) -> None:
        self.call("PUT", f"faults/{name}", {"on": True, **fields})

    def set(self, **settings: Any) -> None:
        self.call("PATCH", f"channels/{CHANNEL}", settings)

    def advance(self, seconds: float) -> None:
        self.call("POST", "clock", {"advance": seconds})


@pytest.fixture
def sim(running: Running, ear: Ear) -> Iterator[Sim]:
    """A fresh world with the demo cast around one account whose webhooks go to `ear`."""
    sim = Sim(running.url)
    sim.call("POST", "reset", {})
    account = {"channel_id": CHANNEL, "secret": SECRET, "access_token": TOKEN, "name": "小鋪"}
    sim.cast = sim.call("POST", "seed", account | {"webhook_url": ear.url})
    yield sim
    sim.http.close()


@pytest.fixture
def login(sim: Sim) -> Sim:
    """The same world with a Login channel beside the account, and a LIFF app."""
    body = {
        "channel_id": CHANNEL,
        "secret": SECRET,
        "access_token": TOKEN,
        "name": "小鋪",
        "login_channel_id": "2000000101",
        "login_channel_secret": "fedcba9876543210fedcba9876543210",
        "login_callbacks": ["https://shop.example/callback"],
        "liff_endpoint": "https://shop.example/t/demo/liff/",
    }
    made = sim.call("POST", "seed", body)
    assert (made["login_channel"], made["liff"]) == ("2000000101", "2000000101-shop")
    return sim


def signature(raw: bytes) -> str:
    return base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
