"""The real processes, for tests that walk the whole way: simulator, web, worker."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.embedded.processes import dying_with_parent
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant
from tests.ports import free_port


@dataclass
class Simulator:
    """The running simulator and its control API."""

    url: str
    http: httpx2.Client

    def get(self, path: str, **query: Any) -> Any:
        """GET from the control API; the JSON."""
        return self.http.get(f"{self.url}/control/{path}", params=query).raise_for_status().json()

    def post(self, path: str, body: Any = None) -> Any:
        """POST to the control API; the JSON."""
        return self.http.post(f"{self.url}/control/{path}", json=body or {}).raise_for_status().json()

    def put(self, path: str, body: Any = None) -> Any:
        """PUT to the control API; the JSON."""
        return self.http.put(f"{self.url}/control/{path}", json=body or {}).raise_for_status().json()


@dataclass
class Product:
    """The running product: its address and its processes by name."""

    url: str
    simulator: Simulator
    env: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start `plusone <arguments>` under this name."""
        command = [sys.executable, "-m", "plusone", *arguments]
        self.processes[name] = subprocess.Popen(
            command, env=self.env, stdout=subprocess.DEVNULL, preexec_fn=dying_with_parent(signal.SIGKILL)
        )
        return self.processes[name]

    def kill(self, name: str) -> None:
        """Kill a process the hard way."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def connect(self, tenant: Tenant, **settings: Any) -> "Account":
        """Give the shop an account at the simulator with the demo's cast, its webhook pointing here.

        A shop with a Login channel gets that one, too, and its LIFF app with this shop's pages as endpoint.
        """
        with scope.tenant(tenant.pk):
            channel = Channel.objects.get()
            body = {
                "channel_id": channel.channel_id,
                "secret": channel.secrets()[0],
                "access_token": channel.access_token(),
                "name": tenant.name,
                "webhook_url": f"{self.url}/t/{tenant.slug}/webhook",
                "provider": f"provider-{tenant.slug}",
            }
            if channel.login_channel_id:
                body |= {
                    "login_channel_id": channel.login_channel_id,
                    "login_channel_secret": channel.login_secret(),
                    "liff_id": channel.liff_id,
                    "liff_endpoint": f"{self.url}/t/{tenant.slug}/liff/",
                }
        cast = self.simulator.post("seed", body)
        if settings:
            patched = self.simulator.http.patch(
                f"{self.simulator.url}/control/channels/{body['channel_id']}", json=settings
            )
            patched.raise_for_status()
        channel_now = self.simulator.get(f"channels/{body['channel_id']}")
        with scope.tenant(tenant.pk):
            tenants.connect_channel(HOUSE, bot_user_id=channel_now["user_id"])
        return Account(self.simulator, body["channel_id"], cast["people"], cast["chats"], cast["group"])


@dataclass
class Account:
    """A shop's account at the simulator: `people` by name to LINE user id, 1:1 `chats` by name, a `group`."""

    simulator: Simulator
    channel_id: str
    people: dict[str, str]
    chats: dict[str, str]
    group: str

    def say(self, person: str, text: str, *, group: bool = False, quote: str = "") -> dict[str, Any]:
        """The person writes in their 1:1 chat, or in the group; the message."""
        body = {"person": person, "type": "text", "text": text, **({"quote": quote} if quote else {})}
        chat = self.group if group else self.chats[person]
        return self.simulator.post(f"chats/{chat}/messages", body)["messages"][0]  # type: ignore[no-any-return]

    def texts(self, chat: str) -> list[str]:
        """What the account has said in a chat, oldest first."""
        messages = self.simulator.get(f"chats/{chat}/messages", limit=1000)["messages"]
        return [m["body"].get("text", "") for m in messages if m["from"]["kind"] == "account"]

    def ask(
        self, person: str, text: str, *, group: bool = False, quote: str = "", seconds: float = 10
    ) -> str:
        """The person writes and the account's next words in that chat are returned."""
        chat = self.group if group else self.chats[person]
        before = len(self.texts(chat))
        self.say(person, text, group=group, quote=quote)
        until(lambda: len(self.texts(chat)) > before, seconds)
        return self.texts(chat)[before]

    def accepted(self) -> list[dict[str, Any]]:
        """Everything LINE accepted from this account."""
        return self.simulator.get("accepted", channel=self.channel_id, limit=20000)["accepted"]  # type: ignore[no-any-return]


@contextlib.contextmanager
def simulator() -> Iterator[Simulator]:
    """Start the simulator on a free port; stop it at the end."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="plusone-sim-") as folder:
        command = [sys.executable, "-m", "plusone.simulator", "--port", str(port), "--data", folder]
        process = subprocess.Popen(command, preexec_fn=dying_with_parent(signal.SIGKILL))
        try:
            with httpx2.Client(timeout=20) as http:
                started = Simulator(f"http://127.0.0.1:{port}", http)
                until(lambda: _answers(http, f"{started.url}/control/clock"), 30)
                yield started
        finally:
            process.terminate()
            process.wait(10)


@contextlib.contextmanager
def product(line: Simulator, *, worker: bool = True, **environment: str) -> Iterator[Product]:
    """Start web and worker on this run's database; stop them at the end."""
    port = free_port()
    env = {
        **os.environ,
        "PORT": str(port),
        **dict.fromkeys(("LINE_API_URL", "LINE_DATA_API_URL", "LINE_ACCESS_URL", "LINE_LIFF_URL"), line.url),
        "LIFF_SDK_URL": f"{line.url}/liff/sdk.js",
        "PLUSONE_DEMO": "1",
        **environment,
    }
    started = Product(f"http://127.0.0.1:{port}", line, env)
    started.start("web", "web", "--port", str(port))
    if worker:
        started.start("worker", "worker")
    try:
        until(lambda: _answers(line.http, f"{started.url}/readyz"), 30)
        yield started
    finally:
        for process in started.processes.values():
            process.terminate()
        for process in started.processes.values():
            process.wait(25)


def until(true: Callable[[], bool], seconds: float, every: float = 0.05) -> None:
    """Wait until it is true, or fail."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(every)


def _answers(http: httpx2.Client, url: str) -> bool:
    try:
        return http.get(url, timeout=2).status_code == 200
    except httpx2.TransportError:
        return False
