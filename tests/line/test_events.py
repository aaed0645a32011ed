"""Webhook bodies: the SDK reads the same from them, and nothing in a body can hurt us."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3 import WebhookParser
from linebot.v3.models import UnknownEvent
from linebot.v3.webhooks import MessageEvent, PostbackEvent

from plusone.line import events, signature

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
COMMON: dict[str, Any] = {
    "mode": "active",
    "timestamp": 1795000000000,
    "webhookEventId": "01HZZZZZZZZZZZZZZZZZZZZZZZ",
    "deliveryContext": {"isRedelivery": False},
}
IN_GROUP = {"type": "group", "groupId": "C" + "a" * 32, "userId": "U" + "b" * 32}
TEXT = {
    **COMMON,
    "type": "message",
    "replyToken": "r" * 32,
    "source": IN_GROUP,
    "message": {
        "id": "561",
        "type": "text",
        "text": "@小店 +1",
        "quoteToken": "q1",
        "quotedMessageId": "560",
        "mention": {"mentionees": [{"index": 0, "length": 3, "type": "user", "isSelf": True}]},
    },
}
POSTBACK = {
    **COMMON,
    "type": "postback",
    "replyToken": "s" * 32,
    "source": {"type": "user", "userId": "U" + "b" * 32},
    "postback": {"data": "order:A001:1"},
}
UNSEND = {**COMMON, "type": "unsend", "source": IN_GROUP, "unsend": {"messageId": "561"}}
TOMORROW = {**COMMON, "type": "hologram", "source": {"type": "planet"}, "hologram": {"x": 1}}


def body(*listed: Any) -> bytes:
    return json.dumps({"destination": "U" + "0" * 32, "events": list(listed)}, ensure_ascii=False).encode()


def test_the_sdk_reads_the_same() -> None:
    raw = body(TEXT, POSTBACK, TOMORROW)
    ours = events.parse(raw).events
    theirs = WebhookParser(SECRET).parse(raw.decode(), signature.sign(raw, SECRET))
    assert isinstance(theirs[0], MessageEvent)
    assert isinstance(theirs[1], PostbackEvent)
    assert isinstance(theirs[2], UnknownEvent)
    for our, their in zip(ours[:2], theirs[:2], strict=True):
        assert events.event_id(our) == their.webhook_event_id
        assert events.occurred_ms(our) == their.timestamp
        assert events.reply_token(our) == their.reply_token
        assert events.is_redelivery(our) == their.delivery_context.is_redelivery
        assert events.source(our).user_id == their.source.user_id
        assert events.source(our).kind == their.source.type
    assert events.source(ours[0]).chat_id == theirs[0].source.group_id
    assert events.text(ours[0]) == theirs[0].message.text
    assert events.quoted_message_id(ours[0]) == theirs[0].message.quoted_message_id
    assert events.quote_token(ours[0]) == theirs[0].message.quote_token
    assert events.message_id(ours[0]) == theirs[0].message.id
    assert events.postback_data(ours[1]) == theirs[1].postback.data


def test_unknown_kinds_pass_whole() -> None:
    webhook = events.parse(body(TOMORROW))
    assert webhook.events == [TOMORROW]
    assert events.kind(webhook.events[0]) == "hologram"
    assert events.source(webhook.events[0]) == events.Source("planet", "", "")
    assert events.text(webhook.events[0]) == ""


def test_the_verify_button_sends_no_events() -> None:
    assert events.parse(b'{"destination":"U1","events":[]}') == events.Webhook("U1", [])


def test_unsend_and_mentions() -> None:
    assert events.message_id(UNSEND) == "561"
    assert events.message_kind(UNSEND) == ""
    assert events.mentions_us(TEXT)
    assert not events.mentions_us(POSTBACK)


def test_standby_may_not_answer() -> None:
    assert events.may_answer(TEXT)
    assert not events.may_answer({**TEXT, "mode": "standby"})


def test_a_group_without_its_id_is_not_answered_privately() -> None:
    event = {**TEXT, "source": {"type": "group", "userId": "U1"}}
    assert events.source(event) == events.Source("group", "", "U1")


BAD = [
    (b"", "not_json"),
    (b"{", "not_json"),
    (b'{"events": [NaN]}', "not_json"),
    (b'{"events": [1e999]}', "not_json"),
    (b'{"events": [-Infinity]}', "not_json"),
    (b"[" * 100_000, "not_json"),
    (b'{"events":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "not_json"),
    (b'{"n": ' + b"9" * 5000 + b', "events": []}', "not_json"),
    (b"\xef\xbb\xbf{}", "not_json"),
    ('{"events": []}'.encode("utf-16"), "not_utf8"),
    (b'{"events": ["\xff"]}', "not_utf8"),
    (b"[]", "not_an_object"),
    (b"null", "not_an_object"),
    (b'"events"', "not_an_object"),
    (b"{}", "events_not_a_list"),
    (b'{"events": {}}', "events_not_a_list"),
    (b'{"events": null}', "events_not_a_list"),
]


@pytest.mark.parametrize(("raw", "reason"), BAD)
def test_what_is_no_webhook_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(events.BadBody) as caught:
        events.parse(raw)
    assert caught.value.reason == reason


def test_entries_that_are_no_objects_are_counted() -> None:
    webhook = events.parse(body(TEXT, 5, "x", None, []))
    assert webhook.events == [TEXT]
    assert webhook.skipped == 4


def test_what_a_database_cannot_keep_becomes_a_replacement_character() -> None:
    said = rb'{"type": "text", "text": "a\u0000b\ud800c \ud83d\ude00"}'
    raw = b'{"events": [{"type": "message", "message": ' + said + b"}]}"
    text = events.text(events.parse(raw).events[0])
    assert text == "a\ufffdb\ufffdc 😀"
    text.encode()


def mention(*spans: tuple[int, int]) -> dict[str, Any]:
    return {"mentionees": [{"index": index, "length": length, "type": "user"} for index, length in spans]}


@pytest.mark.parametrize(
    ("text", "spans", "left"),
    [
        ("@小店+1", [(0, 3)], "+1"),
        ("@小店 +1", [(0, 3)], "+1"),
        ("😀@Amy +1", [(2, 4)], "😀  +1"),
        ("1@Amy2", [(1, 4)], "1 2"),
        ("@A @B +2", [(0, 2), (3, 2)], "+2"),
        ("@B@A+2", [(2, 2), (0, 2)], "+2"),
        ("@Amy+1", [(0, 4), (2, 2)], "+1"),
        ("+1", [(90, 4)], "+1"),
        ("+1", [(-5, 3)], "+1"),
        ("+1", [(0, -1)], "+1"),
        ("+1", [(0, 0)], "+1"),
        ("😀+1", [(1, 1)], "\ufffd +1"),
    ],
)
def test_mentions_are_cut_by_utf16(text: str, spans: list[tuple[int, int]], left: str) -> None:
    cut = events.text_without_mentions({"type": "text", "text": text, "mention": mention(*spans)})
    assert cut.split() == left.split()


def test_readable_text_has_no_emoji_names() -> None:
    message = {
        "text": "@小店 (brown)+1",
        "mention": mention((0, 3)),
        "emojis": [{"index": 4, "length": 7, "productId": "p", "emojiId": "1"}],
    }
    assert events.readable_text(message) == "+1"
    assert events.text_without_mentions(message) == "(brown)+1"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
NAMES = [
    "type",
    "source",
    "message",
    "text",
    "mention",
    "mentionees",
    "emojis",
    "index",
    "length",
    "timestamp",
    "unsend",
]
odd_events = st.dictionaries(
    st.sampled_from(NAMES), anything | st.dictionaries(st.sampled_from(NAMES), anything)
)


@given(odd_events)
def test_no_event_can_hurt_a_reader(event: dict[str, Any]) -> None:
    parsed = events.parse(json.dumps({"events": [event]}).encode()).events[0]
    for read in (
        events.kind,
        events.event_id,
        events.reply_token,
        events.message_id,
        events.message_kind,
        events.text,
    ):
        assert isinstance(read(parsed), str)
    assert isinstance(events.readable_text(events.message(parsed)), str)
    assert abs(events.occurred_ms(parsed)) < 2**53
    assert isinstance(events.source(parsed), events.Source)
    assert isinstance(events.mentions_us(parsed), bool)
