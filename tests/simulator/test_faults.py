"""LINE down, slow, failing before and after acceptance."""

import time

import httpx2
import pytest

from .conftest import Sim


def test_down_drops_the_connection(sim: Sim) -> None:
    token = sim.token()
    sim.fault("down", times=1)
    with pytest.raises(httpx2.TransportError):
        sim.reply(token)
    assert sim.accepted() == []
    assert sim.reply(token).status_code == 200


def test_down_can_answer_503(sim: Sim) -> None:
    token = sim.token()
    sim.fault("down", mode="503")
    assert sim.reply(token).status_code == 503
    assert sim.line("GET", "info").status_code == 503
    sim.call("POST", "faults/reset", {})
    assert sim.reply(token).status_code == 200


def test_an_error_before_acceptance_leaves_all_as_it_was(sim: Sim) -> None:
    token = sim.token()
    sim.fault("error_before", times=2)
    assert [sim.reply(token).status_code for _ in range(3)] == [500, 500, 200]
    assert len(sim.bubbles(sim.chat("amy"))) == 1


def test_an_error_after_acceptance_has_delivered(sim: Sim) -> None:
    token = sim.token()
    sim.fault("error_after", times=1)
    assert [sim.reply(token).status_code for _ in range(2)] == [500, 400]
    assert len(sim.bubbles(sim.chat("amy"))) == 1


def test_a_cut_after_acceptance_has_delivered(sim: Sim) -> None:
    key = {"x_line_retry_key": "123e4567-e89b-12d3-a456-426614174000"}
    sim.fault("cut_after", times=1)
    with pytest.raises(httpx2.TransportError):
        sim.push(sim.user("amy"), **key)
    assert sim.push(sim.user("amy"), **key).status_code == 409
    assert len(sim.bubbles(sim.chat("amy"))) == 1


def test_slow_answers_late_but_accepts_at_once(sim: Sim) -> None:
    sim.fault("slow", delay_ms=3000, endpoints=["reply"])
    began = time.monotonic()
    assert sim.line("GET", "info").status_code == 200
    assert time.monotonic() - began < 2.9
    assert sim.reply(sim.token()).status_code == 200
    assert time.monotonic() - began > 2.9


def test_a_fault_can_concern_one_endpoint_and_account(sim: Sim) -> None:
    sim.fault("error_before", endpoints=["push"])
    assert sim.push(sim.user("amy")).status_code == 500
    assert sim.reply(sim.token()).status_code == 200
    sim.fault("error_before", endpoints=[], channel="2000000009")
    assert sim.push(sim.user("amy")).status_code == 200


def test_quota_and_rate_faults(sim: Sim) -> None:
    sim.fault("quota_empty")
    assert sim.push(sim.user("amy")).json()["message"] == "You have reached your monthly limit."
    assert sim.reply(sim.token()).status_code == 200
    sim.call("POST", "faults/reset", {})
    sim.fault("rate_tiny", per_second=1)
    statuses = [sim.push(sim.user("amy")).status_code for _ in range(3)]
    assert statuses.count(429) >= 1


def test_a_probability_strikes_now_and_then(sim: Sim) -> None:
    sim.fault("error_before", probability=0.5)
    statuses = [sim.line("GET", "info").status_code for _ in range(60)]
    assert set(statuses) == {200, 500}


def test_tokens_cannot_be_issued_while_line_is_down(sim: Sim) -> None:
    sim.fault("down", mode="503")
    form = {"grant_type": "client_credentials", "client_id": "2000000001", "client_secret": "x"}
    assert sim.http.post(f"{sim.url}/oauth2/v3/token", data=form).status_code == 503


@pytest.mark.parametrize(
    "wrong",
    [{"on": "yes"}, {"probability": 2}, {"times": 0}, {"endpoints": ["x"]}, {"mode": "x"}, {"delay_ms": 5}],
)
def test_wrong_fields_change_nothing(sim: Sim, wrong: dict[str, object]) -> None:
    before = sim.call("GET", "faults")
    answer = sim.call("PUT", "faults/down", {"probability": 0.5} | wrong, status=400)
    assert answer["error"] == "bad_field"
    assert sim.call("GET", "faults") == before
