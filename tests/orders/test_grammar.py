"""What messages mean: the tables test_grammar_zh.txt, _ja.txt and _en.txt, and what depends on the chat.

A section of a table names the chat's latest product; `grammar_shelf.told` says how to read the right side.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plusone.orders.rules.grammar import understand
from plusone.orders.rules.terms import Offer, Shelf, UnknownWordKind, Variant, Words
from tests.orders.grammar_shelf import OFFERS, WORDS, shelf, told

HERE = Path(__file__).parent
ESCAPES = {"\\n": "\n", "\\u200b": "\u200b", "\\u3000": "\u3000"}


def rows() -> Iterator[tuple[str, str, str]]:
    for path in sorted(HERE.glob("test_grammar_*.txt")):
        latest = ""
        for line in path.read_text("utf-8").splitlines():
            heading = re.fullmatch(r"# .*\(latest: (\w+)\)", line)
            latest = heading[1] if heading else latest
            if line and not heading:
                text, expected = line.split(" → ")
                yield latest, _unescaped(text), expected


def _unescaped(text: str) -> str:
    for written, meant in ESCAPES.items():
        text = text.replace(written, meant)
    return text


def read(text: str, latest: str = "tea", quoted: str = "", **options: bool) -> str:
    return told(understand(text, shelf=shelf(latest, quoted), words=WORDS, **options))


@pytest.mark.parametrize(("latest", "text", "expected"), list(rows()))
def test_a_message_means(latest: str, text: str, expected: str) -> None:
    assert read(text, latest) == expected


def test_the_tables_are_long() -> None:
    assert len(list(rows())) >= 380


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+2", "ask option jam/草莓×2 jam/藍莓×2"),
        ("草莓+2", "order jam/草莓×2"),
        ("這個草莓+2", "order jam/草莓×2"),
        ("香草+1", "ask option jam/草莓×1 jam/藍莓×1"),
        ("草莓 2瓶", "order jam/草莓×2"),
        ("2瓶", "ask option jam/草莓×2 jam/藍莓×2"),
        ("2", "none"),
        ("好吃", "none"),
        ("我要草莓", "order jam/草莓×1"),
        ("260108003+1", "order tea×1"),
        ("改3", "change jam/-×3"),
        ("-1", "reduce jam/-×1"),
        ("取消", "cancel? jam/-"),
        ("價格 1500", "none"),
    ],
)
def test_a_quoted_product_takes_the_place_of_the_latest(text: str, expected: str) -> None:
    assert read(text, "tea", "jam") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1", "error unknown_code"),
        ("要", "error unknown_code"),
        ("-1", "error unknown_code"),
        ("取消", "cancel?"),
        ("黑M+1", "order? shirt/黑/M×1"),
        ("260108003+1", "order tea×1"),
    ],
)
def test_a_chat_without_a_latest_product(text: str, expected: str) -> None:
    assert read(text, "") == expected


@pytest.mark.parametrize(
    ("latest", "text", "expected"),
    [
        ("secret", "+1", "error not_public 260108004"),
        ("gone", "+1", "error sold_out 260108005"),
        ("gone", "+0", "error quantity_zero 0"),
        ("gone", "-1", "reduce gone×1"),
        ("shoe", "38+1", "order shoe/38×1"),
        ("shoe", "38 +1", "order shoe/38×1"),
        ("shoe", "38x2", "order shoe/38×2"),
        ("shoe", "+38", "ask option shoe/37×38 shoe/38×38"),
        ("shoe", "我要38", "ask reading shoe/38×1"),
        ("shoe", "380+1", "none"),
    ],
)
def test_the_latest_product_decides(latest: str, text: str, expected: str) -> None:
    assert read(text, latest) == expected


def test_a_sold_out_product_with_options_is_refused_rather_than_asked_about() -> None:
    offer = Offer("260108009", "Shirt", True, (Variant(1, "", ("M",)), Variant(2, "", ("L",))), sold_out=True)
    found = understand("+1", shelf=Shelf({offer.code: offer}, offer.code, None, {}), words=WORDS)
    assert (found.intent, found.error, found.subject) == ("error", "sold_out", offer.code)


def test_a_name_that_two_products_share_is_asked_about() -> None:
    twins = {
        code: Offer(code, "Tea", True, (Variant(int(code), "", ()),)) for code in ("260108011", "260108012")
    }
    found = understand("Tea+2", shelf=Shelf(twins, None, None, {"tea": "260108011"}), words=WORDS)
    assert (found.intent, found.asked) == ("ask", "which")
    assert [(choice.item.code, choice.item.quantity) for choice in found.choices] == [
        ("260108011", 2),
        ("260108012", 2),
    ]


@pytest.mark.parametrize("name", ["🔥高山茶🔥", "🍎 高山茶", "高山🍵茶", "高山茶❤️"])
@pytest.mark.parametrize("words", ["高山茶+2", "{name}+2", "我要高山茶2包"])
def test_nobody_has_to_type_the_emoji_in_a_products_name(name: str, words: str) -> None:
    offer = Offer("260108009", name, True, (Variant(1, "", ()),))
    found = understand(words.format(name=name), shelf=Shelf({offer.code: offer}, None, None, {}), words=WORDS)
    assert (found.intent, found.confirm) == ("order", False)
    assert [(item.code, item.quantity) for item in found.items] == [("260108009", 2)]


def test_a_number_beside_emoji_is_no_name() -> None:
    named = Offer("260108009", "1🔥", True, (Variant(1, "", ()),))
    latest = Offer("260108010", "Tea", True, (Variant(2, "", ()),))
    shelf = Shelf({one.code: one for one in (named, latest)}, latest.code, None, {})
    assert [item.code for item in understand("+1", shelf=shelf, words=WORDS).items] == [latest.code]


def test_a_heading_that_two_products_share_orders_nothing() -> None:
    twins = {
        code: Offer(code, "Tea", True, (Variant(int(code), "", ()),)) for code in ("260108011", "260108012")
    }
    found = understand("Tea\n+2", shelf=Shelf(OFFERS | twins, "260108003", None, {}), words=WORDS)
    assert found.intent == "none"


def test_a_product_without_variants_is_not_for_sale() -> None:
    here = Shelf({"260108016": Offer("260108016", "Empty", True, ())}, "260108016", None, {})
    assert understand("+1", shelf=here, words=WORDS).error == "not_public"
    assert understand("紅+1", shelf=here, words=WORDS).error == "not_public"
    assert understand("紅改2", shelf=here, words=WORDS).intent in {"ask", "none"}


def test_an_option_is_a_whole_value_and_the_exact_one_wins() -> None:
    offer = Offer(
        "260108013",
        "Bag",
        True,
        (Variant(1, "", ("黑",)), Variant(2, "", ("黑色",)), Variant(3, "", ("Mint",))),
    )
    here = Shelf({offer.code: offer}, offer.code, None, {})
    exact = understand("黑+1", shelf=here, words=WORDS)
    assert (exact.intent, [item.variant_id for item in exact.items]) == ("order", [1])
    assert understand("M+1", shelf=here, words=WORDS).intent == "ask"
    assert understand("mint+1", shelf=here, words=WORDS).items[0].variant_id == 3


def test_at_most_thirteen_choices() -> None:
    offer = Offer("260108014", "Pen", True, tuple(Variant(at, "", (f"no{at}",)) for at in range(40)))
    found = understand("+1", shelf=Shelf({offer.code: offer}, offer.code, None, {}), words=WORDS)
    assert (found.intent, len(found.choices)) == ("ask", 13)


def test_says_when_the_product_was_only_assumed() -> None:
    texts = {
        "+1": True,
        "取消": True,
        "改3": True,
        "260108003+1": False,
        "260108003改3": False,
        "取消全部": False,
    }
    assert {text: understand(text, shelf=shelf("tea"), words=WORDS).assumed for text in texts} == texts
    assert not understand("+1", shelf=shelf("old", "tea"), words=WORDS).assumed


def test_a_shop_adds_its_own_words() -> None:
    words = Words.default().with_extra({"order": ["喊單"], "cancel": ["ＯＵＴ"]})
    assert told(understand("喊單", shelf=shelf("tea"), words=words)) == "order tea×1"
    assert told(understand("喊單2個", shelf=shelf("tea"), words=words)) == "order tea×2"
    assert told(understand("out", shelf=shelf("tea"), words=words)) == "cancel? tea"
    assert read("喊單") == "none"


def test_a_word_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownWordKind) as refused:
        Words.default().with_extra({"shout": ["嘿"]})
    assert refused.value.kind == "shout"


def test_a_product_named_like_a_command_does_not_take_the_command_away() -> None:
    offer = Offer("260108015", "要", True, (Variant(1, "", ()),))
    here = Shelf(OFFERS | {offer.code: offer}, "260108003", None, {"要": offer.code})
    assert told(understand("要", shelf=here, words=WORDS)) == "order tea×1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("老闆 我要+1 謝謝", "order? tea×1"),
        ("我也+1謝謝", "order? tea×1"),
        ("260108003+1 謝謝", "order? tea×1"),
        ("老闆我要2個謝謝", "order? tea×2"),
        ("260108001 黑M+1 麻煩囉", "order? shirt/黑/M×1"),
        ("Hi, I'll take 2 thanks", "order? tea×2"),
        ("すみません、2つお願いします。ありがとう", "order? tea×2"),
        ("取消 謝謝", "cancel? tea"),
        ("改成3個好了 謝謝", "change? tea×3"),
        ("+1", "order tea×1"),
        ("+1嗎", "none"),
        ("不要+1", "none"),
        ("昨天已+1了", "none"),
        ("請問+1多少錢", "none"),
        ("我媽+1 我姐+1", "none"),
        ("260108003+1 謝謝 2025001+1", "none"),
        ("參加2人", "none"),
        ("iPhone+1", "none"),
        ("電話 0912345678 +1", "none"),
        ("I don't want +1", "none"),
        ("看這裡 https://example.com/?a=b +1", "none"),
        ("來 謝謝", "none"),
    ],
)
def test_lenient_mode_proposes_the_one_clear_command(text: str, expected: str) -> None:
    assert read(text, "tea", lenient=True) == expected
