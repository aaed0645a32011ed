"""plusone demo where the environment names another LINE than the simulator: what is set wins (DESIGN 4)."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plusone.embedded.processes import dying_with_parent
from plusone.line import signature
from tests.ports import free_ports
from tests.running import until

SECRET, TOKEN = "5" * 32, "token-of-a-stranger"


@dataclass
class Elsewhere:
    """A stranger's LINE: it takes every reply and push, and knows nothing else."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> list[str]:
        """The texts of all messages that it took."""
        return [
            message.get("text", "") for call in self.calls for message in call["body"].get("messages", [])
        ]


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    line = Elsewhere()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            call = {"path": self.path, "from": self.headers.get("Authorization"), "raw": body}
            line.calls.append(call | {"body": json.loads(body) if body.startswith("{") else {}})
            self._say(200 if self.path.startswith("/v2/bot/message/") else 404)

        def do_GET(self) -> None:
            self._say(404)

        def _say(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        line.url = f"http://127.0.0.1:{server.server_port}"
        yield line
        server.shutdown()


def test_a_line_that_the_environment_names_is_line_and_the_demo_runs(elsewhere: Elsewhere) -> None:
    """Up it comes, a shop made beside it sells by chat, and its own shop's secrets stay at home."""
    port = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="plusone-demo-") as folder:
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "PLUSONE_", "LINE_"))
        }
        named = {"LINE_API_URL": elsewhere.url, "LINE_DATA_API_URL": elsewhere.url}
        env = {**inherited, **named, "PLUSONE_DATA": folder, "PORT": str(port)}
        output = Path(folder) / "output"
        with output.open("wb") as written:
            demo = subprocess.Popen(
                [sys.executable, "-m", "plusone", "demo"],
                env=env,
                stdout=written,
                stderr=subprocess.STDOUT,
                preexec_fn=dying_with_parent(signal.SIGTERM),
            )
        try:
            until(lambda: demo.poll() is not None or "Ctrl-C" in output.read_text(), 180)
            assert demo.poll() is None, output.read_text()
            assert f"answers go to {elsewhere.url}" in output.read_text()
            _sells(env, elsewhere)
            assert {call["from"] for call in elsewhere.calls} == {f"Bearer {TOKEN}"}
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(60)


def _sells(env: dict[str, str], line: Elsewhere) -> None:
    """A shop made by the command takes an order that its webhook brought, and answers at that LINE."""
    command = ["tenant", "create", "--slug", "mine", "--name", "茶行", "--json"]
    values = ["--channel-id", "1", "--channel-secret", SECRET, "--access-token", TOKEN]
    ran = subprocess.run(
        [sys.executable, "-m", "plusone", *command, *values], env=env, capture_output=True, check=True
    )
    made = json.loads(ran.stdout)
    api, bearer = f"http://127.0.0.1:{env['PORT']}/api/v1", {"Authorization": f"Bearer {made['api_token']}"}
    with httpx2.Client(headers=bearer, timeout=30) as http:
        tea = {"name": "高山茶", "price": 680, "stock": 5}
        code = http.post(f"{api}/products", json=tea).raise_for_status().json()["code"]
        body = json.dumps({"destination": "U" + "0" * 32, "events": [_event(f"{code}+2")]}).encode()
        signed = {"X-Line-Signature": signature.sign(body, SECRET)}
        assert http.post(made["webhook_url"], content=body, headers=signed).status_code == 200
        until(lambda: bool(line.told()), 30)
        (order,) = http.get(f"{api}/orders").raise_for_status().json()["items"]
    assert order["lines"][0]["quantity"] == 2
    assert order["number"] in line.told()[0]


def _event(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "webhookEventId": "01HXXXXXXXXXXXXXXXXXXXXXXX",
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": "U" + "1" * 32},
        "replyToken": "a" * 32,
        "message": {"type": "text", "id": "1", "text": text, "quoteToken": "q"},
    }
