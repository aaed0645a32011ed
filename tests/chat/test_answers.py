"""Each buyer gets exactly one answer (P4): by reply, else by push to them alone, else with the next free
reply; or it is listed as
unconfirmed. LINE is the simulator, with every fault it can play.
"""

import datetime
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from plusone.base import scope
from plusone.chat.actions import deliver, forget
from plusone.chat.models import Attempt, QuotaMonth
from plusone.chat.tasks import calls
from plusone.tenants.models import Channel
from tests import makers
from tests.chat.at_line import AtLine

DEAD = "no-such-token"


def outcomes(line: AtLine) -> list[str]:
    with scope.tenant(line.tenant.pk):
        return list(Attempt.objects.order_by("id").values_list("outcome", flat=True))


def told(line: AtLine, row: object) -> int:
    """How often LINE accepted the order's answer, by its undo button."""
    data = row.facts["buttons"][0]["data"]  # type: ignore[attr-defined]
    items = [
        item["action"]["data"]
        for record in line.accepted()
        for message in record["messages"]
        for item in message.get("quickReply", {}).get("items", [])
    ]
    return items.count(data)


def test_reply_is_free_and_comes_once(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1")
    line.send()
    row = line.only()
    assert (row.state, row.way) == ("accepted", "reply")
    (record,) = line.accepted()
    assert (record["endpoint"], record["billed"], row.request_id) == ("reply", 0, record["request_id"])


def test_dead_token_becomes_a_push_under_a_retry_key(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    row = line.only()
    assert (row.state, row.way) == ("accepted", "push")
    (record,) = line.accepted()
    assert record["retry_key"] == str(row.retry_key)
    assert (record["to"], record["billed"]) == (line.people["xiaomei"], 1)
    with scope.tenant(line.tenant.pk):
        month = QuotaMonth.objects.get()
    assert (month.used, month.reserved) == (1, 0)


def test_group_answer_is_never_pushed_to_the_group(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1", group=True, token=DEAD)
    line.send()
    (record,) = line.accepted()
    assert (record["endpoint"], record["to"]) == ("push", line.people["xiaomei"])


def test_no_push_where_the_shop_wants_none_and_the_next_reply_takes_it_along(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.change(push_answers=False)
    first = line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    assert (line.answer_to(first).state, line.answer_to(first).reason) == ("parked", "waits_for_reply")
    assert line.accepted() == []
    second = line.writes("xiaomei", "+2")
    line.send()
    assert (line.answer_to(first).state, line.answer_to(first).way) == ("accepted", "ride")
    assert line.answer_to(second).way == "reply"
    (record,) = line.accepted()
    assert record["message_ids"] == [*line.answer_to(second).message_ids, *line.answer_to(first).message_ids]
    assert [told(line, line.answer_to(event)) for event in (first, second)] == [1, 1]


def test_what_waits_for_a_reply_does_not_wait_for_ever(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.change(push_answers=False)
    line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    line.update(expires_at=Now() - datetime.timedelta(seconds=1))
    with scope.nowhere():
        forget.forget_old()
    assert (line.only().state, line.only().reason) == ("expired", "too_late")


@pytest.mark.parametrize(
    ("fault", "fields", "state", "reason"),
    [
        ("error_before", {}, "accepted", ""),
        ("error_after", {}, "unconfirmed", "presumed_accepted"),
        ("cut_after", {}, "unconfirmed", "presumed_accepted"),
        ("down", {}, "accepted", ""),
        ("down", {"mode": "503"}, "accepted", ""),
        ("slow", {"delay_ms": 6500}, "unconfirmed", "presumed_accepted"),
        ("slow", {"delay_ms": 300}, "accepted", ""),
    ],
)
def test_reply_through_a_fault_arrives_once(
    line: AtLine, fault: str, fields: dict[str, object], state: str, reason: str
) -> None:
    makers.goods(line.tenant)
    line.fault(fault, times=1, endpoints=["reply"], **fields)
    line.writes("xiaomei", "+1")
    line.send(20)
    row = line.only()
    assert (row.state, row.reason) == (state, reason)
    assert told(line, row) == 1


@pytest.mark.parametrize("fault", ["error_before", "error_after", "cut_after", "down"])
def test_push_through_a_fault_arrives_once_and_is_billed_once(line: AtLine, fault: str) -> None:
    makers.goods(line.tenant)
    line.fault(fault, times=1, endpoints=["push"])
    line.writes("xiaomei", "+1", token=DEAD)
    line.send(20)
    row = line.only()
    assert (row.state, row.way, told(line, row)) == ("accepted", "push", 1)
    assert sum(record["billed"] for record in line.accepted()) == 1
    assert (outcomes(line)[-1] == "already") == (fault in ("error_after", "cut_after"))
    with scope.tenant(line.tenant.pk):
        assert QuotaMonth.objects.filter(used=1, reserved=0).exists()


def test_silence_until_the_deadline_is_shown_as_unconfirmed(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.fault("error_before", endpoints=["reply"])
    line.writes("xiaomei", "+1")
    line.send(1)
    assert line.only().state == "retry"
    line.update(reply_deadline=Now() - datetime.timedelta(seconds=1), not_before=Now())
    line.send()
    assert (line.only().state, line.only().reason) == ("unconfirmed", "no_clear_answer")


def test_shop_that_would_rather_say_it_twice_pushes(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.change(rather_twice=True)
    line.fault("error_before", endpoints=["reply"])
    line.writes("xiaomei", "+1")
    line.send(1)
    line.update(reply_deadline=Now() - datetime.timedelta(seconds=1), not_before=Now())
    line.send()
    assert (line.only().state, line.only().way, told(line, line.only())) == ("accepted", "push", 1)


@pytest.mark.parametrize(("fault", "state"), [("error_after", "unconfirmed"), ("error_before", "accepted")])
def test_rider_shares_the_fate_of_a_reply_without_a_clear_answer(
    line: AtLine, fault: str, state: str
) -> None:
    makers.goods(line.tenant)
    line.change(push_answers=False)
    first = line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    line.fault(fault, times=1, endpoints=["reply"])
    second = line.writes("xiaomei", "+2")
    line.send(20)
    third = line.writes("xiaomei", "+3")
    line.send()
    states = [line.answer_to(event).state for event in (first, second, third)]
    assert states == [state, state, "accepted"]
    assert [told(line, line.answer_to(event)) for event in (first, second, third)] == [1, 1, 1]


def test_sender_that_died_with_a_rider_leaves_it_to_the_same_host(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.change(push_answers=False)
    first = line.writes("xiaomei", "+1", token=DEAD)
    line.send()
    second = line.writes("xiaomei", "+2")
    (host,) = [one for one in deliver.claim("dying", 500) if one.tenant_id == line.tenant.pk]
    assert [rider.id for rider in deliver.claim_riders(host)] == [line.answer_to(first).pk]
    line.update(lease_until=Now() - datetime.timedelta(seconds=1))
    line.send()
    assert [line.answer_to(event).state for event in (first, second)] == ["accepted", "accepted"]
    assert [told(line, line.answer_to(event)) for event in (first, second)] == [1, 1]


def test_answers_of_one_person_keep_their_order(line: AtLine) -> None:
    makers.goods(line.tenant, stock=100)
    events = [line.writes("xiaomei", f"+{number}") for number in range(1, 6)]
    other = line.writes("amy", "+1")
    claimed = {one.id for one in deliver.claim("looking", 500)}
    assert line.answer_to(events[0]).pk in claimed
    assert line.answer_to(other).pk in claimed
    assert not claimed & {line.answer_to(event).pk for event in events[1:]}
    line.update(lease_until=Now() - datetime.timedelta(seconds=1), epoch=F("epoch") + 1)
    line.send()
    sent = [record["messages"][0]["text"] for record in line.accepted()]
    mine = [text for text in sent if line.answer_to(other).facts["number"] not in text]
    numbers = [line.answer_to(event).facts["number"] for event in events]
    assert [number for text in mine for number in numbers if number in text] == numbers


def test_frozen_sender_cannot_write_over_its_successor(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1")
    (frozen,) = [one for one in deliver.claim("frozen", 500) if one.tenant_id == line.tenant.pk]
    line.update(lease_until=Now() - datetime.timedelta(seconds=1))
    line.send()
    assert line.only().state == "accepted"
    late = deliver.Result(frozen, deliver.State.REFUSED, reason="late")
    assert deliver.record([late]) == 0
    assert line.only().state == "accepted"


def test_frozen_sender_cannot_write_while_its_successor_sends(line: AtLine) -> None:
    """The row is leased again: only the epoch tells the two claims apart."""
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1")
    (frozen,) = [one for one in deliver.claim("frozen", 500) if one.tenant_id == line.tenant.pk]
    line.update(lease_until=Now() - datetime.timedelta(seconds=1))
    (successor,) = [one for one in deliver.claim("successor", 500) if one.tenant_id == line.tenant.pk]
    assert deliver.record([deliver.Result(frozen, deliver.State.REFUSED, reason="late")]) == 0
    assert (line.only().state, line.only().lease_owner) == ("leased", "successor")
    assert deliver.record([deliver.Result(successor, deliver.State.ACCEPTED, way="reply")]) == 1
    assert line.only().state == "accepted"


def test_sender_that_died_after_its_reply_is_not_followed_by_a_push(line: AtLine) -> None:
    """LINE took the reply, nobody wrote it down: the token that is refused now was used by us."""
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1")
    (dead,) = [one for one in deliver.claim("dead", 500) if one.tenant_id == line.tenant.pk]
    assert [result.state for result in calls.send(dead)] == ["accepted"]
    line.update(lease_until=Now() - datetime.timedelta(seconds=1))
    line.send()
    row = line.only()
    assert (row.state, row.reason, told(line, row)) == ("unconfirmed", "presumed_accepted", 1)


def test_two_senders_never_hold_the_same_message(line: AtLine) -> None:
    """While one's claim is not committed yet, another passes its rows by instead of waiting for them."""
    makers.goods(line.tenant)
    people = ("xiaomei", "amy", "kenta", "sakura")
    mine = {line.answer_to(line.writes(person, "+1")).pk for person in people}

    def claimed(owner: str, limit: int) -> set[int]:
        with scope.nowhere():
            found = {one.id for one in deliver.claim(owner, limit) if one.tenant_id == line.tenant.pk}
        return found & mine

    def in_a_thread() -> set[int]:
        try:
            return claimed("second", 500)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread, scope.everywhere():
        first = claimed("first", 500)
        second = thread.submit(in_a_thread).result(timeout=30)
    assert (first, second) == (mine, set())
    assert {row.lease_owner for row in line.messages()} == {"first"}


def test_frozen_sender_settles_no_quota(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.fault("error_before", times=1, endpoints=["push"])
    line.writes("xiaomei", "+1", token=DEAD)
    line.send(20)
    line.update(state="retry", not_before=Now(), reserved=1)
    with scope.tenant(line.tenant.pk):
        QuotaMonth.objects.update(reserved=1)
    (frozen,) = [one for one in deliver.claim("frozen", 500) if one.tenant_id == line.tenant.pk]
    line.update(lease_until=Now() - datetime.timedelta(seconds=1))
    line.send()
    with scope.tenant(line.tenant.pk):
        frozen.month = QuotaMonth.objects.get().month
    assert deliver.record([deliver.Result(frozen, deliver.State.ACCEPTED)]) == 0
    with scope.tenant(line.tenant.pk):
        assert QuotaMonth.objects.get().reserved == 0


def test_refused_access_token_pauses_the_account_and_loses_nothing(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.writes("xiaomei", "+1")
    url = f"{line.simulator.url}/control/channels/{line.channel_id}"
    with scope.tenant(line.tenant.pk):
        good = Channel.objects.get().access_token()
    line.simulator.http.patch(url, json={"access_token": "another-token-than-ours"}).raise_for_status()
    line.send(1)
    with scope.tenant(line.tenant.pk):
        channel = Channel.objects.get()
    assert channel.paused_reason == "bad_token"
    assert line.only().state == "retry"
    line.simulator.http.patch(url, json={"access_token": good}).raise_for_status()
    with scope.tenant(line.tenant.pk):
        Channel.objects.update(paused_until=None)
    line.update(not_before=Now())
    line.send()
    assert (line.only().state, told(line, line.only())) == ("accepted", 1)


def test_too_many_calls_a_second_wait_their_turn(line: AtLine) -> None:
    makers.goods(line.tenant, stock=100)
    line.fault("rate_tiny", per_second=4, endpoints=["reply"])
    events = [line.writes(person, "+1") for person in ("xiaomei", "amy", "kenta", "sakura", "amin")]
    line.send(20)
    assert Counter(line.answer_to(event).state for event in events) == {"accepted": 5}
    assert [told(line, line.answer_to(event)) for event in events] == [1] * 5


def test_payload_of_a_push_stays_the_same_bytes_under_its_key(line: AtLine) -> None:
    makers.goods(line.tenant)
    line.fault("error_before", times=2, endpoints=["push"])
    line.writes("xiaomei", "+1", token=DEAD)
    line.send(20)
    (record,) = line.accepted()
    assert line.only().payload == record["messages"]
