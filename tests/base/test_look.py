"""Money, moments, charts and people's texts, as templates show them."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import translation

from plusone.base.templatetags import charts, moments, money, texts

TAIPEI = ZoneInfo("Asia/Taipei")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)  # 14:00 in Taipei


@pytest.mark.parametrize(
    ("units", "currency", "language", "shown"),
    [
        (1999, "TWD", "zh-hant", "NT$1,999"),
        (1999, "TWD", "ja", "NT$1,999"),
        (1999, "JPY", "ja", "1,999円"),
        (1999, "JPY", "en", "¥1,999"),
        (-300, "TWD", "en", "\N{MINUS SIGN}NT$300"),
        (0, "CHF", "en", "CHF\N{NO-BREAK SPACE}0"),
    ],
)
def test_amounts_follow_the_reader(units: int, currency: str, language: str, shown: str) -> None:
    assert money.amount_text(units, currency, language) == shown


@pytest.mark.parametrize(
    ("away", "zh_hant", "ja", "en"),
    [
        (timedelta(seconds=-59), "剛剛", "たった今", "just now"),
        (timedelta(minutes=-1), "1 分鐘前", "1分前", "1 minute ago"),
        (timedelta(minutes=59), "59 分鐘後", "59分後", "in 59 minutes"),
        (timedelta(hours=-14), "14 小時前", "14時間前", "14 hours ago"),
        (timedelta(hours=-14, minutes=-1), "昨天 23:59", "昨日 23:59", "yesterday 23:59"),
        (timedelta(hours=10), "明天 00:00", "明日 00:00", "tomorrow 00:00"),
        (timedelta(days=-2), "11/20 14:00", "11/20 14:00", "20 Nov 14:00"),
        (timedelta(days=-400), "2025/10/18", "2025/10/18", "18 Oct 2025"),
    ],
)
def test_moments_are_said_as_one_says_them(away: timedelta, zh_hant: str, ja: str, en: str) -> None:
    for language, said in (("zh-hant", zh_hant), ("ja", ja), ("en", en)):
        with translation.override(language):
            assert moments.relative(NOW + away, NOW, TAIPEI) == said


def test_a_day_ends_by_the_shops_clock() -> None:
    with translation.override("en"):
        assert (
            moments.relative(NOW - timedelta(hours=7), NOW, ZoneInfo("America/New_York")) == "yesterday 18:00"
        )
        assert moments.exact(NOW, TAIPEI) == "22 Nov 2026 14:00:00 CST"


@pytest.mark.parametrize(
    ("values", "top"), [([], 4), ([0], 4), ([4], 4), ([7], 8), ([11], 20), ([999], 1000), ([1001], 2000)]
)
def test_the_scale_ends_at_a_round_number(values: list[int], top: int) -> None:
    assert charts.ceiling(values) == top


def test_bars_fill_the_width_and_label_at_most_seven() -> None:
    bars = charts.bars([(str(day), day) for day in range(31)])
    assert [bar.label for bar in bars if bar.labelled] == ["2", "7", "12", "17", "22", "27"]
    assert bars[0].height == "0.00%"
    assert float(bars[-1].left[:-1]) + float(bars[-1].width[:-1]) < 100


def test_long_labels_have_room_and_bars_lead_to_what_is_behind_them() -> None:
    months = [(f"2026年{month}月", month) for month in range(1, 13)]
    bars = charts.bars(months, [f"/{month}" for month in range(1, 13)])
    assert sum(bar.labelled for bar in bars) == 3
    assert bars[2].url == "/3"
    assert charts.bars([("今天", 1)])[0].url == ""


def test_a_line_of_one_or_no_value_is_drawn() -> None:
    assert charts.path([], 4) == ""
    assert charts.path([2], 4) == "M0.00 50.00 L100.00 50.00"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("陳怡君", "陳"), ("佐藤 美咲", "佐"), ("Bob Lin", "BL"), ("\u202e Bob", "B"), (" ", "?"), ("😀", "😀")],
)
def test_initials_stand_in_for_a_picture(name: str, shown: str) -> None:
    assert texts.initials(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7|add:7 }}",
        "a\u202eb\u2066c\r\nd",
        "' x-data='1'",
    ],
)
def test_a_persons_text_stays_text(name: str) -> None:
    source = "{% include 'parts/list_row.html' with title=name note=name person=True status='paid' %}"
    page = engines["django"].from_string(source).render({"name": name})
    tree = ElementTree.fromstring(page)
    assert {element.tag for element in tree.iter()} <= {"article", "div", "p", "span", "strong", "svg", "use"}
    title = tree.find(".//strong")
    assert title is not None
    assert title.text == texts.one_line(name)
