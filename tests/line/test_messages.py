"""What we build: read by the official SDK's models, inside LINE's limits, one shape whatever is in it."""

import json
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.messaging.models import FlexMessage, ImageMessage, Message, TextMessage

from plusone.line import flex, limits, messages, words
from plusone.line.check import Problem, check

HOSTILE = [
    '"}],"evil":[{"',
    "{{7*7}} {% debug %} ${x} {name}",
    "<script>alert(1)</script>",
    "\u202eabc\u202c 100 元",
    "a\r\nX: y\x00\x1b[31m",
    "=cmd|' /C calc'!A0",
    "👨‍👩‍👧‍👦" * 500,
    "é" * 9000,
    "z" + "\u0300" * 20_000,
    "\ud800 half \udfff",
    "\\u0000\\ud800",
    "",
    " \n\t ",
]


def read_by_sdk(message: dict[str, Any]) -> Message:
    kinds = {"text": TextMessage, "image": ImageMessage, "flex": FlexMessage}
    return kinds[message["type"]].from_json(json.dumps(message))


def product(words_in: str) -> dict[str, Any]:
    actions = [
        messages.postback(words_in, "order:A001:1", display_text=words_in),
        messages.say(words_in, words_in),
        messages.open_uri(words_in, "https://shop.example/p/A001"),
    ]
    card = flex.product_card(
        title=words_in,
        price=words_in,
        notes=[words_in] * 9,
        image_url="https://shop.example/a.jpg",
        actions=actions,
    )
    return messages.flex(
        words_in or "–", card, quick_replies=[messages.quick_reply(words_in, actions[0])] * 20
    )


def order(words_in: str, rows: int = 40) -> dict[str, Any]:
    card = flex.order_card(
        heading=words_in,
        number=words_in,
        rows=[flex.Row(words_in, words_in)] * rows,
        total=flex.Row(words_in, words_in),
        notes=[words_in] * 9,
        actions=[messages.postback(words_in, "x" * 300, display_text=words_in)] * 9,
    )
    return messages.flex(words_in or "–", card)


@pytest.mark.parametrize("words_in", HOSTILE)
def test_whatever_a_name_holds_cards_keep_their_shape(words_in: str) -> None:
    plain_product, plain_order = product("tea"), order("tea")
    for built, plain in ((product(words_in), plain_product), (order(words_in), plain_order)):
        read_by_sdk(built)
        if words_in.strip():
            assert check(built) == []
            assert shape(built) == shape(plain)


def shape(value: Any) -> Any:
    """The structure without the words."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shape(entry) for entry in value[:2]]
    return type(value).__name__


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=400), st.integers(0, 60))
def test_the_fullest_card_fits(words_in: str, rows: int) -> None:
    worst = (words_in * 400)[:2000]
    if words.clean(worst).strip():
        assert check(product(worst)) == []
        assert check(order(worst, rows)) == []


def test_the_worst_characters_fit() -> None:
    for char in ("語", "\U0001f600", '"', "\\", "\n", "é", "\u0e33"):
        full = order("x" + char * 6000)
        assert check(full) == []
        assert words.json_size(full["contents"]) > 10_000


def test_the_sdk_reads_what_we_mean() -> None:
    action = messages.postback("＋1", "order:A001:1", display_text="+1")
    built = messages.text("收到", quick_replies=[messages.quick_reply("再來 +1", action)], quote_token="q")
    read = read_by_sdk(built)
    assert isinstance(read, TextMessage)
    assert read.quote_token == "q"
    assert read.quick_reply.items[0].action.label == "再來 +1"
    assert read.quick_reply.items[0].action.display_text == "+1"
    assert json.loads(read.to_json()) == built


def test_an_image() -> None:
    built = messages.image("https://shop.example/a.jpg", "https://shop.example/a-small.jpg")
    assert check(built) == []
    read = read_by_sdk(built)
    assert isinstance(read, ImageMessage)
    assert read.preview_image_url == "https://shop.example/a-small.jpg"


def test_a_card_goes_through_the_sdk_unchanged() -> None:
    built = order("紅茶")
    read = read_by_sdk(built)
    assert isinstance(read, FlexMessage)
    assert json.loads(read.to_json()) == built


def test_a_carousel_takes_what_fits() -> None:
    small = flex.product_card(title="茶", price="$100")
    assert len(flex.carousel([small] * 20)["contents"]) == 12
    big = order("語" * 200)["contents"]
    shown = messages.flex("商品", flex.carousel([big] * 12))
    assert 1 <= len(shown["contents"]["contents"]) < 12
    assert check(shown) == []
    read_by_sdk(shown)


def test_long_orders_end_in_dots() -> None:
    rows = [flex.Row(f"item {place}", "1") for place in range(25)]
    card = flex.order_card(heading="h", number="n", rows=rows)
    listed = card["body"]["contents"][3]["contents"]
    assert len(listed) == flex.MAX_ROWS + 1
    assert listed[-1]["contents"][0]["text"] == "…"


def test_data_is_never_cut() -> None:
    with pytest.raises(ValueError, match="301"):
        messages.postback("x", "d" * 301)
    with pytest.raises(ValueError, match="0 units"):
        messages.postback("x", "")


@pytest.mark.parametrize(
    "uri", ["javascript:alert(1)", "data:text/html,x", "", "https://a/" + "x" * 1000, "https://商店.tw"]
)
def test_a_button_opens_addresses_only(uri: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        messages.open_uri("x", uri)


LONG_LABEL = {"type": "postback", "label": "l" * 41, "data": "d"}
LONG_QUICK_REPLY = {"type": "action", "action": {"type": "message", "label": "l" * 21, "text": "t"}}
TEA = flex.product_card(title="tea", price="$1")
LABELLED = flex.product_card(title="tea", price="$1", actions=[LONG_LABEL])
EMPTY = {"type": "carousel", "contents": []}
HTTP = {"type": "image", "originalContentUrl": "http://a/b.jpg", "previewImageUrl": "https://a/b.jpg"}


def in_flex(contents: Any, alt: str = "x") -> dict[str, Any]:
    return {"type": "flex", "altText": alt, "contents": contents}


BROKEN: list[tuple[dict[str, Any], Problem]] = [
    ({"type": "text", "text": "a" * 5001}, Problem("text", 5000, 5001)),
    ({"type": "text", "text": "😀" * 2501}, Problem("text", 5000, 5002)),
    ({"type": "text", "text": ""}, Problem("text", 5000, 0)),
    ({"type": "text"}, Problem("text", 5000, 0)),
    ({"type": "poem"}, Problem("type", 0, "poem")),
    ({}, Problem("type", 0, "None")),
    (HTTP, Problem("originalContentUrl", 0, "http")),
    (in_flex(TEA, alt="x" * 1501), Problem("altText", 1500, 1501)),
    (in_flex(None), Problem("contents", 0, "NoneType")),
    (in_flex(EMPTY), Problem("contents.contents", 12, 0)),
    (in_flex(LABELLED), Problem("contents.footer.contents[0].action.label", 40, 41)),
    (
        {"type": "text", "text": "a", "quickReply": {"items": [LONG_QUICK_REPLY]}},
        Problem("quickReply.items[0].action.label", 20, 21),
    ),
]


@pytest.mark.parametrize(("message", "problem"), BROKEN)
def test_check_finds(message: dict[str, Any], problem: Problem) -> None:
    assert problem in check(message)


def test_check_weighs_bubbles() -> None:
    fat = {"type": "bubble", "body": flex.part_box("vertical", [flex.part_text("語" * 200)] * 60)}
    assert [problem.limit for problem in check(messages.flex("x", fat))] == [limits.BUBBLE_BYTES]


@given(st.text(), st.integers(1, 60))
def test_clipping_keeps_the_limit(text: str, limit: int) -> None:
    clipped = words.clip(text, limit)
    assert words.units(clipped) <= limit
    assert len(clipped.encode("utf-16-le")) // 2 == words.units(clipped)
    assert words.clean(clipped) == clipped
    assert words.count(words.clip_graphemes(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("😀😀😀", 6, "😀😀😀"),
        ("😀😀😀😀", 6, "😀😀…"),
        ("ab👨‍👩‍👧‍👦cd", 6, "ab…"),
        ("e\u0301\u0301\u0301e\u0301", 4, "…"),
        ("🇹🇼🇯🇵", 7, "🇹🇼…"),
    ],
)  # fmt: skip
def test_a_cut_never_parts_a_character(text: str, limit: int, clipped: str) -> None:
    assert words.clip(text, limit) == clipped


CHARACTERS = ["e\u0301", "🇹🇼🇯🇵🇺🇸", "👨‍👩‍👧‍👦!", "👍🏽👍", "각각", "\u1100\u1161\u11a8", "か\u3099", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
CHARACTERS += ["1️⃣2️⃣", "ไทยกำ", "हिन्दी", "台灣 +1", "❤️‍🔥"]


@pytest.mark.parametrize("text", CHARACTERS)
def test_characters_as_readers_see_them(text: str) -> None:
    unicode_says = len(regex.findall(r"\X", text))
    assert unicode_says <= words.count(text) <= unicode_says + 3


@settings(max_examples=300)
@given(st.text())
def test_we_never_count_fewer_than_unicode(text: str) -> None:
    assert words.count(text) >= len(regex.findall(r"\X", text))
