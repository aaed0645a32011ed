"""Only LINE, only this channel, only now (P27): what the door lets in, and that everything else leaves no
row.
"""

import io
import json
import random
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from plusone.base import scope
from plusone.base.audit import HOUSE
from plusone.chat.models import InboxEvent
from plusone.hooks.line import kept
from plusone.line import signature
from plusone.orders.models import Order
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant
from plusone.wsgi import application
from tests import makers
from tests.hooks.posting import signed

MEGABYTE = 1024 * 1024
SETTLED = {"done", "ignored", "stale", "waiting"}
Mutation = Callable[[random.Random, bytes], bytes]


def _secret(tenant: Tenant) -> str:
    with scope.tenant(tenant.pk):
        return Channel.objects.get().secrets()[0]


def _path(tenant: Tenant) -> str:
    return f"/t/{tenant.slug}/webhook"


def _body(*events: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"events": list(events), **more}).encode()


def _send(tenant: Tenant, body: bytes, secret: str = "", path: str = "") -> int:
    signed = {"HTTP_X_LINE_SIGNATURE": signature.sign(body, secret or _secret(tenant))}
    return makers.post(path or _path(tenant), body, signed)


def _rows(tenant: Tenant) -> list[dict[str, Any]]:
    columns = ("event_id", "state", "seen_count", "redelivered")
    with scope.tenant(tenant.pk):
        found = InboxEvent.objects.order_by("id").values_list(*columns)
        return [dict(zip(columns, row, strict=True)) for row in found]


def _everyones_rows() -> int:
    with scope.everywhere():
        return InboxEvent.objects.count()


def _flip(dice: random.Random, body: bytes) -> bytes:
    place = dice.randrange(len(body))
    return body[:place] + bytes([body[place] ^ 1 << dice.randrange(8)]) + body[place + 1 :]


def _cut(dice: random.Random, body: bytes) -> bytes:
    return body[: dice.randrange(len(body))]


def _stuff(dice: random.Random, body: bytes) -> bytes:
    place = dice.randrange(len(body))
    return body[:place] + dice.randbytes(dice.randint(1, 20)) + body[place:]


def _double(dice: random.Random, body: bytes) -> bytes:
    return body + dice.choice((b" ", b"\n", b"\0", body))


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _stuff, _double)


def test_ten_thousand_changed_bodies_are_refused(tenant: Tenant) -> None:
    body = _body(makers.text(makers.user_id(), "+1"))
    headers = {"HTTP_X_LINE_SIGNATURE": signature.sign(body, _secret(tenant))}
    before, dice = _everyones_rows(), random.Random(27)
    answers = {makers.post(_path(tenant), dice.choice(MUTATIONS)(dice, body), headers) for _ in range(10_000)}
    assert (answers, _everyones_rows()) == ({401}, before)


def test_ten_thousand_changed_signatures_paths_and_headers_are_refused(tenant: Tenant) -> None:
    other = makers.shop()
    body = _body(makers.text(makers.user_id(), "+1"))
    right, theirs = (signature.sign(body, _secret(shop)) for shop in (tenant, other))
    before, dice = _everyones_rows(), random.Random(28)
    for _ in range(5_000):
        changed = dice.choice(MUTATIONS)(dice, right.encode()).decode("latin-1")
        if changed.strip() != right:
            assert makers.post(_path(tenant), body, {"HTTP_X_LINE_SIGNATURE": changed}) == 401
    for given_ in (theirs, "", " ", right.lower(), right.rstrip("="), "sha256=" + right, "é", "\udcff"):
        assert makers.post(_path(tenant), body, {"HTTP_X_LINE_SIGNATURE": given_}) == 401
    assert makers.post(_path(tenant), body, {}) == 401
    for _ in range(5_000):
        slug = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz0123456789-", k=dice.randint(1, 40)))
        assert makers.post(f"/t/{slug}/webhook", body, {"HTTP_X_LINE_SIGNATURE": right}) == 404
    assert makers.post(_path(other), body, {"HTTP_X_LINE_SIGNATURE": right}) == 401
    assert _everyones_rows() == before


@pytest.mark.parametrize(
    "path", ["/t//webhook", "/t/A/webhook", "/t/a/b/webhook", "/t/a/webhooks", "/webhook", "/t/é/webhook"]
)
def test_paths_that_are_no_webhook_are_not_found(tenant: Tenant, path: str) -> None:
    body = _body(makers.text(makers.user_id(), "+1"))
    assert _send(tenant, body, path=path) == 404


def test_a_shop_without_a_secret_lets_nobody_in(tenant: Tenant) -> None:
    bare = tenants.open_tenant(f"bare-{tenant.slug}", "x")
    for secret in ("", "no such shop: checked all the same, so that timing tells nothing"):
        assert (
            makers.post(_path(bare), b"{}", {"HTTP_X_LINE_SIGNATURE": signature.sign(b"{}", secret)}) == 401
        )
    assert _rows(bare) == []


def test_another_accounts_events_are_refused(tenant: Tenant) -> None:
    event = makers.text(makers.user_id(), "+1")
    assert _send(tenant, _body(event, destination=makers.user_id())) == 401
    assert _rows(tenant) == []


def test_lines_verify_button_gets_its_200(tenant: Tenant) -> None:
    assert _send(tenant, _body()) == 200
    assert makers.webhook(tenant, []) == 200
    assert _rows(tenant) == []


@pytest.mark.parametrize("extra", [1, MEGABYTE])
def test_a_body_over_a_megabyte_is_refused_unread(tenant: Tenant, extra: int) -> None:
    body = _body(makers.text(makers.user_id(), "x" * (MEGABYTE + extra)))
    assert _send(tenant, body) == 413
    assert _rows(tenant) == []


def test_a_body_of_a_megabyte_is_taken(tenant: Tenant) -> None:
    event = makers.text(makers.user_id(), "")
    event["message"]["text"] = "x" * (MEGABYTE - len(_body(event)))
    assert _send(tenant, _body(event)) == 200
    assert len(_rows(tenant)) == 1


@pytest.mark.parametrize(
    ("method", "length", "status"),
    [
        ("GET", "2", 405),
        ("PUT", "2", 405),
        ("POST", "-1", 400),
        ("POST", "two", 400),
        ("POST", "²", 400),
        ("POST", "9" * 5000, 413),
        ("POST", str(MEGABYTE + 1), 413),
        ("POST", "", 401),
    ],
)
def test_methods_and_lengths_that_are_none(tenant: Tenant, method: str, length: str, status: int) -> None:
    answers: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": _path(tenant), "CONTENT_LENGTH": length}
    environ["wsgi.input"] = io.BytesIO(b"{}")  # type: ignore[assignment]
    list(application(environ, lambda told, _headers: answers.append(told)))
    assert [answer[:3] for answer in answers] == [str(status)]


def test_the_second_copy_in_a_body_or_later_only_counts(tenant: Tenant) -> None:
    event = makers.text(makers.user_id(), "+1")
    assert makers.webhook(tenant, [event, event]) == 200
    assert makers.webhook(tenant, [{**event, "deliveryContext": {"isRedelivery": True}}]) == 200
    (row,) = _rows(tenant)
    assert (row["event_id"], row["seen_count"], row["redelivered"]) == (event["webhookEventId"], 3, True)


def test_the_same_event_id_in_two_shops_is_two_events(tenant: Tenant) -> None:
    other, event = makers.shop(), makers.text(makers.user_id(), "+1")
    assert [makers.webhook(shop, [event]) for shop in (tenant, other)] == [200, 200]
    assert (len(_rows(tenant)), len(_rows(other))) == (1, 1)


def test_events_older_than_three_days_are_kept_and_not_acted_on(tenant: Tenant) -> None:
    makers.goods(tenant)
    day = 86_400
    for age in (3 * day + 60, 400 * day, 56 * 365 * day):
        makers.hear(tenant, makers.text(makers.friend(tenant), "+1", at=time.time() - age))
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1", at=time.time() - 3 * day + 60))
    assert [row["state"] for row in _rows(tenant)] == ["stale"] * 3 + ["done"]
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == 1


def test_age_is_counted_by_the_databases_clock(tenant: Tenant) -> None:
    """The door has no opinion: with its own machine's clock years ahead it would put every order aside."""
    event = makers.text(makers.friend(tenant), "+1", at=time.time() - 400 * 86_400)
    assert kept(tenant.pk, event).state == "new"
    assert makers.webhook(tenant, [event]) == 200
    assert [row["state"] for row in _rows(tenant)] == ["stale"]


def test_what_was_not_kept_gets_no_200(tenant: Tenant) -> None:
    """The database gives up on the insert: LINE hears 503, and its next try is kept (P1)."""
    event = makers.text(makers.friend(tenant), "+1")
    (post,) = signed(tenant, [[event]])
    with psycopg.connect(django_settings.DATABASE_URL) as holder, ThreadPoolExecutor(1) as thread:
        holder.execute("set role plusone_operator")
        holder.execute("lock table plusone_inboxevent in access exclusive mode")
        answer = thread.submit(post)
        _cancel_whoever_waits_for(holder.info.backend_pid)
        assert answer.result(timeout=30) == 503
        holder.rollback()
    assert _rows(tenant) == []
    assert post() == 200
    assert [row["state"] for row in _rows(tenant)] == ["new"]


def _cancel_whoever_waits_for(pid: int) -> None:
    cancel = "select pg_cancel_backend(pid) from pg_stat_activity where %s = any(pg_blocking_pids(pid))"
    with psycopg.connect(django_settings.DATABASE_URL, autocommit=True) as other:
        for _ in range(200):
            if other.execute(cancel, [pid]).fetchall():
                return
            time.sleep(0.05)
    raise AssertionError("nobody waited")


def test_a_captured_webhook_played_again_does_nothing(tenant: Tenant) -> None:
    makers.goods(tenant)
    event = makers.text(makers.friend(tenant), "+1")
    for _ in range(5):
        makers.hear(tenant, event)
    with scope.tenant(tenant.pk):
        assert Order.objects.count() == 1


def test_during_a_change_of_secret_both_open_until_the_new_one_was_seen(tenant: Tenant) -> None:
    old, new = _secret(tenant), "f" * 32
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret=new)
    answers = [_send(tenant, _body(makers.text(makers.user_id(), "x")), secret) for secret in (old, old, new)]
    assert answers == [200, 200, 200]
    with scope.tenant(tenant.pk):
        assert Channel.objects.get().secrets() == (new,)
    assert _send(tenant, _body(makers.text(makers.user_id(), "x")), old) == 401
    assert _send(tenant, _body(makers.text(makers.user_id(), "x")), new) == 200
    assert len(_rows(tenant)) == 4


def test_a_changed_secret_is_noticed_within_two_seconds(tenant: Tenant) -> None:
    assert _send(tenant, _body(makers.text(makers.user_id(), "x"))) == 200
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret="e" * 32)
    time.sleep(1.1)
    assert _send(tenant, _body(makers.text(makers.user_id(), "x")), "e" * 32) == 200


def test_an_unknown_shop_takes_about_as_long_as_a_bad_signature(tenant: Tenant) -> None:
    """As a ratio of medians, because the machine is shared; the paths have been asked for before."""
    body, bad = _body(makers.text(makers.user_id(), "+1")), {"HTTP_X_LINE_SIGNATURE": "x" * 44}
    paths = (_path(tenant), "/t/no-such-shop-at-all/webhook")
    taken: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(600):
        for path in paths:
            began = time.perf_counter()
            makers.post(path, body, bad)
            taken[path].append(time.perf_counter() - began)
    known, unknown = (statistics.median(taken[path]) for path in paths)
    assert 0.5 < known / unknown < 2


_leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_json = st.recursive(_leaf, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
_KINDS = ["message", "messageEdited", "unsend", "follow", "unfollow", "join", "postback", "x"]
_DATA = ["undo=x", "cancel=", "keep=1"]
_event = st.fixed_dictionaries(
    {"webhookEventId": st.text(min_size=1, max_size=26) | _json},
    optional={
        "type": st.sampled_from(_KINDS) | _json,
        "mode": st.sampled_from(["active", "standby"]) | _json,
        "timestamp": st.integers(0, 2 * 10**12) | st.just(int(time.time() * 1000)) | _json,
        "source": st.fixed_dictionaries(
            {"type": st.sampled_from(["user", "group", "room"]) | _json},
            optional={"userId": st.text(max_size=40) | _json, "groupId": st.text(max_size=40) | _json},
        )
        | _json,
        "message": st.fixed_dictionaries(
            {"type": st.sampled_from(["text", "image", "sticker"]) | _json},
            optional={
                "id": st.text(max_size=20) | _json,
                "text": st.sampled_from(["+1", "取消", "+99", "123456"]) | _json,
                "quotedMessageId": st.text(max_size=9) | _json,
                "mention": _json,
                "emojis": _json,
            },
        )
        | _json,
        "postback": st.fixed_dictionaries({"data": st.sampled_from(_DATA) | _json}) | _json,
        "unsend": _json,
        "replyToken": st.text(max_size=99) | _json,
        "deliveryContext": _json,
    },
)  # fmt: skip


@pytest.fixture(scope="module")
def hardened(database: None) -> Tenant:
    shop = makers.shop()
    makers.goods(shop, stock=-1)
    return shop


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_json | st.fixed_dictionaries({"events": st.lists(_event | _json, max_size=5)}))
@example({"events": [{"webhookEventId": "a", "timestamp": 10**400}]})
@example({"events": [{"webhookEventId": "b", "timestamp": -1}]})
@example({"events": [{"webhookEventId": "\x00", "source": {"type": "\ud800", "userId": "\x00"}}]})
def test_signed_nonsense_is_kept_or_refused_and_never_breaks_the_lane(hardened: Tenant, body: Any) -> None:
    """P35: webhook JSON. What is kept is settled: no crash, nobody quarantined, nothing left in the way."""
    raw = json.dumps(body).encode()
    assert _send(hardened, raw) in (200, 400)
    makers.work(hardened)
    with scope.tenant(hardened.pk):
        assert set(InboxEvent.objects.values_list("state", flat=True)) <= SETTLED


@pytest.mark.parametrize("depth", [50, 100, 400, 900, 990, 5_000, 100_000])
def test_a_body_nested_ever_deeper_is_refused_and_stops_nobody(tenant: Tenant, depth: int) -> None:
    deep = b'{"events":[{"webhookEventId":"a","x":' + b"[" * depth + b"]" * depth + b"}]}"
    assert _send(tenant, deep) == 400
    makers.goods(tenant)
    makers.hear(tenant, makers.text(makers.friend(tenant), "+1"))
    assert [row["state"] for row in _rows(tenant)] == ["done"]


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_signed_bytes_that_are_no_webhook_are_a_400(hardened: Tenant, body: bytes) -> None:
    assert _send(hardened, body) == 400


def test_events_of_one_moment_keep_their_order(tenant: Tenant) -> None:
    """Thirty in one body within one millisecond, the last that a date can name among the moments."""
    for moment in (time.time(), 253_402_300_799.999):
        people = [makers.friend(tenant) for _ in range(30)]
        assert makers.webhook(tenant, [makers.text(person, "+1", at=moment) for person in people]) == 200
        with scope.tenant(tenant.pk):
            kept_ones = InboxEvent.objects.filter(user_id__in=people).order_by("line_at", "id")
            assert [one.user_id for one in kept_ones] == people
