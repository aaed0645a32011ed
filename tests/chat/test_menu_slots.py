"""Which menu is shown when: by the shop's own clock, over midnight, over a change of summer time."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plusone.chat.rules.slots import Slot, next_turn, now_shown

TAIPEI = "Asia/Taipei"


def at(text: str, zone: str = TAIPEI) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(datetime.UTC)


def hours(start: int, end: int, menu: int = 1, **more: object) -> Slot:
    return Slot(menu, starts=datetime.time(start), ends=datetime.time(end % 24), **more)  # type: ignore[arg-type]


WEEKEND = frozenset({5, 6})


@pytest.mark.parametrize(
    ("slot", "moment", "shown"),
    [
        (hours(9, 18), "2026-11-25T08:59:59", None),
        (hours(9, 18), "2026-11-25T09:00", 1),
        (hours(9, 18), "2026-11-25T18:00", None),
        (hours(22, 2), "2026-11-26T01:59", 1),
        (hours(22, 2), "2026-11-26T02:00", None),
        (hours(0, 24), "2026-11-25T23:59", 1),
        (hours(9, 18, weekdays=WEEKEND), "2026-11-27T12:00", None),
        (hours(9, 18, weekdays=WEEKEND), "2026-11-28T12:00", 1),
        (hours(22, 2, weekdays=frozenset({6})), "2026-11-30T01:00", 1),
        (hours(22, 2, weekdays=frozenset({6})), "2026-11-29T01:00", None),
        (
            Slot(1, first=datetime.date(2026, 12, 24), last=datetime.date(2026, 12, 25)),
            "2026-12-23T23:59",
            None,
        ),
        (Slot(1, first=datetime.date(2026, 12, 24), last=datetime.date(2026, 12, 25)), "2026-12-25T23:59", 1),
        (
            Slot(1, first=datetime.date(2026, 12, 24), last=datetime.date(2026, 12, 25)),
            "2026-12-26T00:00",
            None,
        ),
    ],
)
def test_when_a_slot_is_on(slot: Slot, moment: str, shown: int | None) -> None:
    assert now_shown([slot], None, at(moment), TAIPEI) == shown


def test_the_first_slot_wins_and_outside_all_the_base() -> None:
    slots = [hours(10, 12, menu=2), hours(9, 18, menu=1)]
    shown = [now_shown(slots, 7, at(f"2026-11-25T{hour:02d}:30"), TAIPEI) for hour in (8, 9, 10, 12, 18)]
    assert shown == [7, 1, 2, 1, 7]


def test_the_next_turn_is_the_next_begin_or_end() -> None:
    assert next_turn([hours(9, 18)], at("2026-11-25T08:00"), TAIPEI) == at("2026-11-25T09:00")
    assert next_turn([hours(9, 18)], at("2026-11-25T09:00"), TAIPEI) == at("2026-11-25T18:00")
    assert next_turn([hours(9, 18, weekdays=WEEKEND)], at("2026-11-29T19:00"), TAIPEI) == at(
        "2026-12-05T09:00"
    )
    christmas = Slot(1, first=datetime.date(2027, 12, 24), last=datetime.date(2027, 12, 25))
    assert next_turn([christmas], at("2026-11-25T08:00"), TAIPEI) == at("2027-12-24T00:00")
    assert next_turn([christmas], at("2027-12-26T00:00"), TAIPEI) is None
    assert next_turn([], at("2026-11-25T08:00"), TAIPEI) is None


def test_a_day_of_summer_time_is_cut_by_the_local_clock() -> None:
    night = hours(1, 4)
    assert next_turn([night], at("2026-03-29T00:00", "Europe/Berlin"), "Europe/Berlin") == at(
        "2026-03-29T01:00", "Europe/Berlin"
    )
    end = at("2026-03-29T04:00", "Europe/Berlin")
    assert end - at("2026-03-29T01:00", "Europe/Berlin") == datetime.timedelta(hours=2)
    assert now_shown([night], None, end - datetime.timedelta(minutes=1), "Europe/Berlin") == 1


times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
days = st.dates(datetime.date(2026, 3, 1), datetime.date(2026, 4, 30))
slot = st.builds(
    Slot,
    menu_id=st.integers(1, 3),
    weekdays=st.frozensets(st.integers(0, 6)),
    starts=times,
    ends=times,
    first=st.none() | days,
    last=st.none() | days,
)


@settings(deadline=None)
@given(
    st.lists(slot, max_size=4),
    st.datetimes(datetime.datetime(2026, 3, 1), datetime.datetime(2026, 4, 30)),
    st.sampled_from([TAIPEI, "Europe/Berlin", "Asia/Tokyo"]),
    st.floats(0, 0.999),
)
def test_nothing_changes_between_two_turns(
    slots: list[Slot], naive: datetime.datetime, zone: str, share: float
) -> None:
    now = naive.replace(tzinfo=datetime.UTC)
    turn = next_turn(slots, now, zone)
    end = turn or now + datetime.timedelta(days=20)
    assert now_shown(slots, None, now, zone) == now_shown(slots, None, now + (end - now) * share, zone)
