"""What belongs to one chat: text messages (v2) with mentions, quotes, tracked videos. LINE's reference, "Text
message (v2)" and "Mention object".
"""

from typing import Any

import pytest

from .conftest import Sim

ALL = {"type": "mention", "mentionee": {"type": "all"}}
EMOJI = {"type": "emoji", "productId": "5", "emojiId": "1"}
AT = "messages[0]"


def _user(user_id: str) -> dict[str, Any]:
    return {"type": "mention", "mentionee": {"type": "user", "userId": user_id}}


def _v2(text: str, **substitution: Any) -> dict[str, Any]:
    return {"type": "textV2", "text": text, "substitution": substitution}


def _where(sim: Sim, message: dict[str, Any], to: str, way: str = "push") -> list[str]:
    """The properties LINE complains of; nothing when it takes the message."""
    by_way: dict[str, dict[str, Any]] = {"multicast": {"to": [to]}, "push": {"to": to}, "broadcast": {}}
    answer = sim.line("POST", f"message/{way}", {**by_way[way], "messages": [message]})
    assert answer.status_code in (200, 400)
    return [detail["property"] for detail in answer.json().get("details", [])]


@pytest.mark.parametrize(
    ("message", "properties"),
    [
        (_v2("no braces"), []),
        (_v2("{{real}} braces"), []),
        (_v2("{a} {a} {b_2}", a=ALL, b_2=EMOJI), []),
        (_v2("{{{a}}}", a=ALL), []),
        (_v2("half {"), [f"{AT}.text"]),
        (_v2("half }"), [f"{AT}.text"]),
        (_v2("{a}"), [f"{AT}.substitution"]),
        (_v2("x", a=ALL), [f"{AT}.substitution[a]"]),
        (_v2("{}"), [f"{AT}.substitution"]),
        (_v2("{a-b}", **{"a-b": ALL}), [f"{AT}.substitution[a-b]"]),
        (_v2("{" + "k" * 20 + "}", **{"k" * 20: ALL}), []),
        (_v2("{" + "k" * 21 + "}", **{"k" * 21: ALL}), [f"{AT}.substitution[{'k' * 21}]"]),
        (_v2("{a}", a=5), [f"{AT}.substitution[a]"]),
        (_v2("{a}", a={"type": "dance"}), [f"{AT}.substitution[a].type"]),
        (_v2("{a}", a={"type": "emoji", "productId": "5"}), [f"{AT}.substitution[a].emojiId"]),
        (_v2("{a}", a={"type": "mention"}), [f"{AT}.substitution[a].mentionee"]),
        (_v2("{a}", a=_user("amy")), [f"{AT}.substitution[a].mentionee.userId"]),
        (_v2("".join(f"{{m{n}}}" for n in range(20)), **{f"m{n}": ALL for n in range(20)}), []),
        (
            _v2("".join(f"{{m{n}}}" for n in range(21)), **{f"m{n}": ALL for n in range(21)}),
            [f"{AT}.substitution"],
        ),
    ],
)
def test_braces_and_what_stands_in_their_place(
    sim: Sim, message: dict[str, Any], properties: list[str]
) -> None:
    assert _where(sim, message, sim.group) == properties


def test_mentions_are_for_members_of_a_group_by_push_or_reply(sim: Sim) -> None:
    amy, here = sim.user("amy"), sim.group
    assert _where(sim, _v2("{a}", a=_user(amy)), here) == []
    assert _where(sim, _v2("{a}", a=_user("U" + "0" * 32)), here) == [
        f"{AT}.substitution[a].mentionee.userId"
    ]
    assert _where(sim, _v2("{a}", a=_user(amy)), amy) == [f"{AT}.substitution[a]"]
    assert _where(sim, _v2("{a}", a=EMOJI), amy) == []
    for way in ("multicast", "broadcast"):
        assert _where(sim, _v2("{a}", a=ALL), amy, way) == [f"{AT}.substitution[a]"]
    body = {"replyToken": sim.token(), "messages": [_v2("{a}", a=_user(amy))]}
    assert sim.line("POST", "message/reply", body).status_code == 400
    assert sim.line("POST", "message/validate/reply", {"messages": body["messages"]}).status_code == 200


def test_nothing_that_goes_to_many_quotes(sim: Sim) -> None:
    quote = sim.push(sim.user("amy")).json()["sentMessages"][0]["quoteToken"]
    for way in ("multicast", "broadcast"):
        message = {"type": "text", "text": "x", "quoteToken": quote}
        assert _where(sim, message, sim.user("amy"), way) == [f"{AT}.quoteToken"]


def test_a_video_is_tracked_in_a_chat_of_two_only(sim: Sim) -> None:
    url = "https://shop.example/a.mp4"
    video = {"type": "video", "originalContentUrl": url, "previewImageUrl": url, "trackingId": "spring-1"}
    assert _where(sim, video, sim.user("amy")) == []
    assert _where(sim, video, sim.group) == [f"{AT}.trackingId"]
    assert _where(sim, video | {"trackingId": "春"}, sim.user("amy")) == [f"{AT}.trackingId"]


def test_a_message_of_another_chat_cannot_be_quoted_by_a_person(sim: Sim) -> None:
    there = sim.say("hi")["id"]
    body = {"person": "amy", "type": "text", "text": "x", "quote": there}
    sim.call("POST", f"chats/{sim.group}/messages", body, 404)
    sim.call("POST", f"chats/{sim.chat('amy')}/messages", body)
