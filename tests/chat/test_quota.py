"""Paid quota is never overspent (P8): reserved before the push, used or given back exactly once, a floor
kept for answers.
"""

import datetime
import threading

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plusone.base import scope
from plusone.chat.actions import quota
from plusone.chat.models import QuotaMonth
from plusone.chat.rules import affordable
from plusone.tenants.models import Tenant
from tests import makers
from tests.chat.at_line import AtLine

MONTH = datetime.date(2026, 11, 1)
DEAD = "no-such-token"
STEPS = st.lists(
    st.tuples(st.sampled_from(["answer", "notice", "accepted", "refused"]), st.integers(1, 4)), max_size=30
)


def month(tenant: Tenant) -> QuotaMonth:
    with scope.tenant(tenant.pk):
        return QuotaMonth.objects.get()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cap=st.none() | st.integers(0, 20), floor=st.integers(0, 6), steps=STEPS)
def test_reservations_follow_the_rule_and_never_pass_the_cap(
    tenant: Tenant, cap: int | None, floor: int, steps: list[tuple[str, int]]
) -> None:
    used = 0
    held: list[int] = []
    with scope.tenant(tenant.pk):
        QuotaMonth.objects.all().delete()
        quota.note_figures(MONTH, cap=cap, used=0)
        for step, people in steps:
            if step in ("answer", "notice"):
                rank = 0 if step == "answer" else 2
                fits = affordable(
                    cap=cap, used=used, reserved=sum(held), floor=floor, people=people, rank=rank
                )
                assert quota.reserve(MONTH, people, rank=rank, floor=floor) == fits
                held += [people] if fits else []
            elif held:
                people = held.pop()
                used += people if step == "accepted" else 0
                quota.settle([quota.Settlement(tenant.pk, MONTH, people, people * (step == "accepted"))])
            now = QuotaMonth.objects.get()
            assert (now.used, now.reserved) == (used, sum(held))
            assert cap is None or now.used + now.reserved <= cap


def test_eight_senders_never_promise_the_same_message(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        quota.note_figures(MONTH, cap=20, used=3)
    won: list[bool] = []

    def reserve() -> None:
        for _ in range(6):
            with scope.tenant(tenant.pk):
                won.append(quota.reserve(MONTH, 1, rank=2, floor=5))
        connection.close()

    threads = [threading.Thread(target=reserve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (won.count(True), month(tenant).reserved) == (12, 12)


def test_answers_are_pushed_down_to_nothing_and_notices_stop_at_the_floor(line: AtLine) -> None:
    url = f"{line.simulator.url}/control/channels/{line.channel_id}"
    line.simulator.http.patch(url, json={"quota": 5}).raise_for_status()
    line.change(quota_floor=3)
    notices = [line.says(rank=2, ways=("push", "ride"), purpose=f"notice{n}") for n in range(4)]
    line.send()
    states = [line.only(pk=notice.pk).state for notice in notices]
    assert sorted(states) == ["accepted", "accepted", "parked", "parked"]
    answers = [line.says(rank=0, ways=("push", "ride")) for _ in range(4)]
    line.send()
    states = [line.only(pk=answer.pk).state for answer in answers]
    assert sorted(states) == ["accepted", "accepted", "accepted", "parked"]
    assert sum(record["billed"] for record in line.accepted()) == 5
    assert (month(line.tenant).used, month(line.tenant).reserved) == (5, 0)


def test_line_that_calls_the_month_used_up_is_believed(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.fault("quota_empty", endpoints=["push"])
    line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    assert (line.only().state, line.only().reason) == ("parked", "quota")
    line.calm()
    line.writes("amy", "+1", token=DEAD)
    line.send()
    assert line.accepted() == []
    assert (month(line.tenant).used, month(line.tenant).cap, month(line.tenant).reserved) == (3000, 3000, 0)


def test_unknown_figures_are_asked_for_and_never_guessed(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.fault("down", endpoints=["quota"])
    line.writes("xiaomei", "+1", token=DEAD)
    line.send(1.5)
    assert line.only().state == "retry"
    assert line.accepted() == []
    with scope.tenant(line.tenant.pk):
        assert not QuotaMonth.objects.exists()
    line.calm()
    line.send(20)
    assert line.only().way == "push"
