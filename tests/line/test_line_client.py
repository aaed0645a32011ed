"""The client against a scripted LINE over real HTTP: every way a call can end."""

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest

from plusone.line import answers, errors, wire
from plusone.line import client as line
from plusone.line.client import Addresses, Client

from .conftest import TOKEN, Script

HELLO = [{"type": "text", "text": "收到 +1 🎉"}]
KEY = uuid.UUID("11111111-2222-4333-8444-555555555555")
SENT = {"sentMessages": [{"id": "461230966842064897", "quoteToken": "q1"}, {"id": "461230966842064898"}]}


def test_a_reply_carries_token_and_messages(client: Client, line_server: Script) -> None:
    line_server.answer(200, SENT)
    sent = client.reply("reply-token", HELLO)
    assert sent.request_id == "req-1"
    assert sent.message_ids == ("461230966842064897", "461230966842064898")
    assert sent.quote_tokens == ("q1", "")
    assert (sent.already, sent.accepted_request_id) == (False, None)
    asked = line_server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/v2/bot/message/reply")
    assert asked.json() == {"replyToken": "reply-token", "messages": HELLO}
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["content-type"] == "application/json"
    assert "x-line-retry-key" not in asked.headers


def test_a_push_carries_its_retry_key(client: Client, line_server: Script) -> None:
    line_server.answer(200, SENT)
    client.push("U1", HELLO, retry_key=KEY, notification_disabled=True, units=["spring"])
    asked = line_server.asked[0]
    assert asked.headers["x-line-retry-key"] == str(KEY)
    assert asked.json() == {
        "to": "U1",
        "messages": HELLO,
        "notificationDisabled": True,
        "customAggregationUnits": ["spring"],
    }


def test_a_multicast_has_no_message_ids(client: Client, line_server: Script) -> None:
    line_server.answer(200, {})
    assert client.multicast(["U1", "U2"], HELLO, retry_key=KEY).message_ids == ()
    assert line_server.asked[0].json()["to"] == ["U1", "U2"]


def test_a_key_that_was_accepted_before_is_success(client: Client, line_server: Script) -> None:
    said = {"message": "The retry key is already accepted", **SENT}
    line_server.answer(409, said, x_line_accepted_request_id="req-0")
    sent = client.push("U1", HELLO, retry_key=KEY)
    assert (sent.already, sent.accepted_request_id, sent.request_id) == (True, "req-0", "req-1")
    assert sent.message_ids[0] == "461230966842064897"


def test_409_without_an_accepted_id_is_no_success(client: Client, line_server: Script) -> None:
    line_server.answer(409, {"message": "conflict"})
    with pytest.raises(errors.Refused):
        client.push("U1", HELLO, retry_key=KEY)


def test_a_success_that_cannot_be_read_is_still_a_success(client: Client, line_server: Script) -> None:
    line_server.answers.append((200, {"x-line-request-id": "req-9"}, b"<html>"))
    assert client.reply("t", HELLO).request_id == "req-9"


OUTCOMES: list[tuple[int, str, type[errors.LineError]]] = [
    (400, "The request body has 1 error(s)", errors.Refused),
    (400, "Invalid reply token", errors.ReplyTokenInvalid),
    (401, "Authentication failed due to the following reason: invalid token", errors.BadToken),
    (403, "Access to this API is not available for your account", errors.Refused),
    (404, "Not found", errors.NotFound),
    (410, "The content is gone", errors.Gone),
    (413, "too large", errors.Refused),
    (415, "media type", errors.Refused),
    (429, "The API rate limit has been exceeded. Try again later.", errors.RateLimited),
    (429, "You have reached your monthly limit.", errors.MonthlyLimit),
    (500, "Internal", errors.Unclear),
    (502, "Bad gateway", errors.Unclear),
    (504, "Gateway time-out", errors.Unclear),
    (302, "elsewhere", errors.Refused),
]


@pytest.mark.parametrize(("status", "message", "kind"), OUTCOMES)
def test_every_refusal_has_its_own_error(
    client: Client, line_server: Script, status: int, message: str, kind: type[errors.LineError]
) -> None:
    detail = {"message": "May not be empty", "property": "messages[0].text"}
    line_server.answer(status, {"message": message, "details": [detail]}, location="/elsewhere")
    with pytest.raises(errors.LineError) as caught:
        client.reply("reply-token", HELLO)
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.request_id, error.line_message) == (status, "req-1", message)
    if kind is errors.Refused:
        assert error.details == (errors.Detail("May not be empty", "messages[0].text"),)
    assert len(line_server.asked) == 1


def test_only_a_reply_can_have_a_dead_reply_token(client: Client, line_server: Script) -> None:
    line_server.answer(400, {"message": "Invalid reply token"})
    with pytest.raises(errors.Refused):
        client.push("U1", HELLO, retry_key=KEY)


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"null", b"\xff", b'{"message": 5, "details": [1, {}]}', b"[" * 9999]
)
def test_an_error_without_sense_is_still_typed(client: Client, line_server: Script, said: bytes) -> None:
    line_server.answers.append((400, {}, said))
    with pytest.raises(errors.Refused) as caught:
        client.reply("t", HELLO)
    assert caught.value.status == 400


def test_nobody_there_means_not_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    nobody = f"http://127.0.0.1:{port}"
    with pytest.raises(errors.Unreachable) as caught:
        Client(Addresses(nobody, nobody), TOKEN).reply("t", HELLO)
    assert caught.value.cause == "ConnectError"


def _cut(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def _half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"sent')
    handler.wfile.flush()
    _cut(handler)


def _nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    handler.wfile.flush()


@pytest.mark.parametrize("act", [_cut, _half, _nonsense])
def test_a_broken_answer_leaves_it_unclear_and_is_not_repeated(
    client: Client, line_server: Script, act: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    line_server.play(act)
    with pytest.raises(errors.Unclear):
        client.push("U1", HELLO, retry_key=KEY)
    assert len(line_server.asked) == 1


def test_silence_is_unclear_after_the_time_limit(
    client: Client, line_server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(wire.TIMEOUTS["timeout"], "read", 0.2)
    line_server.play(lambda handler: time.sleep(10))
    started = time.monotonic()
    with pytest.raises(errors.Unclear) as caught:
        client.reply("t", HELLO)
    assert caught.value.cause == "ReadTimeout"
    assert time.monotonic() - started < 8  # the server itself takes ten


def test_dripping_ends_at_the_total_limit(line_server: Script) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)

    line_server.play(drip)
    started = time.monotonic()
    with pytest.raises(errors.Unclear) as caught:
        wire.exchange(wire.shared_pool(), "GET", line_server.url + "/", [], seconds=0.3)
    assert caught.value.cause == "TotalTimeout"
    assert time.monotonic() - started < 8


def test_the_limits_are_those_of_the_design() -> None:
    limits = wire.TIMEOUTS["timeout"]
    assert limits["connect"] == 2.0
    assert limits["connect"] + limits["read"] <= wire.TOTAL_SECONDS == 8.0


def test_an_error_prints_no_secret(client: Client, line_server: Script) -> None:
    line_server.answer(400, {"message": "bad text: 王小明 0912345678", "details": [{"message": "王小明"}]})
    with pytest.raises(errors.Refused) as caught:
        client.push("U1", HELLO, retry_key=KEY)
    shown = f"{caught.value} {caught.value!r}"
    assert "王小明" not in shown
    assert TOKEN not in shown
    line_server.play(_cut)
    with pytest.raises(errors.Unclear) as cut:
        client.push("U1", HELLO, retry_key=KEY)
    assert cut.value.__suppress_context__
    assert TOKEN not in f"{cut.value!r}"


@pytest.mark.parametrize("token", ["", "a b", "a\nx-evil: 1", "權杖", "a" * 5000])
def test_a_token_that_is_none_is_refused_unprinted(token: str) -> None:
    with pytest.raises(errors.BadToken) as caught:
        Client(Addresses("http://127.0.0.1:9", "http://127.0.0.1:9"), token)
    assert caught.value.status == 0
    assert not token or token not in repr(caught.value)


def test_no_proxy_from_the_environment(line_server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    line_server.answer(200, SENT)
    fresh = Client(Addresses(line_server.url, line_server.url), TOKEN, pool=wire.new_pool())
    assert fresh.reply("t", HELLO).request_id == "req-1"


def test_no_cookie_goes_from_one_shop_to_another(line_server: Script) -> None:
    addresses = Addresses(line_server.url, line_server.url)
    line_server.answer(200, SENT, set_cookie="shop=one; Path=/")
    line_server.answer(200, SENT)
    Client(addresses, "one").reply("t", HELLO)
    Client(addresses, "two").reply("t", HELLO)
    assert "cookie" not in line_server.asked[1].headers
    assert line_server.asked[1].headers["authorization"] == "Bearer two"


def test_people(client: Client, line_server: Script) -> None:
    person = {"userId": "U1", "displayName": "阿明", "pictureUrl": "https://p/1", "language": "zh-TW"}
    for _ in range(3):
        line_server.answer(200, person)
    line_server.answer(200, {"groupId": "C1", "groupName": "團購群"})
    assert client.profile("U1").display_name == "阿明"
    assert client.group_member("C1", "U1").picture_url == "https://p/1"
    assert client.room_member("R1", "U1").language == "zh-TW"
    assert client.group_summary("C1").name == "團購群"
    assert [asked.path for asked in line_server.asked] == [
        "/v2/bot/profile/U1",
        "/v2/bot/group/C1/member/U1",
        "/v2/bot/room/R1/member/U1",
        "/v2/bot/group/C1/summary",
    ]


def test_an_id_stays_one_part_of_the_path(client: Client, line_server: Script) -> None:
    line_server.answer(200, {})
    client.profile("../../message/push?x=1#y")
    assert re.fullmatch(r"/v2/bot/profile/[^/?#]+", line_server.asked[0].path)
    assert ".." not in line_server.asked[0].path


def test_the_channel(client: Client, line_server: Script) -> None:
    info = {
        "userId": "U0",
        "basicId": "@shop",
        "displayName": "小店",
        "chatMode": "bot",
        "markAsReadMode": "auto",
    }
    line_server.answer(200, info)
    line_server.answer(200, {"type": "limited", "value": 200})
    line_server.answer(200, {"type": "none"})
    line_server.answer(200, {"totalUsage": 37})
    line_server.answer(200, {})
    line_server.answer(200, {})
    assert (client.bot_info().basic_id, client.quota(), client.quota()) == ("@shop", 200, None)
    assert client.consumption() == 37
    client.leave_group("C1")
    client.validate("push", HELLO)
    assert line_server.asked[-1].path == "/v2/bot/message/validate/push"
    assert line_server.asked[-1].json() == {"messages": HELLO}


def test_the_webhook_address(client: Client, line_server: Script) -> None:
    line_server.answer(404, {"message": "Webhook endpoint not found"})
    line_server.answer(200, {})
    line_server.answer(200, {"endpoint": "https://shop.example/t/a/webhook", "active": True})
    tested = {
        "success": False,
        "timestamp": "2026-11-22T00:00:00Z",
        "statusCode": 0,
        "reason": "REQUEST_TIMEOUT",
    }
    line_server.answer(200, {**tested, "detail": "Request timeout"})
    assert client.webhook_endpoint() is None
    client.set_webhook_endpoint("https://shop.example/t/a/webhook")
    assert client.webhook_endpoint() == answers.WebhookEndpoint("https://shop.example/t/a/webhook", True)
    assert client.test_webhook().reason == "REQUEST_TIMEOUT"
    assert line_server.asked[1].method == "PUT"


def test_a_reading_call_with_an_unreadable_answer_is_unclear(client: Client, line_server: Script) -> None:
    line_server.answers.append((200, {}, b"<html>hotel wifi</html>"))
    with pytest.raises(errors.Unclear):
        client.quota()


def test_content_comes_from_the_data_host(line_server: Script) -> None:
    client = Client(Addresses("http://127.0.0.1:9", line_server.url), TOKEN)
    line_server.answers.append((200, {"content-type": "image/jpeg"}, b"\xff\xd8\xff" + bytes(5000)))
    content = client.content("123", max_bytes=10_000)
    assert (len(content.data), content.content_type) == (5003, "image/jpeg")
    assert line_server.asked[0].path == "/v2/bot/message/123/content"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (202, errors.NotReady),
        (404, errors.NotFound),
        (410, errors.Gone),
        (401, errors.BadToken),
        (500, errors.Unclear),
    ],
)
def test_content_that_is_not_there(
    client: Client, line_server: Script, status: int, kind: type[errors.LineError]
) -> None:
    line_server.answer(status, {"message": "x"})
    with pytest.raises(kind):
        client.content("123", max_bytes=1000)


def test_content_is_bounded_while_reading(client: Client, line_server: Script) -> None:
    stop = threading.Event()
    written = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while not stop.is_set():
            handler.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")
            written.append(65536)

    line_server.play(lambda handler: _until_closed(flood, handler))
    with pytest.raises(errors.ContentTooBig) as caught:
        client.content("123", max_bytes=1_000_000)
    stop.set()
    assert caught.value.limit == 1_000_000
    assert sum(written) < 20_000_000


def _until_closed(act: Callable[[BaseHTTPRequestHandler], None], handler: BaseHTTPRequestHandler) -> None:
    try:
        act(handler)
    except OSError:
        handler.close_connection = True


def test_tokens(line_server: Script) -> None:
    addresses = Addresses(line_server.url, line_server.url)
    line_server.answer(200, {"token_type": "Bearer", "access_token": "abc", "expires_in": 900})
    line_server.answer(200, {"client_id": "2000000001", "expires_in": 2591999, "scope": "P"})
    line_server.answer(400, {"error": "invalid_client", "error_description": "invalid client_secret"})
    issued = line.issue_stateless_token(addresses, "2000000001", "s&cret=")
    assert (issued.token, issued.expires_in) == ("abc", 900)
    assert "abc" not in repr(issued)
    assert b"client_secret=s%26cret%3D" in line_server.asked[0].body
    assert line.verify_token(addresses, "abc").channel_id == "2000000001"
    with pytest.raises(errors.Refused) as caught:
        line.issue_stateless_token(addresses, "2000000001", "wrong")
    assert caught.value.line_message == "invalid client_secret"


def test_many_threads_share_the_pool(line_server: Script) -> None:
    client = Client(Addresses(line_server.url, line_server.url), TOKEN)
    for _ in range(80):
        line_server.answer(200, SENT)
    failed: list[BaseException] = []

    def send_ten() -> None:
        try:
            for _ in range(10):
                client.reply("t", HELLO)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=send_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(line_server.asked) == 80


def test_text_that_is_none_is_sent_as_question_mark(client: Client, line_server: Script) -> None:
    line_server.answer(200, SENT)
    client.reply("t", [{"type": "text", "text": "a\ud800b"}])
    assert json.loads(line_server.asked[0].body)["messages"][0]["text"] == "a?b"
