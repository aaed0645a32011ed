"""LINE's limits on messages, row by row: at the limit accepted, one beyond refused with its path."""

from typing import Any

import pytest

from .conftest import Sim

Row = tuple[str, dict[str, Any], str | None]
URL = "https://shop.example/a.jpg"
SAY = {"type": "message", "label": "Buy", "text": "+1"}


def _text(text: Any, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def _chips(*actions: dict[str, Any]) -> dict[str, Any]:
    return _text("x", quickReply={"items": [{"type": "action", "action": action} for action in actions]})


def _template(**template: Any) -> dict[str, Any]:
    return {"type": "template", "altText": "alt", "template": template}


def _buttons(**more: Any) -> dict[str, Any]:
    return _template(**{"type": "buttons", "text": "t", "actions": [SAY], **more})


def _flex(contents: Any, alt: str = "alt") -> dict[str, Any]:
    return {"type": "flex", "altText": alt, "contents": contents}


def _bubble(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": list(parts)}, **more}


def _carousel(*bubbles: Any) -> dict[str, Any]:
    return _flex({"type": "carousel", "contents": list(bubbles)})


def _button(label: str) -> dict[str, Any]:
    return _flex(_bubble({"type": "button", "action": {**SAY, "label": label}}))


AT = "messages[0]"
PART = f"{AT}.contents.body.contents[0]"
COLUMN = {"text": "t", "actions": [SAY]}
FAMILY = "👨‍👩‍👧‍👦"

ROWS: list[Row] = [
    ("text 5000", _text("a" * 5000), None),
    ("text 5001", _text("a" * 5001), f"{AT}.text"),
    ("text 2500 emoji are 5000 units", _text("🎉" * 2500), None),
    ("text 2501 emoji", _text("🎉" * 2501), f"{AT}.text"),
    ("text empty", _text(""), f"{AT}.text"),
    ("text a number", _text(5), f"{AT}.text"),
    ("text missing", {"type": "text"}, f"{AT}.text"),
    ("unknown type", {"type": "dance"}, f"{AT}.type"),
    ("no type", {}, f"{AT}.type"),
    ("emoji placeholder", _text("$", emojis=[{"index": 0, "productId": "5", "emojiId": "1"}]), None),
    (
        "emoji at a letter",
        _text("a", emojis=[{"index": 0, "productId": "5", "emojiId": "1"}]),
        f"{AT}.emojis[0].index",
    ),
    ("image", {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL}, None),
    (
        "image over http",
        {"type": "image", "originalContentUrl": URL.replace("https", "http"), "previewImageUrl": URL},
        f"{AT}.originalContentUrl",
    ),
    (
        "image of this machine",
        {"type": "image", "originalContentUrl": "http://127.0.0.1:8000/a", "previewImageUrl": URL},
        None,
    ),
    ("image without preview", {"type": "image", "originalContentUrl": URL}, f"{AT}.previewImageUrl"),
    (
        "url of 2001",
        {"type": "image", "originalContentUrl": URL, "previewImageUrl": "https://a.example/" + "a" * 1983},
        f"{AT}.previewImageUrl",
    ),
    ("sticker", {"type": "sticker", "packageId": "1", "stickerId": "1"}, None),
    ("sticker without id", {"type": "sticker", "packageId": "1"}, f"{AT}.stickerId"),
    ("location", {"type": "location", "title": "t", "address": "a", "latitude": 25, "longitude": 121}, None),
    (
        "location off the earth",
        {"type": "location", "title": "t", "address": "a", "latitude": 91, "longitude": 1},
        f"{AT}.latitude",
    ),
    ("audio without duration", {"type": "audio", "originalContentUrl": URL}, f"{AT}.duration"),
    ("13 chips", _chips(*[SAY] * 13), None),
    ("14 chips", _chips(*[SAY] * 14), f"{AT}.quickReply.items"),
    ("no chip", _chips(), f"{AT}.quickReply.items"),
    ("chip label 20", _chips({**SAY, "label": "字" * 20}), None),
    ("chip label 21", _chips({**SAY, "label": "字" * 21}), f"{AT}.quickReply.items[0].action.label"),
    ("chip label of 20 families", _chips({**SAY, "label": FAMILY * 20}), None),
    (
        "chip label missing",
        _chips({"type": "message", "text": "x"}),
        f"{AT}.quickReply.items[0].action.label",
    ),
    ("chip message 301", _chips({**SAY, "text": "a" * 301}), f"{AT}.quickReply.items[0].action.text"),
    ("chip camera", _chips({"type": "camera", "label": "Camera"}), None),
    (
        "chip rich menu switch",
        _chips({"type": "richmenuswitch", "label": "x"}),
        f"{AT}.quickReply.items[0].action.type",
    ),
    ("postback 300", _chips({"type": "postback", "label": "x", "data": "a" * 300}), None),
    (
        "postback 301",
        _chips({"type": "postback", "label": "x", "data": "a" * 301}),
        f"{AT}.quickReply.items[0].action.data",
    ),
    (
        "postback without data",
        _chips({"type": "postback", "label": "x"}),
        f"{AT}.quickReply.items[0].action.data",
    ),
    ("uri 1000", _chips({"type": "uri", "label": "x", "uri": "https://a.example/" + "a" * 982}), None),
    (
        "uri 1001",
        _chips({"type": "uri", "label": "x", "uri": "https://a.example/" + "a" * 983}),
        f"{AT}.quickReply.items[0].action.uri",
    ),
    (
        "uri javascript",
        _chips({"type": "uri", "label": "x", "uri": "javascript:1"}),
        f"{AT}.quickReply.items[0].action.uri",
    ),
    ("uri tel", _chips({"type": "uri", "label": "x", "uri": "tel:0912345678"}), None),
    (
        "date picker",
        _chips(
            {"type": "datetimepicker", "label": "x", "data": "d", "mode": "date", "initial": "2026-11-22"}
        ),
        None,
    ),
    (
        "date picker mode",
        _chips({"type": "datetimepicker", "label": "x", "data": "d", "mode": "year"}),
        f"{AT}.quickReply.items[0].action.mode",
    ),
    (
        "date picker initial",
        _chips({"type": "datetimepicker", "label": "x", "data": "d", "mode": "date", "initial": "22.11."}),
        f"{AT}.quickReply.items[0].action.initial",
    ),
    (
        "clipboard 1001",
        _chips({"type": "clipboard", "label": "x", "clipboardText": "a" * 1001}),
        f"{AT}.quickReply.items[0].action.clipboardText",
    ),
    ("sender", _text("x", sender={"name": "a" * 20, "iconUrl": URL}), None),
    ("sender 21", _text("x", sender={"name": "a" * 21}), f"{AT}.sender.name"),
    ("sender named LINE", _text("x", sender={"name": "LINE team"}), f"{AT}.sender.name"),
    ("buttons", _buttons(), None),
    ("buttons 5 actions", _buttons(actions=[SAY] * 5), f"{AT}.template.actions"),
    ("buttons text 160", _buttons(text="a" * 160), None),
    ("buttons text 161", _buttons(text="a" * 161), f"{AT}.template.text"),
    ("buttons text 61 under a title", _buttons(text="a" * 61, title="t"), f"{AT}.template.text"),
    ("buttons title 41", _buttons(title="a" * 41), f"{AT}.template.title"),
    ("confirm with one action", _template(type="confirm", text="t", actions=[SAY]), f"{AT}.template.actions"),
    ("confirm text 241", _template(type="confirm", text="a" * 241, actions=[SAY] * 2), f"{AT}.template.text"),
    ("10 columns", _template(type="carousel", columns=[COLUMN] * 10), None),
    ("11 columns", _template(type="carousel", columns=[COLUMN] * 11), f"{AT}.template.columns"),
    (
        "uneven columns",
        _template(type="carousel", columns=[COLUMN, {"text": "t", "actions": [SAY] * 2}]),
        f"{AT}.template.columns",
    ),
    (
        "column text 121",
        _template(type="carousel", columns=[{**COLUMN, "text": "a" * 121}]),
        f"{AT}.template.columns[0].text",
    ),
    (
        "image carousel label 13",
        _template(type="image_carousel", columns=[{"imageUrl": URL, "action": {**SAY, "label": "a" * 13}}]),
        f"{AT}.template.columns[0].action.label",
    ),
    ("unknown template", _template(type="poster"), f"{AT}.template.type"),
    (
        "flex",
        _flex(_bubble({"type": "text", "text": "x", "weight": "bold", "size": "xl", "color": "#112233"})),
        None,
    ),
    ("flex alt 1500", _flex(_bubble(), "a" * 1500), None),
    ("flex alt 1501", _flex(_bubble(), "a" * 1501), f"{AT}.altText"),
    ("flex without alt", _flex(_bubble(), ""), f"{AT}.altText"),
    ("flex empty bubble", _flex({"type": "bubble"}), f"{AT}.contents"),
    ("flex empty text", _flex(_bubble({"type": "text", "text": ""})), f"{PART}.text"),
    ("flex spans", _flex(_bubble({"type": "text", "contents": [{"type": "span", "text": "x"}]})), None),
    ("flex unknown part", _flex(_bubble({"type": "marquee"})), f"{PART}.type"),
    ("flex wrong weight", _flex(_bubble({"type": "text", "text": "x", "weight": "heavy"})), f"{PART}.weight"),
    ("flex wrong size", _flex(_bubble({"type": "text", "text": "x", "size": "huge"})), f"{PART}.size"),
    ("flex size in pixels", _flex(_bubble({"type": "text", "text": "x", "size": "15px"})), None),
    ("flex wrong colour", _flex(_bubble({"type": "text", "text": "x", "color": "red"})), f"{PART}.color"),
    ("flex box without layout", _flex(_bubble({"type": "box", "contents": []})), f"{PART}.layout"),
    (
        "flex image in baseline",
        _flex(_bubble({"type": "box", "layout": "baseline", "contents": [{"type": "image", "url": URL}]})),
        f"{PART}.contents[0].type",
    ),
    (
        "flex image ratio",
        _flex(_bubble({"type": "image", "url": URL, "aspectRatio": "wide"})),
        f"{PART}.aspectRatio",
    ),
    ("flex button label 40", _button("a" * 40), None),
    ("flex button label 41", _button("a" * 41), f"{PART}.action.label"),
    ("flex button without action", _flex(_bubble({"type": "button"})), f"{PART}.action"),
    ("flex hero text", _flex(_bubble(hero={"type": "text", "text": "x"})), f"{AT}.contents.hero.type"),
    ("flex bubble size", _flex(_bubble(size="tiny")), f"{AT}.contents.size"),
    ("flex bubble 31 KB", _flex(_bubble({"type": "text", "text": "a" * 31 * 1024})), f"{AT}.contents"),
    ("12 bubbles", _carousel(*[_bubble()] * 12), None),
    ("13 bubbles", _carousel(*[_bubble()] * 13), f"{AT}.contents.contents"),
    (
        "carousel 51 KB",
        _carousel(*[_bubble({"type": "text", "text": "a" * 17 * 1024})] * 3),
        f"{AT}.contents",
    ),
    (
        "bubbles of two sizes",
        _carousel(_bubble(size="kilo"), _bubble(size="mega")),
        f"{AT}.contents.contents",
    ),
    ("not an object", "text", AT),  # type: ignore[list-item]
]


@pytest.fixture(scope="module")
def answers(running: Any) -> dict[str, Any]:
    """All rows asked once: the validation endpoint keeps nothing, so they share one world."""
    sim = Sim(running.url)
    sim.call("POST", "reset", {})
    account = {"id": "1", "name": "n", "secret": "s", "access_token": "validate"}
    sim.call("POST", "channels", account)
    path = "message/validate/reply"
    return {
        name: sim.line("POST", path, {"messages": [row]}, token="validate").json() for name, row, _ in ROWS
    }


@pytest.mark.parametrize(
    ("name", "property_"), [(name, at) for name, _, at in ROWS], ids=[row[0] for row in ROWS]
)
def test_row(answers: dict[str, Any], name: str, property_: str | None) -> None:
    if property_ is None:
        assert answers[name] == {}
    else:
        details = answers[name]["details"]
        assert [detail["property"] for detail in details] == [property_]
        assert answers[name]["message"] == "The request body has 1 error(s)"


@pytest.mark.parametrize(
    ("body", "property_"),
    [
        ({"messages": []}, "messages"),
        ({}, "messages"),
        ({"messages": [_text("x")] * 6}, "messages"),
        ({"messages": [_text("x")], "notificationDisabled": "yes"}, "notificationDisabled"),
        ({"messages": [_text("x")], "customAggregationUnits": ["a b"]}, "customAggregationUnits"),
    ],
)
def test_bodies(sim: Sim, body: dict[str, Any], property_: str) -> None:
    answer = sim.line("POST", "message/push", {"to": sim.user("amy"), **body})
    assert answer.status_code == 400
    assert [detail["property"] for detail in answer.json()["details"]] == [property_]


@pytest.mark.parametrize("to", ["", "amy", "U123", None, "U" + "g" * 32])
def test_recipients(sim: Sim, to: str | None) -> None:
    assert sim.line("POST", "message/push", {"to": to, "messages": [_text("x")]}).status_code == 400
    many = sim.line("POST", "message/multicast", {"to": [to], "messages": [_text("x")]})
    assert (
        many.json()["message"] == "The property, to[0], in the request body is invalid (line: -, column: -)"
    )


def test_501_recipients_are_too_many(sim: Sim) -> None:
    body = {"to": [sim.user("amy")] * 501, "messages": [_text("x")]}
    assert sim.line("POST", "message/multicast", body).status_code == 400


def test_a_quote_token_belongs_to_its_chat(sim: Sim) -> None:
    quote = sim.push(sim.user("amy")).json()["sentMessages"][0]["quoteToken"]
    for to, status in ((sim.user("amy"), 200), (sim.user("amin"), 400)):
        body = {"to": to, "messages": [_text("x", quoteToken=quote)]}
        assert sim.line("POST", "message/push", body).status_code == status
    reply = {"replyToken": sim.token(), "messages": [_text("x", quoteToken="made-up")]}
    assert sim.line("POST", "message/reply", reply).status_code == 400
