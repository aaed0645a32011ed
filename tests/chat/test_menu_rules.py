"""Rich menus decided: what may be published, whether it has changed, what differs at LINE."""

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plusone.chat.rules import menus
from plusone.chat.rules.menus import Area, Drift, MenuDraft, Problem, Published
from plusone.simulator.validate.menus import problems_of_menu

SAY = Area(0, 0, 1250, 843, "say", "履歷", "我的訂單")
GOOD = MenuDraft("主選單", "選單", 2500, 843, True, (SAY,))
PAGES = dict.fromkeys(menus.PAGES, "https://liff.line.me/1-a/x")


def problems(*areas: Area, **changes: Any) -> list[Problem]:
    draft = dataclasses.replace(GOOD, areas=changes.pop("areas", areas or GOOD.areas), **changes)
    return menus.problems(draft, has_picture=True, menus=["7"])


def test_a_good_menu_has_no_problems() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"bar_text": "x" * 15}, "bar_text"),
        ({"bar_text": ""}, "bar_text"),
        ({"areas": ()}, "no_areas"),
        ({"areas": (SAY,) * 21}, "too_many_areas"),
    ],
)
def test_what_keeps_a_menu_back(changes: dict[str, Any], code: str) -> None:
    assert problems(**changes) == [Problem(code)]


def test_a_menu_needs_a_picture() -> None:
    assert menus.problems(GOOD, has_picture=False, menus=[]) == [Problem("picture")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"x": -1}, "outside"),
        ({"width": 2501}, "outside"),
        ({"width": 9}, "too_small"),
        ({"label": "x" * 21}, "label"),
        ({"value": ""}, "say"),
        ({"value": "x" * 301}, "say"),
        ({"kind": "page", "value": "elsewhere"}, "page"),
        ({"kind": "link", "value": "javascript:alert(1)"}, "link"),
        ({"kind": "link", "value": "https://a b"}, "link"),
        ({"kind": "link", "value": "https://商店.tw"}, "link"),
        ({"kind": "tab", "value": "8"}, "tab"),
        ({"kind": "dance"}, "kind"),
    ],
)
def test_what_is_wrong_with_an_area(change: dict[str, Any], code: str) -> None:
    assert problems(SAY, dataclasses.replace(SAY, **change)) == [Problem(code, 2)]


text = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "M")), min_size=0, max_size=25)
area = st.builds(
    Area,
    x=st.integers(-50, 2600),
    y=st.integers(-50, 900),
    width=st.integers(-5, 2600),
    height=st.integers(-5, 900),
    kind=st.sampled_from(["say", "page", "link", "tab"]),
    value=st.one_of(text, st.sampled_from(["products", "https://example.com/a?b=c", "tel:0223456789", "7"])),
    label=text,
)
draft = st.builds(
    MenuDraft,
    name=text,
    bar_text=text,
    width=st.just(2500),
    height=st.just(843),
    opens=st.booleans(),
    areas=st.lists(area, max_size=22).map(tuple),
)


@given(draft)
def test_what_we_let_through_line_takes(menu: MenuDraft) -> None:
    """The simulator's rules, written after LINE's reference by others, refuse nothing that ours allow."""
    if menus.problems(menu, has_picture=True, menus=["7"]):
        return
    name = menus.marked(menu.name, "plusone-0123456789ab", "0123456789ab")
    body = menus.line_object(menu, name=name, pages=PAGES, aliases={"7": "plusone-00"})
    assert problems_of_menu(json.loads(json.dumps(body))) == []


@given(draft)
def test_what_is_adopted_is_what_it_was(menu: MenuDraft) -> None:
    if menus.problems(menu, has_picture=True, menus=["7"]):
        return
    body = menus.line_object(menu, name=menu.name, pages=PAGES, aliases={"7": "tab"})
    taken = menus.adopted(body, {"tab": "7"})
    again = menus.line_object(taken, name=taken.name, pages=PAGES, aliases={"7": "tab"})
    assert again["areas"] == body["areas"]
    assert menus.fingerprint(again, "p") == menus.fingerprint(body, "p")


def test_an_action_of_others_is_kept_as_it_is() -> None:
    action = {"type": "postback", "data": "a=1", "label": "x"}
    body = {
        "size": {"width": 800, "height": 270},
        "selected": True,
        "name": "old",
        "chatBarText": "menu",
        "areas": [{"bounds": {"x": 0, "y": 0, "width": 80, "height": 70}, "action": action}],
    }
    taken = menus.adopted(body, {})
    assert taken.areas[0].kind == "other"
    assert menus.line_object(taken, name="old", pages={}, aliases={})["areas"] == body["areas"]


def test_the_mark_is_found_in_the_name_and_nothing_else_is_one() -> None:
    name = menus.marked("主選單 (1/2)", "plusone-0123456789ab", "a1b2c3d4e5f6")
    assert menus.mark_of(name) == ("plusone-0123456789ab", "a1b2c3d4e5f6")
    assert menus.plain_name(name) == "主選單 (1/2)"
    assert menus.mark_of("主選單 (1/2)") == ("", "")


def test_a_fingerprint_sees_areas_and_picture_but_not_the_mark() -> None:
    def told(menu: MenuDraft = GOOD, image: str = "a.jpg", name: str = "n") -> str:
        return menus.fingerprint(menus.line_object(menu, name=name, pages=PAGES, aliases={}), image)

    assert told() == told(name="other")
    assert told() != told(image="b.jpg")
    assert told() != told(dataclasses.replace(GOOD, areas=(dataclasses.replace(SAY, x=1),)))


OURS = [Published(1, "主選單", "richmenu-a", "plusone-0123456789ab")]
SEEN = {
    "menus": [{"id": "richmenu-a", "name": menus.marked("主選單", OURS[0].alias, "0" * 12)}],
    "default": "richmenu-a",
    "aliases": {OURS[0].alias: "richmenu-a"},
}


def test_no_drift_when_all_is_as_we_meant() -> None:
    assert menus.drift(OURS, "richmenu-a", SEEN) == []


def test_each_kind_of_drift_is_seen() -> None:
    gone = {**SEEN, "menus": []}
    assert menus.drift(OURS, "richmenu-a", gone) == [Drift("gone", "主選單", "richmenu-a")]
    assert menus.drift(OURS, "richmenu-a", {**SEEN, "aliases": {}}) == [
        Drift("alias", "主選單", "richmenu-a")
    ]
    other = {**SEEN, "default": None}
    assert menus.drift(OURS, "richmenu-a", other) == [Drift("default")]
    mine, theirs = (
        menus.marked("主選單", OURS[0].alias, "1" * 12),
        menus.marked("x", "plusone-ffffffffffff", "2" * 12),
    )
    more = [{"id": "richmenu-b", "name": mine}, {"id": "richmenu-c", "name": theirs}]
    found = menus.drift(OURS, "richmenu-a", {**SEEN, "menus": [*SEEN["menus"], *more]})
    assert found == [Drift("leftover", mine, "richmenu-b"), Drift("unknown", theirs, "richmenu-c")]


def test_our_own_doing_is_no_drift() -> None:
    mine = {"id": "richmenu-b", "name": menus.marked("主選單", OURS[0].alias, "1" * 12)}
    seen = {**SEEN, "menus": [*SEEN["menus"], mine], "default": "richmenu-b"}
    assert menus.drift(OURS, "richmenu-a", seen, busy=True) == []
