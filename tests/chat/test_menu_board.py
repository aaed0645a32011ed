"""The default by schedule, and what differs at LINE: seen, repaired, adopted or left."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from plusone.base import scope
from plusone.chat.actions import menus as actions
from plusone.chat.actions import publication
from plusone.chat.models import MenuBoard, MenuSlot, RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules.slots import Slot
from plusone.chat.tasks import menus as tasks
from tests.chat import menu_makers as make
from tests.chat.at_line import AtLine


def _two(line: AtLine) -> tuple[RichMenu, RichMenu]:
    """An everyday menu that is the base, and another that is on for this hour."""
    usual, special = make.published(line.tenant, "平日"), make.published(line.tenant, "特賣")
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, usual)
    tasks.turn_menu(line.tenant.pk)
    return usual, special


def _days(line: AtLine, first: int, last: int) -> Slot:
    today = timezone.now().astimezone(ZoneInfo(line.tenant.timezone)).date()
    day = datetime.timedelta(days=1)
    return Slot(0, first=today + first * day, last=today + last * day)


def _drift(line: AtLine) -> list[str]:
    tasks.look_at_menus(line.tenant.pk)
    with scope.tenant(line.tenant.pk):
        ours = [menu.published() for menu in RichMenu.objects.at_line()]
        found = rules.drift(ours, publication.turn().wanted, MenuBoard.objects.get().seen)
    return [one.code for one in found]


def test_a_slot_turns_the_default_and_its_end_turns_it_back(line: AtLine) -> None:
    _, special = _two(line)
    assert make.seen(line) == "平日"
    with scope.tenant(line.tenant.pk):
        slot = actions.add_slot(make.WHO, special, _days(line, 0, 0))
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "特賣"
    board = make.board(line.tenant)
    assert board.next_turn is not None
    assert board.next_turn > timezone.now()
    with scope.tenant(line.tenant.pk):
        actions.drop_slot(make.WHO, slot)
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "平日"


def test_a_missed_turn_runs_once_late_and_says_so(line: AtLine) -> None:
    _, special = _two(line)
    with scope.tenant(line.tenant.pk):
        MenuSlot.objects.create(menu=special)
        hour_ago = timezone.now() - datetime.timedelta(hours=1)
        MenuBoard.objects.update(next_turn=hour_ago)
        waiting = _jobs(line)
    tasks.sweep()
    tasks.sweep()
    assert _jobs(line) <= waiting + 1
    tasks.turn_menu(line.tenant.pk)
    board = make.board(line.tenant)
    assert make.seen(line) == "特賣"
    assert 3590 < board.late_seconds < 3700
    tasks.turn_menu(line.tenant.pk)
    assert make.board(line.tenant).late_seconds == 0


def _jobs(line: AtLine) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = 'chat.turn_menu' and status = 'todo' "
            "and (args->>'tenant_id')::int = %s",
            [line.tenant.pk],
        )
        return int(cursor.fetchone()[0])


def test_a_turn_that_line_does_not_answer_is_made_later(line: AtLine) -> None:
    usual, special = _two(line)
    with scope.tenant(line.tenant.pk):
        actions.show_to_all(make.WHO, special)
    line.fault("error_before", endpoints=["richmenu_default"])
    tasks.turn_menu(line.tenant.pk)
    board = make.board(line.tenant)
    assert (board.reason, board.default_id) == ("no_answer", usual.line_id)
    assert board.next_turn is not None
    line.calm()
    tasks.turn_menu(line.tenant.pk)
    assert (make.seen(line), make.board(line.tenant).reason) == ("特賣", "")


def test_a_default_that_we_never_set_is_left_alone(line: AtLine) -> None:
    make.published(line.tenant)
    theirs = _foreign(line)
    _line(line, "POST", f"user/all/richmenu/{theirs}")
    tasks.turn_menu(line.tenant.pk)
    assert make.seen(line) == "old"


def _line(line: AtLine, method: str, path: str, **more: Any) -> Any:
    answer = line.simulator.http.request(
        method,
        f"{line.simulator.url}/v2/bot/{path}",
        headers=make.headers(line) | more.pop("headers", {}),
        **more,
    )
    return answer.raise_for_status().json()


def _foreign(line: AtLine) -> str:
    """A menu that somebody made with another tool."""
    bounds = {"x": 0, "y": 0, "width": 400, "height": 270}
    body = {
        "size": {"width": 800, "height": 270},
        "selected": False,
        "name": "old",
        "chatBarText": "老選單",
        "areas": [{"bounds": bounds, "action": {"type": "postback", "data": "old=1", "label": "x"}}],
    }
    menu = str(_line(line, "POST", "richmenu", json=body)["richMenuId"])
    headers = {"content-type": "image/jpeg"}
    _line(line, "POST", f"richmenu/{menu}/content", content=make.picture(), headers=headers)
    return menu


def test_each_drift_is_seen_and_repaired(line: AtLine) -> None:
    usual, special = _two(line)
    assert _drift(line) == []
    _line(line, "DELETE", f"richmenu/alias/{usual.alias}")
    _line(line, "POST", f"user/all/richmenu/{special.line_id}")
    theirs = _foreign(line)
    assert _drift(line) == ["alias", "default", "unknown"]
    tasks.repair(line.tenant.pk)
    assert _drift(line) == ["unknown"]
    assert make.seen(line) == "平日"
    assert theirs in [one["richMenuId"] for one in make.at_line(line)]


def test_a_menu_deleted_elsewhere_is_published_anew(line: AtLine) -> None:
    usual, _ = _two(line)
    _line(line, "DELETE", f"richmenu/{usual.line_id}")
    assert _drift(line) == ["gone", "default"]
    with scope.tenant(line.tenant.pk):
        actions.repair(make.WHO, [usual], make.SITE)
    tasks.work_on(line.tenant.pk, usual.pk)
    tasks.repair(line.tenant.pk)
    assert _drift(line) == []
    assert make.seen(line) == "平日"


def test_a_leftover_of_ours_is_swept_away(line: AtLine) -> None:
    menu = make.published(line.tenant)
    (body,) = make.at_line(line)
    copy = {key: value for key, value in body.items() if key != "richMenuId"}
    copy["name"] = rules.marked("主選單", menu.alias, "f" * 12)
    _line(line, "POST", "richmenu", json=copy)
    assert _drift(line) == ["leftover"]
    tasks.repair(line.tenant.pk)
    assert [one["richMenuId"] for one in make.at_line(line)] == [menu.line_id]


def test_a_menu_of_others_is_adopted_once_with_picture_and_actions(line: AtLine) -> None:
    make.published(line.tenant)
    theirs = _foreign(line)
    tasks.adopt(line.tenant.pk, theirs)
    tasks.adopt(line.tenant.pk, theirs)
    with scope.tenant(line.tenant.pk):
        menu = RichMenu.objects.get(line_id=theirs)
        assert (menu.state, menu.name, menu.bar_text) == ("live", "old", "老選單")
        assert menu.draft().areas[0].kind == "other"
        assert menu.live_as == publication.fingerprint(menu)
    assert _drift(line) == []
    assert tasks._client(line.tenant.pk).aliases()[menu.alias] == theirs
