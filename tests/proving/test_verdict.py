"""The storm's judge can say no: sound evidence holds, and each way to doctor it breaks its promise."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from plusone.proving.cast import Good, Shop
from plusone.proving.evidence import Answer, Evidence
from plusone.proving.killer import Deeds
from plusone.proving.script import POISON, Planned
from plusone.proving.storm import Heard
from plusone.proving.verdict import Storm, judge, sometimes

HOT, TEA = Good("", 1, 2), Good("茶", 2, None)
SHOP = Shop("s", 7, "c", "secret", "U0", ("U1", "U2"), "U3", "C1", HOT, (TEA,), 30)
Doctor = Callable[[Storm, Evidence], None]


def planned(event_id: str, *wishes: tuple[int, int]) -> Planned:
    return Planned(0, {"webhookEventId": event_id}, wishes)


def sound() -> tuple[Storm, Evidence]:
    """Two of three get the last two of HOT, the fourth teas by push; the fifth is poison, the sixth talk."""
    events = [
        planned("E1", (1, 1)),
        planned("E2", (1, 1)),
        planned("E3", (1, 1)),
        planned("E4", (2, 5)),
        planned(f"{POISON}5", (2, 1)),
        planned("E6"),
    ]
    answers = [
        Answer(7, "E1", "taken", "accepted", "", "reply", 1),
        Answer(7, "E2", "taken", "accepted", "", "reply", 1),
        Answer(7, "E3", "refused", "accepted", "", "reply", 1),
        Answer(7, "E4", "taken", "accepted", "", "push", 1),
        Answer(7, f"{POISON}5", "taken", "unconfirmed", "no_clear_answer", "reply", 1),
    ]
    ids = [event.id for event in events]
    heard = Heard(answered=set(ids))
    deeds = Deeds(kills=Counter({"worker": 3, "database": 1}), recoveries=[0.4])
    found = Evidence(
        states={event_id: "ignored" if event_id == "E6" else "done" for event_id in ids},
        seen=8,
        orders={"E1": "N1", "E2": "N2", "E4": "N3", f"{POISON}5": "N4"},
        order_count=4,
        answers=answers,
        sold={1: 2, 2: 6},
        noticed={1},
        notices=1,
        notices_told=Counter({"out:1": 1}),
        used={7: 1},
        accepted={7: [{"endpoint": "push", "retry_key": "k", "to": "U2", "billed": 1}]},
    )
    return Storm([SHOP], events, heard, deeds, 1, {}, 1.0, 9.0), found


def lost(storm: Storm, found: Evidence) -> None:
    del found.states["E6"]


def unfinished(storm: Storm, found: Evidence) -> None:
    found.states["E1"] = "new"


def twice_ordered(storm: Storm, found: Evidence) -> None:
    found.order_count += 1


def neither_order_nor_refusal(storm: Storm, found: Evidence) -> None:
    found.answers[2] = replace(found.answers[2], kind="ignored")


def ordered_by_talk(storm: Storm, found: Evidence) -> None:
    found.orders["E6"] = "N5"
    found.order_count += 1


def oversold(storm: Storm, found: Evidence) -> None:
    found.sold[1] = 3


def undersold(storm: Storm, found: Evidence) -> None:
    found.sold[1] = 1


def silent(storm: Storm, found: Evidence) -> None:
    found.answers[0] = replace(found.answers[0], state="parked")


def told_twice(storm: Storm, found: Evidence) -> None:
    found.answers[0] = replace(found.answers[0], told=2)


def said_told_but_was_not(storm: Storm, found: Evidence) -> None:
    found.answers[0] = replace(found.answers[0], told=0)


def pushed_twice(storm: Storm, found: Evidence) -> None:
    found.accepted[7] *= 2
    found.used[7] = 2


def pushed_to_a_group(storm: Storm, found: Evidence) -> None:
    found.accepted[7][0]["to"] = "C1"


def overspent(storm: Storm, found: Evidence) -> None:
    found.accepted[7][0]["billed"] = found.used[7] = 31


def miscounted(storm: Storm, found: Evidence) -> None:
    found.used[7] = 0


def not_noticed(storm: Storm, found: Evidence) -> None:
    found.noticed.clear()


def noticed_twice(storm: Storm, found: Evidence) -> None:
    found.notices_told["out:1"] = 2


def poison_slipped_through(storm: Storm, found: Evidence) -> None:
    storm.quarantined = 0


def books_broken(storm: Storm, found: Evidence) -> None:
    storm.invariants["totals add up"] = ["1 rows"]


def database_slow(storm: Storm, found: Evidence) -> None:
    storm.deeds.recoveries.append(10.5)


def test_sound_evidence_holds() -> None:
    assert [finding.broken for finding in judge(*sound()) if finding.broken] == []


def test_a_slow_machine_has_the_time_of_its_own_start_to_recover() -> None:
    storm, found = sound()
    storm.start_seconds = 21.0
    storm.deeds.recoveries.append(20.5)
    assert [finding.broken for finding in judge(storm, found) if finding.broken] == []
    storm.deeds.recoveries.append(21.5)
    assert [finding.broken for finding in judge(storm, found) if finding.broken] == [
        ["21.5 s is over 21.0 s"]
    ]


@pytest.mark.parametrize(
    ("doctor", "promise"),
    [
        (lost, "P1"),
        (unfinished, "P1"),
        (twice_ordered, "P2"),
        (neither_order_nor_refusal, "P2"),
        (ordered_by_talk, "P2"),
        (oversold, "P3"),
        (undersold, "P3"),
        (silent, "P4"),
        (told_twice, "P4"),
        (said_told_but_was_not, "P4"),
        (pushed_twice, "P4"),
        (pushed_to_a_group, "P4"),
        (overspent, "P8"),
        (miscounted, "P8"),
        (not_noticed, "P39"),
        (noticed_twice, "P39"),
        (poison_slipped_through, "P10"),
        (books_broken, "P15"),
        (database_slow, "P11"),
    ],
)
def test_doctored_evidence_breaks_its_promise(doctor: Doctor, promise: str) -> None:
    storm, found = sound()
    doctor(storm, found)
    assert promise in [finding.promise.split()[0] for finding in judge(storm, found) if finding.broken]


def test_what_never_happened_is_named() -> None:
    rare = sometimes(*sound())
    assert (rare["push in place of a reply"], rare["worker frozen"]) == (1, 0)
