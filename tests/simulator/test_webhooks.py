"""Webhooks: signed, in time, again, twice, together, out of order."""

import json
from typing import Any

import pytest

from .conftest import CHANNEL, Ear, Sim, signature, until

UTF16 = "utf-16-le"


def test_a_webhook_is_signed_over_its_bytes(sim: Sim, ear: Ear) -> None:
    sim.say("測試 +1 🎉")
    ear.wait_for(1)
    heard = ear.heard[0]
    assert heard.headers["x-line-signature"] == signature(heard.raw)
    assert heard.headers["content-type"] == "application/json; charset=utf-8"
    body = json.loads(heard.raw)
    assert body["destination"] == sim.line("GET", "info").json()["userId"]
    assert "測試 +1 🎉".encode() in heard.raw
    event = body["events"][0]
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert event["mode"] == "active"
    assert len(event["webhookEventId"]) == 26


def test_lines_own_test_vector(sim: Sim, ear: Ear) -> None:
    sim.set(secret="8c570fa6dd201bb328f1c1eac23a96d8")
    body = '{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    sim.call("POST", "webhook", {"channel": CHANNEL, "body": body, "wait": True})
    assert ear.heard[0].headers["x-line-signature"] == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def _deliveries(sim: Sim, count: int) -> list[dict[str, Any]]:
    until(lambda: len(sim.call("GET", "deliveries")["deliveries"]) >= count)
    entries: list[dict[str, Any]] = sim.call("GET", "deliveries")["deliveries"]
    return entries


def test_no_redelivery_unless_switched_on(sim: Sim, ear: Ear) -> None:
    ear.statuses = [500]
    sim.say("+1")
    assert _deliveries(sim, 1)[0]["reason"] == "error_status_code"
    sim.advance(3600)
    assert sim.call("POST", "flush", {})["queued"] == 0
    assert len(ear.heard) == 1


def test_a_failed_webhook_comes_again_with_the_same_token(sim: Sim, ear: Ear) -> None:
    sim.set(redelivery=True)
    ear.statuses = [500]
    sim.say("+1")
    _deliveries(sim, 1)
    sim.advance(30)
    first, second = ear.wait_for(2)
    assert second["deliveryContext"] == {"isRedelivery": True}
    assert {k: v for k, v in second.items() if k != "deliveryContext"} == {
        k: v for k, v in first.items() if k != "deliveryContext"
    }
    sim.advance(45)
    assert sim.reply(second["replyToken"]).status_code == 200


def test_a_redelivered_token_dies_20_minutes_after_the_event(sim: Sim, ear: Ear) -> None:
    sim.set(redelivery=True, redelivery_delays=[21 * 60])
    ear.statuses = [503]
    sim.say("+1")
    _deliveries(sim, 1)
    sim.advance(22 * 60)
    again = ear.wait_for(2)[1]
    assert sim.reply(again["replyToken"]).status_code == 400


def test_after_two_seconds_line_gives_up(sim: Sim, ear: Ear) -> None:
    ear.delay = 2.4
    sim.say("+1")
    entry = _deliveries(sim, 1)[0]
    assert (entry["reason"], entry["status"]) == ("request_timeout", 0)
    assert 1900 <= entry["ms"] <= 2300


def test_nobody_listens(sim: Sim) -> None:
    sim.set(webhook_url="http://127.0.0.1:9/webhook")
    sim.say("+1")
    assert _deliveries(sim, 1)[0]["reason"] == "could_not_connect"
    assert sim.call("GET", "stats")["deliveries"] == {"could_not_connect": 1}


def test_duplicates(sim: Sim, ear: Ear) -> None:
    sim.fault("duplicates", times=1)
    sim.say("+1")
    sim.say("+2")
    ids = [event["webhookEventId"] for event in ear.wait_for(3)]
    assert len(set(ids)) == 2


def test_several_peoples_events_in_one_body(sim: Sim, ear: Ear) -> None:
    sim.fault("batch", size=3, wait_ms=5000)
    for person in ("amy", "amin", "lin"):
        sim.say("+1", person)
    ear.wait_for(3)
    assert len(ear.heard) == 1
    assert {event["source"]["userId"] for event in ear.events} == {
        sim.user(p) for p in ("amy", "amin", "lin")
    }


def test_a_half_full_batch_goes_after_its_wait(sim: Sim, ear: Ear) -> None:
    sim.fault("batch", size=5, wait_ms=100)
    sim.say("+1")
    sim.say("+2", "amin")
    ear.wait_for(2)
    assert [len(one.events) for one in ear.heard] == [2]
    assert sim.call("POST", "flush", {})["queued"] == 0


def test_events_of_a_chat_keep_their_order_unless_shuffled(sim: Sim, ear: Ear) -> None:
    def heard(after: int) -> list[str]:
        return [event["message"]["text"] for event in ear.wait_for(after + 20)[after:]]

    said = [str(number) for number in range(20)]
    for text in said:
        sim.say(text)
    assert heard(0) == said
    sim.fault("shuffle", window_ms=300)
    for text in said:
        sim.say(text)
    shuffled = heard(20)
    assert shuffled != said
    assert sorted(shuffled) == sorted(said)


def test_a_dropped_webhook_is_only_in_the_log(sim: Sim, ear: Ear) -> None:
    sim.fault("drop", times=1)
    sim.say("lost")
    sim.say("kept")
    assert [event["message"]["text"] for event in ear.wait_for(1)] == ["kept"]
    assert [entry["reason"] for entry in _deliveries(sim, 2)] == ["dropped", "ok"]


def test_standby_has_no_reply_token(sim: Sim, ear: Ear) -> None:
    sim.set(standby=True)
    sim.say("+1")
    event = ear.wait_for(1)[0]
    assert event["mode"] == "standby"
    assert "replyToken" not in event


def test_user_ids_may_be_missing_in_groups(sim: Sim, ear: Ear) -> None:
    sim.call("PATCH", "people/kenta", {"consent": False})
    sim.say("+1", "kenta", sim.group)
    assert ear.wait_for(1)[0]["source"] == {"type": "group", "groupId": sim.group}
    assert sim.line("GET", f"group/{sim.group}/member/{sim.user('kenta')}").status_code == 404


@pytest.mark.parametrize(
    ("given", "signed"),
    [({}, True), ({"signature": "wrong"}, False), ({"signature": None}, False)],
)
def test_any_webhook_can_be_sent(sim: Sim, ear: Ear, given: dict[str, Any], signed: bool) -> None:
    entry = sim.call("POST", "webhook", {"channel": CHANNEL, "events": [{"type": "x"}], "wait": True} | given)
    assert (entry["status"], entry["kind"]) == (200, "raw")
    heard = ear.heard[0]
    assert heard.events == [{"type": "x"}]
    assert (heard.headers.get("x-line-signature") == signature(heard.raw)) is signed


def test_a_raw_body_goes_as_it_is(sim: Sim, ear: Ear) -> None:
    sim.call("POST", "webhook", {"channel": CHANNEL, "body": "{not json", "wait": True})
    assert ear.heard[0].raw == b"{not json"


def test_mentions_have_utf16_positions(sim: Sim, ear: Ear) -> None:
    sim.say("🎉 @小鋪 +1 @Amy", chat=sim.group)
    message = ear.wait_for(1)[0]["message"]
    found = message["mention"]["mentionees"]
    units = message["text"].encode(UTF16)
    named = [units[2 * m["index"] : 2 * (m["index"] + m["length"])].decode(UTF16) for m in found]
    assert named == ["@小鋪", "@Amy"]
    assert [m["isSelf"] for m in found] == [True, False]


def test_half_a_surrogate_pair_is_sent_as_utf8(sim: Sim, ear: Ear) -> None:
    url = f"{sim.url}/control/chats/{sim.chat('amy')}/messages"
    said = rb'{"person": "amy", "type": "text", "text": "+1\ud83d"}'
    assert sim.http.post(url, content=said, headers={"content-type": "application/json"}).status_code == 200
    assert ear.wait_for(1)[0]["message"]["text"] == "+1\ufffd"


def test_several_photos_are_a_set(sim: Sim, ear: Ear) -> None:
    body = {"person": "lin", "type": "image", "photos": ["sample-tea.jpg", "sample-cake.jpg"]}
    sim.call("POST", f"chats/{sim.group}/messages", body)
    sets = [event["message"]["imageSet"] for event in ear.wait_for(2)]
    assert [(s["index"], s["total"]) for s in sets] == [(1, 2), (2, 2)]
    assert sets[0]["id"] == sets[1]["id"]


def test_connections_are_kept_and_opened_again(sim: Sim, ear: Ear) -> None:
    for number in range(3):
        sim.say(str(number))
        ear.wait_for(number + 1)
    assert [entry["status"] for entry in _deliveries(sim, 3)] == [200, 200, 200]
