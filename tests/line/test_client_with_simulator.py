"""Every method of the client against the real simulator process; its webhooks through our readers."""

import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from plusone.line import client as line
from plusone.line import errors, events, flex, messages, signature
from plusone.line.client import Addresses, Client

ROOT = Path(__file__).resolve().parents[2]
CHANNEL, SECRET, TOKEN = "2000000001", "0123456789abcdef0123456789abcdef", "channel-token"
HELLO = [messages.text("收到 +1")]


@dataclass
class Play:
    """The simulator, the demo cast, and the webhooks that came."""

    url: str
    hook_url: str = ""
    cast: dict[str, Any] = field(default_factory=dict)
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.addresses, TOKEN)

    @property
    def addresses(self) -> Addresses:
        return Addresses(self.url, self.url)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = httpx2.request(method, f"{self.url}/control/{path}", json=body, timeout=10, trust_env=False)
        answer.raise_for_status()
        return answer.json()

    def say(self, person: str, chat: str, **said: Any) -> tuple[str, events.Event]:
        """Somebody says something; its message id, and the event that our webhook got."""
        before = len(self.heard)
        bubble = self.control("POST", f"chats/{chat}/messages", {"person": person, **said})["messages"][0]
        end = time.monotonic() + 5
        while len(self.heard) == before and time.monotonic() < end:
            time.sleep(0.02)
        header, raw = self.heard[before]
        assert signature.verify(raw, header, [SECRET])
        return bubble["id"], events.parse(raw).events[0]

    def text(self, person: str = "amy", words: str = "+1", **more: Any) -> events.Event:
        return self.say(person, self.cast["chats"][person], type="text", text=words, **more)[1]

    def user(self, person: str) -> str:
        return str(self.cast["people"][person])

    def fault(self, name: str) -> None:
        self.control("PUT", f"faults/{name}", {"on": True, "times": 1})


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("simulator")
    command = [sys.executable, "-m", "plusone.simulator", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        assert process.poll() is None
        try:
            httpx2.get(f"{url}/control/clock", timeout=1, trust_env=False).raise_for_status()
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the simulator does not answer")


@pytest.fixture
def play(simulator: str) -> Iterator[Play]:
    made = Play(simulator)

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            made.heard.append((self.headers["x-line-signature"], raw))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Tests read `heard`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    made.control("POST", "reset", {})
    made.hook_url = f"http://127.0.0.1:{server.server_port}/"
    account = {"channel_id": CHANNEL, "secret": SECRET, "access_token": TOKEN, "name": "小鋪"}
    made.cast = made.control("POST", "seed", {**account, "webhook_url": made.hook_url})
    yield made
    server.shutdown()
    server.server_close()


def test_reply_once(play: Play) -> None:
    event = play.text()
    assert (events.kind(event), events.text(event)) == ("message", "+1")
    assert events.source(event) == events.Source("user", play.user("amy"), play.user("amy"))
    sent = play.client.reply(
        events.reply_token(event), [messages.text("收到", quote_token=events.quote_token(event))]
    )
    assert len(sent.message_ids) == 1
    assert sent.quote_tokens[0]
    with pytest.raises(errors.ReplyTokenInvalid):
        play.client.reply(events.reply_token(event), HELLO)


def test_cards_are_accepted(play: Play) -> None:
    actions = [messages.postback("＋1", "order:A001:1", display_text="+1"), messages.say("我的訂單", "履歷")]
    product = flex.product_card(
        title="高山烏龍茶",
        price="NT$450",
        notes=["260108001"],
        image_url="https://shop.example/a.jpg",
        actions=actions,
    )
    order = flex.order_card(
        heading="收到",
        number="260108-001",
        rows=[flex.Row("茶 ×2", "NT$900")],
        total=flex.Row("合計", "NT$900"),
    )
    built = [
        messages.flex("茶", product),
        messages.flex("訂單", order),
        messages.flex("商品", flex.carousel([product, order])),
        messages.image("https://shop.example/a.jpg"),
        messages.text("+1?", quick_replies=[messages.quick_reply("+1", action) for action in actions]),
    ]
    play.client.validate("push", built)
    sent = play.client.push(play.user("amy"), built, retry_key=uuid.uuid4())
    assert len(sent.message_ids) == 5


def test_a_retry_key_sends_once(play: Play) -> None:
    key = uuid.uuid4()
    first = play.client.push(play.user("amy"), HELLO, retry_key=key)
    second = play.client.push(play.user("amy"), HELLO, retry_key=key)
    assert (first.already, second.already) == (False, True)
    assert second.accepted_request_id == first.request_id
    assert second.message_ids == first.message_ids
    assert len(play.control("GET", f"accepted?channel={CHANNEL}&endpoint=push")["accepted"]) == 1


@pytest.mark.parametrize("fault", ["error_after", "cut_after"])
def test_unclear_after_acceptance_then_already(play: Play, fault: str) -> None:
    key = uuid.uuid4()
    play.fault(fault)
    with pytest.raises(errors.Unclear):
        play.client.push(play.user("amy"), HELLO, retry_key=key)
    assert play.client.push(play.user("amy"), HELLO, retry_key=key).already


def test_an_error_before_acceptance_is_unclear_too(play: Play) -> None:
    key = uuid.uuid4()
    play.fault("error_before")
    with pytest.raises(errors.Unclear):
        play.client.push(play.user("amy"), HELLO, retry_key=key)
    assert not play.client.push(play.user("amy"), HELLO, retry_key=key).already


def test_line_down_is_never_taken_for_success(play: Play) -> None:
    play.fault("down")
    with pytest.raises(errors.Unclear):
        play.client.reply("x", HELLO)


def test_quota_and_rate(play: Play) -> None:
    play.fault("quota_empty")
    with pytest.raises(errors.MonthlyLimit):
        play.client.push(play.user("amy"), HELLO, retry_key=uuid.uuid4())
    play.control("PUT", "faults/rate_tiny", {"on": True, "per_second": 1})
    with pytest.raises(errors.RateLimited):
        [play.client.profile(play.user("amy")) for _ in range(5)]
    play.control("POST", "faults/reset", {})
    play.control("PATCH", f"channels/{CHANNEL}", {"quota": 200, "used": 3})
    assert (play.client.quota(), play.client.consumption()) == (200, 3)
    play.client.multicast([play.user("amy"), play.user("kenta")], HELLO, retry_key=uuid.uuid4())
    assert play.client.consumption() == 5
    play.control("PATCH", f"channels/{CHANNEL}", {"quota": None})
    assert play.client.quota() is None


def test_what_is_wrong_is_refused_with_details(play: Play) -> None:
    with pytest.raises(errors.Refused) as caught:
        play.client.validate("reply", [{"type": "text", "text": ""}])
    assert caught.value.status == 400
    assert caught.value.details[0].property == "messages[0].text"
    with pytest.raises(errors.BadToken):
        Client(play.addresses, "another-token").bot_info()


def test_people_and_groups(play: Play) -> None:
    group = play.cast["group"]
    assert play.client.profile(play.user("amy")).display_name
    assert play.client.group_member(group, play.user("amin")).display_name == "阿明"
    assert play.client.group_summary(group).name == "團購群"
    with pytest.raises(errors.NotFound):
        play.client.profile("U" + "0" * 32)
    room = play.control(
        "POST", "groups", {"name": "舊聊天室", "people": ["amy"], "channel": CHANNEL, "kind": "room"}
    )
    assert play.client.room_member(room["id"], play.user("amy")).user_id == play.user("amy")
    play.client.leave_group(group)
    with pytest.raises(errors.LineError):
        play.client.group_summary(group)


def test_a_photo_and_a_quote_of_it(play: Play) -> None:
    chat, photo = play.cast["group"], play.control("GET", "world")["camera_roll"][0]
    message_id, event = play.say("lin", chat, type="image", photos=[photo["name"]])
    assert (events.message_kind(event), events.message_id(event)) == ("image", message_id)
    content = play.client.content(message_id, max_bytes=10_000_000)
    assert content.content_type.startswith("image/")
    assert len(content.data) > 1000
    with pytest.raises(errors.ContentTooBig):
        play.client.content(message_id, max_bytes=1000)
    _, quoting = play.say("amy", chat, type="text", text="+1", quote=message_id)
    assert events.quoted_message_id(quoting) == message_id
    assert events.source(quoting) == events.Source("group", chat, play.user("amy"))
    play.control("POST", f"messages/{message_id}/unsend", {"person": "lin"})
    with pytest.raises(errors.Gone):
        play.client.content(message_id, max_bytes=10_000_000)
    video, _ = play.say("amy", chat, type="video", duration=1000)
    with pytest.raises(errors.NotReady):
        play.client.content(video, max_bytes=1000)
    with pytest.raises(errors.NotFound):
        play.client.content("1", max_bytes=1000)


def test_a_mention_is_cut_out(play: Play) -> None:
    mention = {"mentionees": [{"index": 0, "length": 3, "type": "user", "isSelf": True}]}
    event = play.say("amy", play.cast["group"], type="text", text="@小鋪 +1", mention=mention)[1]
    assert events.text_without_mentions(events.message(event)) == "+1"
    assert events.mentions_us(event)


def test_the_account_and_its_webhook(play: Play) -> None:
    info = play.client.bot_info()
    assert info.display_name == "小鋪"
    endpoint = play.client.webhook_endpoint()
    assert endpoint is not None
    assert (endpoint.url, endpoint.active) == (play.hook_url, True)
    tested = play.client.test_webhook()
    assert (tested.success, tested.status_code, tested.reason) == (True, 200, "OK")
    assert events.parse(play.heard[-1][1]) == events.Webhook(info.user_id, [])
    assert play.client.test_webhook("http://127.0.0.1:9/").reason == "COULD_NOT_CONNECT"
    play.client.set_webhook_endpoint(play.hook_url + "other")
    changed = play.client.webhook_endpoint()
    assert changed is not None
    assert changed.url == play.hook_url + "other"


def test_tokens(play: Play) -> None:
    issued = line.issue_stateless_token(play.addresses, CHANNEL, SECRET)
    assert issued.expires_in == 900
    assert Client(play.addresses, issued.token).bot_info().display_name == "小鋪"
    assert line.verify_token(play.addresses, TOKEN).channel_id == CHANNEL
    with pytest.raises((errors.Refused, errors.BadToken)):
        line.issue_stateless_token(play.addresses, CHANNEL, "wrong")
    with pytest.raises((errors.Refused, errors.BadToken)):
        line.verify_token(play.addresses, "wrong")
