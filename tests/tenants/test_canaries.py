"""Secrets stay secret (P40a): each carries a mark that is looked for wherever the product writes."""

import io
import json
import logging
import secrets as random
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client

from plusone.base import jobs, logs, scope, secrets
from plusone.base.audit import HOUSE
from plusone.chat.models import InboxEvent
from plusone.line import signature
from plusone.storefront.access import COOKIE
from plusone.storefront.actions import sessions
from plusone.tenants import actions as tenants
from plusone.tenants.actions import exporting, team
from plusone.tenants.models import Channel, Tenant
from tests import makers
from tests.house import walk
from tests.house.walk import Shop
from tests.tenants import browser


@dataclass(frozen=True)
class Marked:
    """A shop and everything in it that opens something."""

    shop: Shop
    owner: Client
    marks: dict[str, str]


@pytest.fixture(scope="module")
def marked(database: None) -> Marked:
    shop = walk.marked_shop()
    tenant = shop.tenant
    told = {name: f"mark{random.token_hex(14)}" for name in ("secret", "next", "token", "login_secret")}
    person = makers.member(tenant)
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret=told["next"])
        tenants.connect_channel(
            HOUSE, secret=told["secret"], token=told["token"], login_secret=told["login_secret"]
        )
        assert Channel.objects.get().secrets() == (told["secret"], told["next"])
        told["invite"] = team.invite(HOUSE, "staff", "x")
        told["buyer's session"] = sessions.open_session(makers.user_id())
    owner = browser.at(tenant)
    person.user.set_password("mark-password-9c1e")
    told |= {"api token": shop.token, "password": "mark-password-9c1e", "pages' key": settings.SECRET_KEY}
    told["root key"] = secrets.key_file().read_text().split()[0]
    return Marked(shop, owner, told)


def test_no_page_and_no_log_line_tells_a_secret(marked: Marked, lines: io.StringIO) -> None:
    """Every address, by who may see the most; forms that hold secrets are refused and shown again."""
    program = {"authorization": f"Bearer {marked.shop.token}"}
    looked = 0
    for route in walk.routes():
        path = route.path(walk.values(route, marked.shop.tenant.slug, marked.shop))
        visitor = Client(headers=program) if route.text.startswith(walk.API) else marked.owner
        visitor.raise_request_exception = False
        if "sign-out" not in path and "check" not in path:
            looked += 1
            _says_nothing(marked, path, _text(visitor.get(path)))
    assert looked > 150
    wrong = {"channel_id": "x" * 500, "secret": marked.marks["secret"], "token": marked.marks["token"]}
    for rest in ("settings/line", "settings/line/guide"):
        answer = marked.owner.post(browser.path(marked.shop.tenant, rest), wrong)
        _says_nothing(marked, rest, _text(answer))
    _knock(marked)
    logged = lines.getvalue()
    assert logged.count("\n") > 5
    _says_nothing(marked, "log", logged)


def _knock(marked: Marked) -> None:
    """Secrets where they don't belong: in paths, headers, bodies, of requests that fail."""
    stranger = browser.stranger()
    stranger.raise_request_exception = False
    marks = marked.marks
    stranger.post(f"/join/{marks['invite']}/", {"email": "no e-mail", "password": marks["password"]})
    stranger.get(f"/join/{marks['invite']}x/")
    stranger.post("/sign-in/", {"email": "a@example.com", "password": marks["password"]})
    stranger.get("/api/v1/products/none", headers={"authorization": f"Bearer {marks['api token']}"})
    stranger.cookies[COOKIE] = marks["buyer's session"]
    stranger.get(f"/t/{marked.shop.tenant.slug}/liff/orders/none")
    makers.post(f"/t/{marked.shop.tenant.slug}/webhook", b"{", {"HTTP_X_LINE_SIGNATURE": marks["secret"]})


def test_no_traceback_tells_a_secret(marked: Marked, lines: io.StringIO) -> None:
    """The error says what it failed over; the log says where it failed."""
    with scope.tenant(marked.shop.tenant.pk):
        try:
            token = Channel.objects.get().access_token()
            raise ValueError(f"{token} {json.dumps(marked.marks)}")
        except ValueError:
            logs.logger().error("it.failed", exc_info=True)
            logging.getLogger("plusone").exception("it failed")
    assert lines.getvalue().count("\\nValueError\\n") == 2
    _says_nothing(marked, "traceback", lines.getvalue())


def test_no_row_holds_a_secret(marked: Marked) -> None:
    """Every table as a dump has it, jobs and events among them. Sessions of staff are the known exception."""
    with scope.tenant(marked.shop.tenant.pk):
        jobs.ring("chat.look_at_menus", tenant_id=marked.shop.tenant.pk, key="canary")
    for table, text in _tables():
        _says_nothing(marked, table, text)


def test_no_archive_holds_a_secret(marked: Marked, tmp_path: Path) -> None:
    for name, passphrase in (("bare", ""), ("sealed", "海闊天空")):
        target = tmp_path / f"{name}.tar.gz"
        exporting.export(marked.shop.tenant, target, passphrase=passphrase)
        with tarfile.open(target) as tar:
            for member in tar:
                file = tar.extractfile(member)
                _says_nothing(marked, member.name, file.read().decode(errors="replace") if file else "")
        assert passphrase not in target.read_bytes().decode(errors="replace") or not passphrase


def test_the_search_finds_a_secret(marked: Marked) -> None:
    """The judge of these tests: in plain, as bytes in hex, and inside JSON."""
    for mark in marked.marks.values():
        for text in (f"x{mark}x", f"\\x{mark.encode().hex()}", json.dumps({"a": [mark]})):
            with pytest.raises(AssertionError):
                _says_nothing(marked, "twin", text)


def test_a_new_root_key_amid_traffic_loses_nothing(database: None) -> None:
    """Webhooks come, pages are read and secrets typed in, while the key is changed three times."""
    shops = [makers.shop() for _ in range(4)]
    stop, answers = threading.Event(), []

    def talk(tenant: Tenant) -> None:
        while not stop.is_set():
            answers.append(makers.webhook(tenant, [makers.text(makers.user_id(), "x")]))
        connection.close()

    with _running(*[lambda shop=shop: talk(shop) for shop in shops]):
        for _ in range(3):
            secrets.add_key()
            tenants.reseal_channels()
        stop.set()
    assert len(answers) >= len(shops)
    assert set(answers) == {200}
    with scope.everywhere():
        sealed = Channel.objects.filter(tenant__in=[shop.pk for shop in shops])
        assert not any(secrets.needs_resealing(one.sealed_secret) for one in sealed)


def test_a_new_channel_secret_amid_traffic_loses_no_webhook(database: None) -> None:
    """LINE signs with the old one until it doesn't; the old one ends when the new one was seen."""
    tenant = makers.shop()
    with scope.tenant(tenant.pk):
        (old,) = Channel.objects.get().secrets()
    new, sent = random.token_hex(16), []

    def post(secret: str) -> int:
        body = json.dumps({"destination": "", "events": [makers.text(makers.user_id(), "x")]}).encode()
        sent.append(secret)
        signed = {"HTTP_X_LINE_SIGNATURE": signature.sign(body, secret)}
        return makers.post(f"/t/{tenant.slug}/webhook", body, signed)

    answers = [post(old) for _ in range(5)]
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret=new)
    answers += [post(old) for _ in range(5)] + [post(new)]
    assert set(answers) == {200}
    assert post(old) == 401
    assert [post(new) for _ in range(5)] == [200] * 5
    with scope.tenant(tenant.pk):
        assert InboxEvent.objects.count() == len(sent) - 1


class _running:
    """Threads that end with the block."""

    def __init__(self, *work: Callable[[], None]) -> None:
        self._threads = [threading.Thread(target=one) for one in work]

    def __enter__(self) -> None:
        for one in self._threads:
            one.start()

    def __exit__(self, *_error: object) -> None:
        for one in self._threads:
            one.join(60)


def _tables() -> Iterator[tuple[str, str]]:
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            yield table, "\n".join(row for (row,) in cursor.fetchall())


def _says_nothing(marked: Marked, where: str, text: str) -> None:
    for name, mark in marked.marks.items():
        assert mark not in text, (name, where)
        assert mark.encode().hex() not in text, (name, where)


def _text(answer: HttpResponseBase) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return f"{answer.headers} {body.decode(errors='replace')}"
