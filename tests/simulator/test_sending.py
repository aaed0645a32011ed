"""Reply tokens, retry keys, quota, rate limits, and who can be reached."""

import threading
import uuid

import httpx2
import pytest

from .conftest import CHANNEL, SECRET, Ear, Sim

DAY = 24 * 3600


def test_a_reply_token_works_once(sim: Sim) -> None:
    token = sim.token()
    assert sim.reply(token, "1", "2").status_code == 200
    again = sim.reply(token)
    assert (again.status_code, again.json()) == (400, {"message": "Invalid reply token"})
    assert [message["body"]["text"] for message in sim.bubbles(sim.chat("amy"))] == ["1", "2"]


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (61, 400)])
def test_a_reply_token_works_for_a_minute(sim: Sim, seconds: int, status: int) -> None:
    token = sim.token()
    sim.advance(seconds)
    assert sim.reply(token).status_code == status


def test_a_reply_token_belongs_to_its_account(sim: Sim) -> None:
    other = {"id": "2000000002", "name": "other", "secret": "s", "access_token": "other-token"}
    sim.call("POST", "channels", other)
    token = sim.token()
    body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
    assert sim.line("POST", "message/reply", body, token="other-token").status_code == 400
    assert sim.reply(token).status_code == 200


def test_of_many_simultaneous_replies_one_is_accepted(sim: Sim) -> None:
    token, statuses = sim.token(), []
    threads = [
        threading.Thread(target=lambda: statuses.append(sim.reply(token).status_code)) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 11
    assert len(sim.accepted(channel=CHANNEL)) == 1


def test_a_refused_body_leaves_the_token_unused(sim: Sim) -> None:
    token = sim.token()
    assert sim.line("POST", "message/reply", {"replyToken": token, "messages": []}).status_code == 400
    assert sim.reply(token).status_code == 200


def test_a_token_of_another_makers_storm_works_once(sim: Sim) -> None:
    assert [sim.reply("storm-1").status_code for _ in range(2)] == [200, 400]
    sim.set(accept_unknown_tokens=None)
    assert sim.reply("storm-2").status_code == 400


def test_a_retry_key_is_no_use_for_replies(sim: Sim) -> None:
    body = {"replyToken": sim.token(), "messages": [{"type": "text", "text": "x"}]}
    refused = sim.line("POST", "message/reply", body, x_line_retry_key=str(uuid.uuid4()))
    assert refused.status_code == 400
    assert sim.accepted() == []


def test_a_retry_key_is_accepted_once_in_24_hours(sim: Sim) -> None:
    key = str(uuid.uuid4())
    first = sim.push(sim.user("amy"), x_line_retry_key=key)
    again = sim.push(sim.user("amy"), x_line_retry_key=key)
    assert (first.status_code, again.status_code) == (200, 409)
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    sent = first.json()["sentMessages"]
    assert again.json() == {"message": "The retry key is already accepted", "sentMessages": sent}
    assert sim.push(sim.user("amy"), x_line_retry_key=key.upper()).status_code == 409
    assert len(sim.bubbles(sim.chat("amy"))) == 1
    sim.advance(DAY + 60)
    assert sim.push(sim.user("amy"), x_line_retry_key=key).status_code == 200


def test_a_refused_push_does_not_use_up_its_key(sim: Sim) -> None:
    key = str(uuid.uuid4())
    assert sim.push("C" + "0" * 32, x_line_retry_key=key).status_code == 400
    assert sim.push(sim.user("amy"), x_line_retry_key=key).status_code == 200
    assert sim.push(sim.user("amy"), x_line_retry_key="not-a-uuid").status_code == 400


def test_the_quota_counts_people(sim: Sim) -> None:
    sim.set(quota=8)
    assert sim.push(sim.group).status_code == 200
    assert sim.push(sim.user("amy")).status_code == 200
    refused = sim.push(sim.group)
    assert (refused.status_code, refused.json()["message"]) == (429, "You have reached your monthly limit.")
    assert sim.push(sim.user("amy")).status_code == 200
    assert sim.reply(sim.token()).status_code == 200
    assert sim.line("GET", "message/quota/consumption").json() == {"totalUsage": 8}
    sim.advance(31 * DAY)
    assert sim.line("GET", "message/quota/consumption").json() == {"totalUsage": 0}
    assert sim.push(sim.group).status_code == 200


def test_those_who_cannot_be_reached_cost_nothing(sim: Sim) -> None:
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "blocked"})
    assert sim.push(sim.user("amy")).status_code == 200
    users = [sim.user("amy"), sim.user("amin"), "U" + "0" * 32]
    body = {"to": users, "messages": [{"type": "text", "text": "x"}]}
    assert sim.line("POST", "message/multicast", body).status_code == 200
    assert sim.bubbles(sim.chat("amy")) == []
    assert [record["billed"] for record in sim.accepted()] == [0, 1]


def test_a_stranger_is_reached_for_a_week_after_writing(sim: Sim) -> None:
    sim.call("POST", "people", {"id": "new", "name": "New"})
    sim.say("hello", "new", f"{CHANNEL}-new")
    user = sim.call("GET", f"channels/{CHANNEL}/people")["new"]
    assert sim.line("GET", f"profile/{user}").status_code == 200
    sim.push(user)
    sim.advance(7 * DAY + 1)
    sim.push(user)
    assert [record["billed"] for record in sim.accepted(endpoint="push")] == [1, 0]


def test_a_person_has_another_id_under_another_provider(sim: Sim) -> None:
    other = {"id": "2000000002", "name": "other", "secret": "s", "access_token": "o", "provider": "elsewhere"}
    sim.call("POST", "channels", other)
    theirs = sim.call("GET", "channels/2000000002/people")["amy"]
    assert theirs != sim.user("amy")
    refused = sim.push(theirs)
    assert (refused.status_code, refused.json()["message"]) == (400, "Failed to send messages")


def test_broadcast_goes_to_friends(sim: Sim) -> None:
    sim.call("PUT", f"channels/{CHANNEL}/friends/kenta", {"state": "blocked"})
    assert (
        sim.line("POST", "message/broadcast", {"messages": [{"type": "text", "text": "x"}]}).status_code
        == 200
    )
    assert sim.bubbles(sim.chat("kenta")) == []
    assert [record["billed"] for record in sim.accepted()] == [5]


def test_too_many_calls_are_refused(sim: Sim) -> None:
    sim.set(rate=5)
    statuses = [sim.line("GET", "info").status_code for _ in range(12)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses
    sim.advance(2)
    assert sim.line("GET", "info").status_code == 200


def test_the_hourly_limit_of_webhook_tests(sim: Sim) -> None:
    statuses = [sim.line("POST", "channel/webhook/test", {}).status_code for _ in range(61)]
    assert statuses == [200] * 60 + [429]


def test_what_was_accepted_is_kept(sim: Sim, ear: Ear) -> None:
    sim.say("+1")
    event = ear.wait_for(1)[0]
    answer = sim.reply(event["replyToken"], "thanks")
    record = sim.accepted(channel=CHANNEL, endpoint="reply")[0]
    assert record["event_id"] == event["webhookEventId"]
    assert record["request_id"] == answer.headers["x-line-request-id"]
    assert record["messages"] == [{"type": "text", "text": "thanks"}]
    assert record["message_ids"] == [answer.json()["sentMessages"][0]["id"]]
    assert (record["reply_token"], record["chat"]) == (event["replyToken"], sim.chat("amy"))
    assert sim.accepted(after=record["seq"]) == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nowhere", 404),
        ("GET", "message/reply", 405),
        ("GET", "profile/nobody", 400),
        ("GET", "profile/U" + "0" * 32, 404),
        ("GET", "group/C" + "0" * 32 + "/summary", 404),
        ("GET", "message/123/content", 404),
        ("POST", "chat/loading/start", 400),
        ("POST", "chat/markAsRead", 400),
        ("PUT", "channel/webhook/endpoint", 400),
    ],
)
def test_refusals(sim: Sim, method: str, path: str, status: int) -> None:
    answer = sim.line(method, path, {} if method != "GET" else None)
    assert answer.status_code == status
    assert answer.json()["message"]


def test_tokens_bodies_and_media_types_are_checked(sim: Sim) -> None:
    assert sim.line("GET", "info", token="wrong").status_code == 401
    url, bearer = f"{sim.url}/v2/bot/message/push", {"authorization": "Bearer channel-token"}
    json_type = bearer | {"content-type": "application/json"}
    assert httpx2.post(url, content=b"{}").status_code == 401
    assert httpx2.post(url, content=b"{}", headers=bearer).status_code == 415
    assert httpx2.post(url, content=b"{", headers=json_type).status_code == 400
    assert httpx2.post(url, content=b"[]", headers=json_type).status_code == 400
    assert httpx2.post(url, content=b" " * (2 * 1024 * 1024 + 1), headers=json_type).status_code == 413
    chunked = httpx2.post(url, content=iter([b'{"to": 1,', b' "messages": []}']), headers=json_type)
    assert chunked.json()["message"] == "The request body has 2 error(s)"
    assert sim.accepted() == []
    assert SECRET not in sim.http.get(f"{sim.url}/control/world").text


def test_deleted_content_is_gone(sim: Sim) -> None:
    shown = sim.call(
        "POST",
        f"chats/{sim.chat('amy')}/messages",
        {"person": "amy", "type": "image", "photos": ["sample-tea.jpg"]},
    )
    id_ = shown["messages"][0]["id"]
    assert sim.line("GET", f"message/{id_}/content").headers["content-type"] == "image/jpeg"
    sim.call("POST", f"messages/{id_}/unsend", {"person": "amy"})
    assert sim.line("GET", f"message/{id_}/content").status_code == 410
    clip = {"person": "amy", "type": "video", "duration": 1000}
    video = sim.call("POST", f"chats/{sim.chat('amy')}/messages", clip)["messages"][0]["id"]
    assert sim.line("GET", f"message/{video}/content").status_code == 202
