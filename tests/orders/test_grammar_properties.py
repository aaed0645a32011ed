"""What holds for every message (reliability P35): no crash, no guess, and it says again what it read."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plusone.orders.rules.fold import codes_in, fold
from plusone.orders.rules.grammar import understand
from plusone.orders.rules.say import Language, say, say_choice
from plusone.orders.rules.terms import ProductEdit, Understanding
from tests.orders.grammar_shelf import CODES, OFFERS, WORDS, shelf

ACTS = {"order", "reserve", "change", "reduce", "cancel"}
LANGUAGES: tuple[Language, ...] = ("zh-Hant", "ja", "en")
BITS = (
    *"+-＋ー*x加十1239一兩打個つ枚黑白ML紅要來再訂改少請各のをと?!🙏，、;/()【】：",
    "12", "99", "100", "0.5", "十二", "半打", "260108001", "260108003", "2025001", "9999999", "0912345678",
    "黑色", "草莓", "果醬", "高山茶", "XL", "我要", "幫我留", "取消", "全部", "改成", "履歷", "這個", "每色",
    "欲しい", "お願いします", "ください", "注文", "変更", "キャンセル", "謝謝", "不要", "嗎", "商品名",
    "價格", "1500", "i want", "order", "cancel", "all", "change to", "reserve", "history", "please",
)  # fmt: skip
TALK = (
    "謝謝", "老闆", "好可愛", "不要", "可以嗎", "我媽說", "明天", "等一下", "請問", "哈哈", "已經", "了",
    "嗎", "多少錢", "ですか", "すごい", "ありがとう", "明日", "thanks", "maybe",
    "for my mom", "if possible", "not",
)  # fmt: skip

messages = st.lists(st.sampled_from([*BITS, " ", "\n"]), min_size=1, max_size=12).map("".join) | st.lists(
    st.sampled_from(BITS), min_size=1, max_size=8
).map(" ".join)
quantities = st.integers(1, 99)
things = st.sampled_from(
    ["260108003", "2025001", "260108001 黑 M", "260108001 白 L", "260108006 紅色", "260108002 草莓"]
)


def read(text: str, latest: str = "tea", quoted: str = "", **options: bool) -> Understanding:
    return understand(text, shelf=shelf(latest, quoted), words=WORDS, **options)


def meaning(understood: Understanding) -> tuple[object, ...]:
    return understood.intent, understood.items, understood.edit


@settings(max_examples=1000, deadline=None)
@given(
    st.text(max_size=600) | messages,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "tea", "shirt", "gone"]),
)
def test_never_raises_and_never_leaves_its_bounds(
    text: str, lenient: bool, manager: bool, quoted: str
) -> None:
    understood = read(text, "shirt", quoted, lenient=lenient, manager=manager)
    items = (*understood.items, *(choice.item for choice in understood.choices))
    least = 0 if understood.aim == "cancel" else 1
    assert all(least <= item.quantity <= 99 or understood.intent == "error" for item in items)
    assert all(item.code in OFFERS for item in items)
    assert understood.intent not in {"order", "reserve"} or all(item.variant_id for item in understood.items)
    assert understood.intent != "cancel" or understood.confirm
    assert (understood.error is None) == (understood.intent != "error")
    assert bool(understood.choices) == (understood.intent == "ask")
    assert len(understood.choices) <= 13


@settings(max_examples=1000, deadline=None)
@given(messages, st.sampled_from(["", "tea", "shirt", "cap"]), st.sampled_from(LANGUAGES))
def test_what_was_understood_says_itself_again(text: str, latest: str, language: Language) -> None:
    understood = read(text, latest)
    if understood.intent in ACTS | {"history"}:
        assert meaning(read(say(understood, language), latest)) == meaning(understood)


@settings(max_examples=500, deadline=None)
@given(messages, st.sampled_from(["tea", "shirt", "cap", "shoe"]), st.sampled_from(LANGUAGES))
def test_an_answered_question_gets_nearer_to_an_order(text: str, latest: str, language: Language) -> None:
    understood = read(text, latest)
    for choice in understood.choices:
        answered = read(say_choice(understood, choice, language), latest)
        assert answered.intent in {understood.aim, "ask", "error"}
        assert answered.intent != "error" or answered.error in {
            "quantity_over_limit",
            "not_public",
            "sold_out",
            "unclear",
        }
        if answered.intent == "ask":
            assert len(understood.items) > 0 or choice.item.variant_id is None


@settings(max_examples=500, deadline=None)
@given(things, quantities, st.sampled_from(TALK), st.sampled_from(["", " ", "，", "\n"]), st.booleans())
def test_a_command_inside_a_longer_sentence_is_no_order(
    thing: str, quantity: int, talk: str, gap: str, before: bool
) -> None:
    command = f"{thing} +{quantity}"
    text = f"{talk}{gap}{command}" if before else f"{command}{gap}{talk}"
    assert read(text).intent not in ACTS


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(things, quantities), min_size=1, max_size=5, unique_by=lambda pair: pair[0]), st.data()
)
def test_any_separator_and_any_order_of_the_items_mean_the_same(
    pairs: list[tuple[str, int]], data: st.DataObject
) -> None:
    text = "".join(
        f"{thing} +{quantity}{data.draw(st.sampled_from([',', '、', chr(10), ' ', '；', '， ', '和']))}"
        for thing, quantity in data.draw(st.permutations(pairs))
    )
    plain = read(", ".join(f"{thing} +{quantity}" for thing, quantity in pairs))
    assert plain.intent == "order"
    assert read(text.rstrip("和")).intent == "order"
    assert sorted(read(text.rstrip("和")).items, key=repr) == sorted(plain.items, key=repr)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 9_999_999), st.sampled_from(["", "260108003", "2025001 "]))
def test_the_quick_way_and_the_thorough_way_agree(number: int, code: str) -> None:
    quick, thorough = read(f"{code}+{number}"), read(f"{code}+{number}個")
    assert (quick.intent, quick.items, quick.error) == (thorough.intent, thorough.items, thorough.error)
    assert (quick.intent == "order") == (1 <= number <= 99)


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        ProductEdit,
        name=st.none() | st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40),
        price=st.none() | st.integers(0, 99_999_999),
        stock=st.none() | st.integers(-1, 9_999_999),
        public=st.none() | st.booleans(),
    )
)
def test_an_edit_says_itself_again(edit: ProductEdit) -> None:
    lines = say(Understanding("edit_product", edit=edit, subject=CODES["tea"]))
    understood = read(lines, manager=True)
    assert understood.edit == edit if "\n" in lines else understood.intent == "none"


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_codes_are_found_each_once_in_any_width() -> None:
    assert codes_in("２６０１０８００１+1 260108001 和 2025001、1234 1234567890123") == (
        "260108001",
        "2025001",
    )


def test_sixty_thousand_random_messages() -> None:
    """Fixed seed; the long run of P35 is the same with a million."""
    chance = random.Random(20261122)
    for _ in range(60_000):
        text = "".join(chance.choices(BITS, k=chance.randint(1, 6)))
        understood = read(text, "shirt")
        assert understood.intent not in ACTS or meaning(read(say(understood), "shirt")) == meaning(understood)


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "+1",
        "+1 ",
        "1 ",
        "要",
        "各1",
        "一",
        "\u0300\u0327",
        "ﷺ",
        "(",
        "黑M+1、",
        "價格 1\n",
        "描述：a\n",
        "a ",
        "\n",
        "品",
    ],
)
@pytest.mark.parametrize("length", [500, 5_000, 100_000])
def test_a_hostile_message_costs_little(unit: str, length: int) -> None:
    """A few milliseconds; the limit leaves room for a machine under load (67 ms were seen at a load of
    eight), and is far below what anything but linear would take.
    """
    text = (unit * length)[:length]
    took = []
    for _ in range(3):
        start = time.perf_counter()
        read(text, "shirt", "shirt", lenient=True, manager=True)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.5
