"""plusone doctor: what is wrong, and what to do."""

import json
from pathlib import Path

from django.db import connection

from plusone.base import scope, secrets
from plusone.tenants.models import Tenant
from tests import makers
from tests.commands.run import plusone
from tests.running import Product, Simulator


def test_a_sound_installation_and_shop(product: Product, tenant: Tenant) -> None:
    product.connect(tenant)
    ran = plusone("doctor", "--tenant", tenant.slug, "--json", LINE_API_URL=product.simulator.url)
    told = json.loads(ran.out)
    wrong = [line for lines in (told["installation"], *told["shops"].values()) for line in lines if line["level"] == "wrong"]
    assert (ran.status, wrong) == (0, [])
    codes = {line["code"] for line in told["installation"]}
    assert codes == {"server", "role", "migrations", "walls", "clock", "data", "keys", "translations", "inbox", "outbox"}
    assert "webhook_answers" in {line["code"] for line in told["shops"][tenant.slug]}


def test_what_is_wrong_says_what_to_do_and_fails(simulator: Simulator, tenant: Tenant) -> None:
    ran = plusone("doctor", "--tenant", tenant.slug, LINE_API_URL=simulator.url)
    assert ran.status == 1
    lines = ran.out.splitlines()
    at = next(number for number, line in enumerate(lines) if "WRONG" in line)
    assert lines[at + 1].strip().startswith("→")


def test_a_key_that_others_may_read_is_wrong(tenant: Tenant) -> None:
    path = secrets.key_file()
    path.chmod(0o644)
    try:
        ran = plusone("doctor", "--json", "--tenant", tenant.slug, LINE_API_URL="http://127.0.0.1:9")
    finally:
        path.chmod(0o600)
    keys = [line for line in json.loads(ran.out)["installation"] if line["code"] == "keys"]
    assert [line["level"] for line in keys if str(path) in line["text"]] == ["wrong"]
    assert f"chmod 600 {path}" in keys[0]["advice"]


def test_a_table_without_its_wall_is_wrong(tenant: Tenant) -> None:
    _as_owner("alter table plusone_showing no force row level security")
    try:
        ran = plusone("doctor", "--json", "--tenant", tenant.slug, LINE_API_URL="http://127.0.0.1:9")
    finally:
        _as_owner("alter table plusone_showing force row level security")
    (walls,) = [line for line in json.loads(ran.out)["installation"] if line["code"] == "walls"]
    assert (walls["level"], "plusone_showing" in walls["text"]) == ("wrong", True)


def test_a_folder_that_cannot_be_written_is_wrong(tenant: Tenant, tmp_path: Path) -> None:
    keys = secrets.key_file()
    elsewhere = {"PLUSONE_DATA": str(tmp_path / "gone"), "PLUSONE_KEYS": str(keys), "PLUSONE_SECRET_KEY": "x" * 50}
    ran = plusone("doctor", "--json", "--tenant", tenant.slug, LINE_API_URL="http://127.0.0.1:9", **elsewhere)
    (data,) = [line for line in json.loads(ran.out)["installation"] if line["code"] == "data"]
    assert (data["level"], ran.status) == ("wrong", 1)


def test_messages_that_nobody_works_off_are_wrong(tenant: Tenant) -> None:
    assert makers.webhook(tenant, [makers.text(makers.user_id(), "+1")]) == 200
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("update plusone_inboxevent set received_at = now() - interval '2 minutes' where tenant_id = %s", [tenant.pk])
    ran = plusone("doctor", "--json", "--tenant", tenant.slug, LINE_API_URL="http://127.0.0.1:9")
    makers.hear(tenant, makers.text(makers.user_id(), "hello"))
    (inbox,) = [line for line in json.loads(ran.out)["installation"] if line["code"] == "inbox"]
    assert (inbox["level"], "plusone worker" in inbox["advice"]) == ("wrong", True)


def test_an_unknown_shop(database: None) -> None:
    assert plusone("doctor", "--tenant", "nowhere").status == 2


def _as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set role plusone_owner")
        try:
            cursor.execute(statement)
        finally:
            cursor.execute("set role plusone_app")
