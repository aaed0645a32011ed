"""People, groups, accounts, reading, and what survives a restart."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from .conftest import CHANNEL, SECRET, TOKEN, Ear, Sim, start_simulator, stop, until

ACCOUNT = {"channel_id": CHANNEL, "secret": SECRET, "access_token": TOKEN, "name": "小鋪"}


def test_seeding_again_changes_nothing(sim: Sim, ear: Ear) -> None:
    before = sim.call("GET", "world")
    assert sim.call("POST", "seed", ACCOUNT | {"webhook_url": ear.url}) == sim.cast
    after = sim.call("GET", "world")
    for key in ("providers", "channels", "people", "chats"):
        assert after[key] == before[key]
    assert [person["language"] for person in after["people"]].count("zh-Hant") == 3
    assert len(after["camera_roll"]) == 3


def test_a_second_account_of_another_provider_shares_the_people(sim: Sim) -> None:
    other = ACCOUNT | {
        "channel_id": "2000000002",
        "access_token": "other",
        "provider": "other",
        "webhook_url": "",
    }
    second = sim.call("POST", "seed", other)
    assert second["group"] != sim.group
    assert set(second["people"].values()).isdisjoint(sim.cast["people"].values())
    assert len(sim.call("GET", "world")["people"]) == 6


def test_polling_gives_only_what_is_new(sim: Sim, ear: Ear) -> None:
    chat = sim.chat("amy")
    seq = sim.call("GET", f"poll?after=0&chat={chat}")["seq"]
    assert sim.call("GET", f"poll?after={seq}&chat={chat}")["messages"] == []
    said = sim.say("+1")
    ear.wait_for(1)
    until(lambda: sim.call("GET", f"messages/{said['id']}")["read"])
    polled = sim.call("GET", f"poll?after={seq}&chat={chat}")
    assert [message["id"] for message in polled["messages"]] == [said["id"]]
    assert list(polled["chats"]) == [chat]
    assert polled["deliveries"][0]["status"] == 200
    sim.reply(ear.events[0]["replyToken"])
    polled = sim.call("GET", f"poll?after={polled['seq']}&chat={chat}")
    assert [message["via"] for message in polled["messages"]] == ["reply"]
    assert [entry["endpoint"] for entry in polled["requests"]] == ["reply"]
    assert len(polled["accepted"]) == 1


def test_the_account_sees_that_a_person_read(sim: Sim) -> None:
    sim.push(sim.user("amy"))
    assert sim.bubbles(sim.chat("amy"))[0]["read"] is False
    assert sim.call("POST", f"chats/{sim.chat('amy')}/read", {"person": "amy"}) == {"read": 1}
    assert sim.bubbles(sim.chat("amy"))[0]["read"] is True


def test_only_own_messages_are_unsent_and_edited(sim: Sim) -> None:
    said = sim.say("+1", chat=sim.group)["id"]
    edit = {"person": "kenta", "text": "+2"}
    assert sim.call("POST", f"messages/{said}/edit", edit, 409)["error"] == "not_own_message"
    assert sim.call("POST", f"messages/{said}/unsend", {"person": "kenta"}, 409)["error"] == "not_own_message"
    alone = sim.say("+1")["id"]
    edit = {"person": "amy", "text": "+2"}
    assert sim.call("POST", f"messages/{alone}/edit", edit, 409)["error"] == "not_editable"
    sim.call("POST", f"messages/{said}/unsend", {"person": "amy"})
    assert sim.call("GET", f"messages/{said}")["body"] == {}
    assert sim.call("POST", f"messages/{said}/unsend", {"person": "amy"}, 409)["error"] == "already_unsent"


def test_a_quote_shows_what_was_quoted(sim: Sim) -> None:
    photo = {"person": "lin", "type": "image", "photos": ["sample-tea.jpg"]}
    shown = sim.call("POST", f"chats/{sim.group}/messages", photo)["messages"][0]
    quoting = sim.say("價格 1500", "lin", sim.group, quote=shown["id"])
    assert quoting["quoted"]["type"] == "image"
    assert sim.http.get(sim.url + shown["body"]["previewImageUrl"]).headers["content-type"] == "image/jpeg"


def test_blocking_ends_the_conversation(sim: Sim, ear: Ear) -> None:
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "blocked"})
    said = {"person": "amy", "type": "text", "text": "hi"}
    assert sim.call("POST", f"chats/{sim.chat('amy')}/messages", said, 409)["error"] == "blocked"
    assert sim.line("GET", f"profile/{sim.user('amy')}").status_code == 404
    assert sim.line("GET", f"group/{sim.group}/member/{sim.user('amy')}").status_code == 200
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "friend"})
    events = ear.wait_for(2)
    assert [event["type"] for event in events] == ["unfollow", "follow"]
    assert events[1]["follow"] == {"isUnblocked": True}


def test_coming_and_going(sim: Sim, ear: Ear) -> None:
    chat = sim.call("POST", "groups", {"name": "鄰居", "people": ["amy", "lin"], "channel": CHANNEL})["id"]
    sim.call("POST", f"groups/{chat}/members", {"person": "kenta"})
    sim.call("DELETE", f"groups/{chat}/members/amy")
    sim.call("DELETE", f"groups/{chat}/account")
    assert [event["type"] for event in ear.wait_for(4)] == ["join", "memberJoined", "memberLeft", "leave"]
    assert ear.events[1]["joined"]["members"] == [{"type": "user", "userId": sim.user("kenta")}]
    assert sim.push(chat).status_code == 400


def test_one_account_a_group_and_only_where_allowed(sim: Sim) -> None:
    other = {"id": "2000000002", "name": "other", "secret": "s", "access_token": "o"}
    sim.call("POST", "channels", other)
    invited = {"channel": "2000000002"}
    assert sim.call("PUT", f"groups/{sim.group}/account", invited, 409)["error"] == "account_already_there"
    empty = sim.call("POST", "groups", {"name": "x", "people": ["amy"], "kind": "room"})["id"]
    assert empty.startswith("R")
    assert sim.call("PUT", f"groups/{empty}/account", invited, 409)["error"] == "groups_not_allowed"


def test_removing_people_and_accounts(sim: Sim) -> None:
    sim.call("DELETE", "people/amy")
    world = sim.call("GET", "world")
    assert all("amy" not in chat["people"] for chat in world["chats"])
    assert sim.push(sim.user("amy")).status_code == 400
    sim.call("DELETE", f"channels/{CHANNEL}")
    assert sim.line("GET", "info").status_code == 401
    assert [chat["kind"] for chat in sim.call("GET", "world")["chats"]] == ["group"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "chats/nowhere/messages", {"person": "amy", "type": "text", "text": "x"}, 404),
        ("POST", "chats/{chat}/messages", {"person": "amin", "type": "text", "text": "x"}, 404),
        ("POST", "chats/{chat}/messages", {"person": "amy", "type": "text", "text": ""}, 400),
        ("POST", "chats/{chat}/messages", {"person": "amy", "type": "dance"}, 400),
        (
            "POST",
            "chats/{chat}/messages",
            {"person": "amy", "type": "image", "photos": ["../world.json"]},
            404,
        ),
        ("POST", "chats/{chat}/messages", {"person": "amy", "type": "text", "text": "x", "quote": "1"}, 404),
        ("POST", "chats/{chat}/postback", {"person": "amy"}, 400),
        ("POST", "channels", {"id": "x"}, 400),
        ("POST", "channels", {"id": CHANNEL}, 409),
        ("PATCH", f"channels/{CHANNEL}", {"quota": -1}, 400),
        ("PATCH", f"channels/{CHANNEL}", {"user_id": "U"}, 400),
        ("POST", "people", {"id": "Big Name", "name": "x"}, 400),
        ("PUT", f"channels/{CHANNEL}/friends/nobody", {"state": "friend"}, 404),
        ("POST", "seed", {"channel_id": "1"}, 400),
        ("POST", "tokens", {"channel": CHANNEL, "count": 0}, 400),
        ("PUT", "faults/nothing", {}, 404),
        ("GET", "messages/1", None, 404),
        ("GET", "poll?after=x", None, 400),
    ],
)
def test_wrong_requests_are_refused(sim: Sim, method: str, path: str, body: Any, status: int) -> None:
    version = sim.call("GET", "world")["version"]
    answer = sim.call(method, path.format(chat=sim.chat("amy")), body, status)
    assert answer["error"]
    assert sim.call("GET", "world")["version"] == version


def test_pages_of_other_sites_cannot_write(sim: Sim) -> None:
    headers = {"origin": "https://evil.example", "content-type": "text/plain"}
    answer = sim.http.post(f"{sim.url}/control/reset", content="{}", headers=headers)
    assert answer.status_code == 403
    assert sim.call("GET", "world")["channels"]
    own = sim.http.post(f"{sim.url}/control/faults/reset", content="{}", headers={"origin": sim.url})
    assert own.status_code == 200


def test_uploads_that_are_no_photos_are_refused(sim: Sim) -> None:
    url = f"{sim.url}/control/chats/{sim.chat('amy')}/messages"
    for data in (b"", b"GIF89a" + b"\0" * 40, b"<svg/>", b"\xff\xd8\xff" + b"\0" * 100):
        files = {"photo": ("a.jpg", data, "image/jpeg")}
        assert sim.http.post(url, data={"person": "amy", "type": "image"}, files=files).status_code == 400
    assert sim.bubbles(sim.chat("amy")) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_the_chats(tmp_path: Path, how: signal.Signals) -> None:
    first = start_simulator(tmp_path)
    sim = Sim(first.url)
    sim.cast = sim.call("POST", "seed", ACCOUNT | {"webhook_url": ""})
    photo = {"person": "amy", "type": "image", "photos": ["sample-shirt.jpg"]}
    shown = sim.call("POST", f"chats/{sim.chat('amy')}/messages", photo)["messages"][0]
    said = sim.say("+1", chat=sim.group)
    if how == signal.SIGKILL:
        until(
            lambda: (tmp_path / "world.json").exists() and said["id"] in (tmp_path / "world.json").read_text()
        )
    os.kill(first.process.pid, how)
    first.process.wait(10)
    second = start_simulator(tmp_path)
    try:
        again = Sim(second.url, sim.cast)
        assert again.bubbles(sim.group)[0]["id"] == said["id"]
        assert again.line("GET", f"message/{shown['id']}/content").status_code == 200
        assert again.push(sim.user("amy")).status_code == 200
        assert int(again.say("+2")["id"]) > int(said["id"])
    finally:
        stop(second)
