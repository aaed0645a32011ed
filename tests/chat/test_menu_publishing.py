"""Menus on their way to LINE: once, whatever breaks between (reliability 5.4), against the real simulator."""

from typing import Any

import pytest

from plusone.base import scope
from plusone.chat.actions import menus as actions
from plusone.chat.actions import publication
from plusone.chat.rules import menus as rules
from plusone.chat.rules.menus import Area
from plusone.chat.tasks import menus as tasks
from plusone.line.menus import MenuClient
from plusone.tenants import actions as tenants
from tests.chat import menu_makers as make
from tests.chat.at_line import AtLine

SAY = Area(0, 0, 400, 270, "say", "履歷", "我的訂單")


def test_a_menu_goes_live_with_picture_name_and_areas(line: AtLine) -> None:
    menu = make.published(line.tenant)
    (there,) = make.at_line(line)
    assert (menu.state, menu.line_id, menu.step) == ("live", there["richMenuId"], publication.STEPS)
    assert there["chatBarText"] == "選單"
    assert there["areas"][0]["action"] == {"type": "message", "text": "履歷", "label": "我的訂單"}
    client = tasks._client(line.tenant.pk)
    assert client.image(menu.line_id)
    assert client.aliases() == {menu.alias: menu.line_id}
    assert make.board(line.tenant).seen["menus"][0]["id"] == menu.line_id


def test_a_page_opens_in_liff_where_there_is_one_else_on_our_site(line: AtLine) -> None:
    page = Area(0, 0, 400, 270, "page", "orders")
    menu = make.published(line.tenant, "a", page)
    (there,) = make.at_line(line)
    assert there["areas"][0]["action"]["uri"] == f"{make.SITE}/t/{line.tenant.slug}/liff/orders"
    with scope.tenant(line.tenant.pk):
        tenants.connect_channel(make.WHO, liff_id="1650000001-abcdefgh")
    make.ask(line.tenant, menu)
    tasks.work_on(line.tenant.pk, menu.pk)
    (there,) = make.at_line(line)
    assert there["areas"][0]["action"]["uri"].endswith("/1650000001-abcdefgh/orders")


def test_published_anew_the_old_one_goes_and_the_default_follows(line: AtLine) -> None:
    menu = make.published(line.tenant)
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, menu)
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "主選單"
    first = menu.line_id
    with scope.tenant(line.tenant.pk):
        actions.change(make.WHO, menu, make.draft("冬天"))
    make.ask(line.tenant, menu)
    tasks.work_on(line.tenant.pk, menu.pk)
    (there,) = make.at_line(line)
    assert there["richMenuId"] != first
    assert make.seen(line) == "冬天"
    assert make.board(line.tenant).default_id == there["richMenuId"]


@pytest.mark.parametrize("fault", ["error_after", "cut_after"])
@pytest.mark.parametrize("endpoint", ["richmenu_create", "richmenu_content", "richmenu_alias"])
def test_an_answer_that_is_lost_doubles_nothing(line: AtLine, fault: str, endpoint: str) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    line.fault(fault, endpoints=[endpoint], times=1)
    tasks.work_on(line.tenant.pk, menu.pk)
    waiting = make.fresh(line.tenant, menu)
    assert (waiting.state, waiting.reason) == ("publishing", "no_answer")
    make.wake(line.tenant, menu)
    menu = make.fresh(line.tenant, menu)
    assert [(one["richMenuId"], menu.state) for one in make.at_line(line)] == [(menu.line_id, "live")]


def test_without_looking_first_a_lost_answer_would_double(
    line: AtLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test above: the look for the mark is what keeps it single."""
    monkeypatch.setattr(tasks, "_by_mark", lambda work, client: [])
    monkeypatch.setattr(tasks, "_sweep_up", lambda work, client, kept="": None)
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    line.fault("error_after", endpoints=["richmenu_create"], times=1)
    tasks.work_on(line.tenant.pk, menu.pk)
    make.wake(line.tenant, menu)
    assert len(make.at_line(line)) == 2


class Killed(BaseException):
    """The process is gone: nothing after this line of it runs."""


@pytest.mark.parametrize(
    "last", ["create_menu", "upload_image", "set_alias", "aliases", "default_menu", "delete_menu"]
)
def test_killed_after_any_call_nothing_is_doubled(
    line: AtLine, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    """The worker ends right after LINE has done what it was asked; the next one finds rows as they are."""
    menu = make.published(line.tenant)
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, menu)
    make.ask(line.tenant, menu)
    _dies_after(monkeypatch, last)
    with pytest.raises(Killed):
        tasks.work_on(line.tenant.pk, menu.pk)
    monkeypatch.undo()
    assert make.fresh(line.tenant, menu).state == "publishing"
    make.wake(line.tenant, menu)
    menu = make.fresh(line.tenant, menu)
    assert menu.state == "live"
    assert [one["richMenuId"] for one in make.at_line(line)] == [menu.line_id]
    client = tasks._client(line.tenant.pk)
    assert (client.default_menu(), client.aliases()) == (menu.line_id, {menu.alias: menu.line_id})


def _dies_after(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    whole = getattr(MenuClient, method)

    def once(self: MenuClient, *arguments: Any) -> None:
        whole(self, *arguments)
        raise Killed

    monkeypatch.setattr(MenuClient, method, once)


def test_a_worker_that_was_replaced_writes_nothing(line: AtLine) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    with scope.tenant(line.tenant.pk):
        frozen = publication.claim(menu.pk)
        assert frozen is not None
        assert publication.claim(menu.pk) is None
    make.wake(line.tenant, menu)
    live = make.fresh(line.tenant, menu)
    with scope.tenant(line.tenant.pk):
        assert publication.reached(frozen, "richmenu-of-the-frozen") is False
        assert publication.settle(frozen) is False
        publication.fail(frozen, "refused", "x")
    assert make.fresh(line.tenant, menu).line_id == live.line_id
    assert make.fresh(line.tenant, menu).state == "live"


def test_two_taps_are_one_publication(line: AtLine) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    mark = make.fresh(line.tenant, menu).mark
    make.ask(line.tenant, menu)
    assert make.fresh(line.tenant, menu).mark == mark


def test_line_s_refusal_is_told_in_its_words_and_what_was_live_stays(line: AtLine) -> None:
    menu = make.published(line.tenant)
    areas = [
        {
            "x": 0,
            "y": 0,
            "width": 400,
            "height": 270,
            "kind": "other",
            "value": '{"type": "dance"}',
            "label": "",
        }
    ]
    make.update(line.tenant, menu, areas=areas)
    make.ask(line.tenant, make.fresh(line.tenant, menu))
    tasks.work_on(line.tenant.pk, menu.pk)
    failed = make.fresh(line.tenant, menu)
    assert (failed.state, failed.reason) == ("failed", "refused")
    assert "areas[0].action.type" in failed.said
    assert [one["richMenuId"] for one in make.at_line(line)] == [menu.line_id]


def test_a_shop_without_a_token_is_told_so(line: AtLine) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    line.simulator.http.patch(
        f"{line.simulator.url}/control/channels/{line.channel_id}", json={"access_token": "another"}
    ).raise_for_status()
    tasks.work_on(line.tenant.pk, menu.pk)
    assert make.fresh(line.tenant, menu).reason == "bad_token"


def test_a_silent_line_is_asked_again_and_at_last_given_up(line: AtLine) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    line.fault("error_before", endpoints=["richmenu_list"])
    tasks.work_on(line.tenant.pk, menu.pk)
    assert make.fresh(line.tenant, menu).state == "publishing"
    tasks.work_on(line.tenant.pk, menu.pk)
    assert make.fresh(line.tenant, menu).attempts == 1
    make.update(line.tenant, menu, attempts=publication.MOST_TRIES - 1)
    make.wake(line.tenant, menu)
    assert make.fresh(line.tenant, menu).state == "failed"


def test_stopped_it_stays_stopped(line: AtLine) -> None:
    menu = make.made(line.tenant)
    make.ask(line.tenant, menu)
    with scope.tenant(line.tenant.pk):
        actions.stop(make.WHO, menu)
    tasks.work_on(line.tenant.pk, menu.pk)
    assert make.fresh(line.tenant, menu).reason == "stopped"
    assert make.at_line(line) == []


def test_tabs_go_live_together_and_switch(line: AtLine) -> None:
    member = make.made(line.tenant, "會員", SAY)
    shop = make.made(line.tenant, "購物", Area(0, 0, 400, 270, "tab", str(member.pk), "會員"))
    with scope.tenant(line.tenant.pk):
        actions.change(
            make.WHO, member, make.draft("會員", Area(0, 0, 400, 270, "tab", str(shop.pk), "購物"))
        )
    assert sorted(make.ask(line.tenant, shop)) == sorted([shop.pk, member.pk])
    for one in (shop, member):
        tasks.work_on(line.tenant.pk, one.pk)
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, make.fresh(line.tenant, shop))
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "購物"
    tap = {"person": "xiaomei", "alias": member.alias, "data": "x"}
    told = line.simulator.post(f"chats/{line.channel_id}-xiaomei/menu", tap)
    assert told["status"] == "SUCCESS"
    assert make.seen(line) == "會員"
    assert make.ask(line.tenant, make.fresh(line.tenant, shop)) == [shop.pk]


def test_a_tab_to_nowhere_keeps_everything_back(line: AtLine) -> None:
    menu = make.made(line.tenant, "a", Area(0, 0, 400, 270, "tab", "999999"))
    with pytest.raises(actions.NotPublishable) as caught:
        make.ask(line.tenant, menu)
    assert caught.value.problems == [rules.Problem("tab", 1)]
    assert make.fresh(line.tenant, menu).state == "draft"


def test_removed_it_is_gone_from_line_and_from_everybody(line: AtLine) -> None:
    menu = make.published(line.tenant)
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, menu)
    tasks.turn_menu(line.tenant.pk)
    with scope.tenant(line.tenant.pk):
        actions.remove(make.WHO, menu)
    line.fault("error_after", endpoints=["richmenu_delete"], times=1)
    tasks.work_on(line.tenant.pk, menu.pk)
    make.wake(line.tenant, menu)
    assert make.at_line(line) == []
    assert tasks._client(line.tenant.pk).aliases() == {}
    assert make.seen(line) is None
    with scope.tenant(line.tenant.pk):
        assert not type(menu).objects.filter(pk=menu.pk).exists()
