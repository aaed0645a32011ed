"""plusone doctor: what is wrong, and what to do."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from pytest_django.fixtures import Settings

from plusone.base import scope, secrets
from plusone.base.models import Schedule
from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.commands import environment
from plusone.tenants.models import Tenant
from tests.commands.run import here, plusone
from tests.running import Product

NOBODY = "http://127.0.0.1:9"
LATE = timedelta(minutes=11)


@pytest.fixture
def quiet(settings: Settings) -> None:
    """A LINE that isn't there: these tests look at the installation."""
    settings.LINE_API_URL = NOBODY


def settle_the_rest() -> None:
    """What other tests left waiting is over: the doctor looks at the whole installation, and at its age."""
    Schedule.objects.update(next_run=Now() + timedelta(minutes=1))
    with scope.everywhere():
        InboxEvent.objects.filter(state="new").update(state="done", final_at=Now())
        OutboxMessage.objects.filter(state__in=["ready", "leased", "retry"]).update(
            state="expired", final_at=Now()
        )


def examined(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """The lines about the installation."""
    assert here("doctor", "--json", "--tenant", tenant.slug) == 1
    return list(json.loads(capsys.readouterr().out)["installation"])


def test_a_sound_installation_and_shop(product: Product, tenant: Tenant) -> None:
    product.connect(tenant)
    settle_the_rest()
    ran = plusone("doctor", "--tenant", tenant.slug, "--json", LINE_API_URL=product.simulator.url)
    told = json.loads(ran.out)
    assert list(told["shops"]) == [tenant.slug]
    lines = [*told["installation"], *told["shops"][tenant.slug]]
    assert (ran.status, [line for line in lines if line["level"] == "wrong"]) == (0, [])
    assert {line["code"] for line in told["installation"]} == {
        *(
            "server",
            "role",
            "migrations",
            "walls",
            "clock",
            "data",
            "keys",
            "translations",
            "inbox",
            "outbox",
            "quarantine",
            "timetable",
            "url",
            "switches",
            "login",
            "billing",
            "line",
        )
    }
    assert "webhook_answers" in {line["code"] for line in told["shops"][tenant.slug]}


@pytest.mark.usefixtures("quiet")
def test_it_says_whom_it_asks(tenant: Tenant, capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    (line,) = [line for line in examined(tenant, capsys) if line["code"] == "line"]
    assert line["text"] == f"LINE is asked at {NOBODY}, which is not LINE itself"


def test_beside_a_demo_its_simulator_is_asked(tenant: Tenant, tmp_path: Path) -> None:
    """As README has it: the folder knows its demo; what the environment says goes first."""
    (tmp_path / "addresses.json").write_text(json.dumps({"LINE_API_URL": NOBODY}))
    (tmp_path / "keys").symlink_to(secrets.key_file().parent)
    for told, expected in (({}, NOBODY), ({"LINE_API_URL": f"{NOBODY}9"}, f"{NOBODY}9")):
        ran = plusone("doctor", "--tenant", tenant.slug, "--json", PLUSONE_DATA=str(tmp_path), **told)
        (line,) = [line for line in json.loads(ran.out)["installation"] if line["code"] == "line"]
        assert f"asked at {expected}," in line["text"]


@pytest.mark.usefixtures("quiet")
def test_what_is_wrong_says_what_to_do_and_fails(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    assert here("doctor", "--tenant", tenant.slug) == 1
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("  WRONG LINE cannot be reached from this server.")
    assert lines[at + 1].strip().startswith("→ Try again")


@pytest.mark.usefixtures("quiet")
def test_a_key_that_others_may_read_is_wrong(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    path = secrets.key_file()
    path.chmod(0o644)
    try:
        lines = examined(tenant, capsys)
    finally:
        path.chmod(0o600)
    (key,) = [line for line in lines if line["code"] == "keys" and str(path) in line["text"]]
    assert (key["level"], key["advice"]) == ("wrong", f"Run: chmod 600 {path}")


@pytest.mark.usefixtures("quiet")
def test_a_table_without_its_wall_is_wrong(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    _as_owner("alter table plusone_showing no force row level security")
    try:
        lines = examined(tenant, capsys)
    finally:
        _as_owner("alter table plusone_showing force row level security")
    (walls,) = [line for line in lines if line["code"] == "walls"]
    assert (walls["level"], "plusone_showing" in walls["text"]) == ("wrong", True)


@pytest.mark.usefixtures("quiet")
def test_a_folder_that_cannot_be_written_is_wrong(
    tenant: Tenant, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = secrets.key_file()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PLUSONE_KEYS", str(keys))
        settings.DATA = tmp_path / "gone"
        lines = examined(tenant, capsys)
    assert [line["level"] for line in lines if line["code"] == "data"] == ["wrong"]


@pytest.mark.usefixtures("quiet")
def test_messages_that_nobody_works_off_are_wrong(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    # Its next try is far off, so that the worker of other tests leaves it alone.
    _inbox("insert", tenant)
    try:
        lines = examined(tenant, capsys)
    finally:
        _inbox("settle", tenant)
    (inbox,) = [line for line in lines if line["code"] == "inbox"]
    assert (inbox["level"], inbox["advice"]) == ("wrong", "Is a worker running? plusone worker")


@pytest.mark.usefixtures("quiet")
def test_a_timetable_that_nobody_keeps_is_wrong(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    # Never committed, so that the worker of another test does not keep it.
    with transaction.atomic():
        Schedule.objects.create(name="late", task="nobody", every_seconds=60, next_run=Now() - LATE)
        lines = examined(tenant, capsys)
        transaction.set_rollback(True)
    (told,) = [line for line in lines if line["code"] == "timetable"]
    assert (told["level"], told["advice"]) == ("wrong", "Is a worker running? plusone worker")


@pytest.mark.usefixtures("quiet")
def test_events_that_are_set_aside_are_counted(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    _inbox("insert", tenant)
    _inbox("set aside", tenant)
    try:
        lines = examined(tenant, capsys)
    finally:
        _inbox("settle", tenant)
    (told,) = [line for line in lines if line["code"] == "quarantine"]
    assert told["level"] == "warning"
    assert int(told["text"].split()[0]) >= 1


REAL = {"LINE_API_URL": environment.REAL_LINE, "DEMO": False, "DEBUG": False}


@pytest.mark.parametrize(
    ("named", "code", "level", "words"),
    [
        ({**REAL, "PUBLIC_URL": ""}, "url", "warning", "PLUSONE_URL is not set"),
        ({**REAL, "PUBLIC_URL": "http://shop.example"}, "url", "wrong", "http://shop.example"),
        ({**REAL, "PUBLIC_URL": "https://shop.example"}, "url", "ok", "https://shop.example"),
        ({"LINE_API_URL": NOBODY, "PUBLIC_URL": ""}, "url", "ok", "played"),
        ({**REAL, "DEMO": True}, "switches", "wrong", "PLUSONE_DEMO"),
        ({**REAL, "DEBUG": True}, "switches", "wrong", "PLUSONE_DEBUG"),
        ({"LINE_API_URL": NOBODY, "DEMO": True}, "switches", "ok", ""),
        ({"LINE_LOGIN_CHANNEL_ID": "1", "LINE_LOGIN_CHANNEL_SECRET": ""}, "login", "wrong", "_SECRET"),
        ({"LINE_LOGIN_CHANNEL_ID": "", "LINE_LOGIN_CHANNEL_SECRET": "x"}, "login", "wrong", "_ID"),
        ({"LINE_LOGIN_CHANNEL_ID": "", "LINE_LOGIN_CHANNEL_SECRET": ""}, "login", "ok", "password only"),
        ({"BILLING": True, "STRIPE_SECRET_KEY": ""}, "billing", "wrong", "STRIPE_SECRET_KEY"),
        (
            {"BILLING": True, "STRIPE_SECRET_KEY": "sk", "STRIPE_WEBHOOK_SECRET": ""},
            "billing",
            "wrong",
            "STRIPE_WEBHOOK_SECRET",
        ),
        ({"BILLING": False, "STRIPE_SECRET_KEY": ""}, "billing", "ok", "off"),
    ],
)
def test_what_is_set_by_halves_or_unsafe_is_named(
    settings: Settings, named: dict[str, Any], code: str, level: str, words: str
) -> None:
    for name, value in named.items():
        setattr(settings, name, value)
    looks = (environment.public_address, environment.open_doors, environment.sign_up, environment.billing)
    (line,) = [line for look in looks for line in look() if line.code == code]
    assert (line.level, words in line.text) == (level, True), line
    assert bool(line.advice) == (level != "ok")


def test_an_unknown_shop(database: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert here("doctor", "--tenant", "nowhere") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


_INBOX = {
    "set aside": "update plusone_inboxevent set state = 'quarantined' where tenant_id = %s",
    "insert": """insert into plusone_inboxevent (tenant_id, event_id, type, chat_kind, chat_key, user_id,
                 message_id, line_at, received_at, reply_token, seen_count, redelivered, body, next_try_at)
                 values (%s, 'late', 'message', '', '', '', '', now(), now() - interval '2 minutes', '', 1,
                 false, '{}', now() + interval '1 hour')""",
    "settle": "update plusone_inboxevent set state = 'done', final_at = now() where tenant_id = %s",
}


def _inbox(verb: str, tenant: Tenant) -> None:
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        cursor.execute(_INBOX[verb], [tenant.pk])


def _as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set role plusone_owner")
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("set role plusone_app")
