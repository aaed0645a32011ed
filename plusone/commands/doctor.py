"""plusone doctor: look at the installation and at each shop's LINE account, and say what to do."""

import argparse
import json
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from plusone.base import numbers, scope, secrets, texts
from plusone.base.models import Owned
from plusone.commands import environment
from plusone.commands.environment import Line
from plusone.storefront import provider_check
from plusone.tenants import line_check
from plusone.tenants.findings import Level
from plusone.tenants.models import Tenant, tenant_of
from plusone.tenants.views import check

OLDEST_SERVER = 15
LITTLE_DISK, NO_DISK = 2_000_000_000, 300_000_000
DRIFT_SECONDS = 1.0
# Alerts of reliability 5.11: an answer is worth something for a minute.
SLOW_EVENT, STUCK_EVENT = 10, 60
SLOW_ANSWER, STUCK_ANSWER = 45, 300
SLOW_TASK, STUCK_TASK = 120, 600
MARKS = {"ok": "ok   ", "unknown": "?    ", "warning": "look ", "wrong": "WRONG"}


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--tenant", help="look at this shop only (its slug)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 0 when nothing is wrong, 1 otherwise, 2 for an unknown shop."""
    only = tenant_of(arguments.tenant) if arguments.tenant else None
    if arguments.tenant and only is None:
        print(f"plusone: there is no shop “{arguments.tenant}”", file=sys.stderr)
        return 2
    installation = [line for look in LOOKS for line in look()]
    is_migrated = not any(line.code == "migrations" and line.level == "wrong" for line in installation)
    tenants = [only] if only else list(Tenant.objects.order_by("slug")) if is_migrated else []
    shops = {tenant.slug: _shop(tenant) for tenant in tenants}
    (_print_json if arguments.json else _print)(installation, shops)
    everything = [*installation, *(line for lines in shops.values() for line in lines)]
    return 1 if any(line.level == "wrong" for line in everything) else 0


def _shop(tenant: Tenant) -> list[Line]:
    with translation.override("en"):
        findings = [*line_check.check(tenant), *provider_check.check(tenant)]
        told = [check.tell(finding) for finding in findings]
    return [Line(one.code, one.level, one.text, one.advice) for one in told]


def _print_json(installation: list[Line], shops: dict[str, list[Line]]) -> None:
    told = {slug: [asdict(line) for line in lines] for slug, lines in shops.items()}
    print(
        json.dumps(
            {"installation": [asdict(line) for line in installation], "shops": told}, ensure_ascii=False
        )
    )


def _print(installation: list[Line], shops: dict[str, list[Line]]) -> None:
    for title, lines in (("Installation", installation), *((f"Shop {slug}", shops[slug]) for slug in shops)):
        print(title)
        for line in lines:
            print(f"  {MARKS[line.level]} {line.text}")
            if line.advice and line.level != "ok":
                print(f"        → {line.advice}")


def server() -> Iterator[Line]:
    """PostgreSQL's version."""
    version = _one("show server_version_num")
    number, told = int(version) // 10_000, f"PostgreSQL {_one('show server_version')}"
    if number < OLDEST_SERVER:
        yield Line("server", "wrong", f"{told} is too old", f"Move to PostgreSQL {OLDEST_SERVER} or later.")
    else:
        yield Line("server", "ok", told)


def role() -> Iterator[Line]:
    """The role that requests run as; cli.py has refused an unsafe login role before we came here."""
    name, is_super, bypasses = _row(
        "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user"
    )
    if is_super or bypasses:
        yield Line("role", "wrong", f"the role {name} sees every shop's rows", "Run: plusone migrate")
    else:
        yield Line("role", "ok", f"the role {name} is bound by row-level security")


def migrations() -> Iterator[Line]:
    """Are the tables those of this program?"""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        yield Line("migrations", "wrong", f"{missing} migrations are missing", "Run: plusone migrate")
    else:
        yield Line("migrations", "ok", "tables are up to date")


def walls() -> Iterator[Line]:
    """Row-level security on every table that belongs to shops."""
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Owned)]
    with connection.cursor() as cursor:
        cursor.execute(
            """select relname from pg_class
                where relname = any(%s) and relkind in ('r', 'p')
                  and relrowsecurity and relforcerowsecurity""",
            [tables],
        )
        walled = {row[0] for row in cursor.fetchall()}
    open_tables = sorted(set(tables) - walled)
    if open_tables:
        named = ", ".join(open_tables)
        yield Line("walls", "wrong", f"row-level security is not forced on {named}", "Run: plusone migrate")
    else:
        yield Line("walls", "ok", f"row-level security is forced on all {len(tables)} tables of shops")


def clock() -> Iterator[Line]:
    """This machine's clock against the database's, whose time counts."""
    began = time.time()
    there = numbers.database_now().timestamp()
    drift = there - (began + time.time()) / 2
    if abs(drift) > DRIFT_SECONDS:
        text = f"this machine's clock differs from the database's by {drift:+.1f} s"
        yield Line("clock", "warning", text, "Switch time synchronisation (NTP) on, on both machines.")
    else:
        yield Line("clock", "ok", "the clock agrees with the database's")


def data() -> Iterator[Line]:
    """The data folder: can it be written, is there room?"""
    try:
        with tempfile.TemporaryFile(dir=settings.DATA):
            free = shutil.disk_usage(settings.DATA).free
    except OSError as error:
        advice = f"Make the folder, and give it to the user that runs Plusone ({error.strerror})."
        yield Line("data", "wrong", f"{settings.DATA} cannot be written", advice)
        return
    level: Level = "wrong" if free < NO_DISK else "warning" if free < LITTLE_DISK else "ok"
    told = f"{settings.DATA} can be written; {free / 1e9:.1f} GB are free"
    yield Line("data", level, told, "" if level == "ok" else "Make room on this disk, or enlarge it.")


def keys() -> Iterator[Line]:
    """The keys of secrets: readable by nobody else."""
    yield from (
        _key(path) for path in (secrets.key_file(), settings.DATA / "keys" / "django") if path.exists()
    )


def _key(path: Path) -> Line:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Line("keys", "wrong", f"others may read {path} (mode {mode:03o})", f"Run: chmod 600 {path}")
    return Line("keys", "ok", f"{path} is readable by its owner only")


def translations() -> Iterator[Line]:
    """Every .po has its .mo, and none is older than its source."""
    sources = list(texts.ROOT.glob("**/locale/*/LC_MESSAGES/*.po"))
    stale = [path for path in sources if _made_at(path.with_suffix(".mo")) < path.stat().st_mtime]
    if stale:
        yield Line(
            "translations", "warning", f"{len(stale)} languages are not compiled", "Start once: plusone up"
        )
    else:
        yield Line("translations", "ok", f"{len(sources)} files of translations are compiled")


def _made_at(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def queues() -> Iterator[Line]:
    """Is the worker keeping up?"""
    if not _one("select to_regclass('plusone_outboxmessage')::text"):
        return
    with scope.everywhere():
        event = _one(
            """select coalesce(extract(epoch from now() - min(received_at)), 0)::int from plusone_inboxevent
                where state = 'new'"""
        )
        answer = _one(
            """select coalesce(extract(epoch from now() - min(not_before)), 0)::int from plusone_outboxmessage
                where state = 'ready' and not_before <= now()"""
        )
    yield _age("inbox", "message from LINE", int(event), SLOW_EVENT, STUCK_EVENT)
    yield _age("outbox", "message to LINE", int(answer), SLOW_ANSWER, STUCK_ANSWER)


def timetable() -> Iterator[Line]:
    """Does somebody ring the bell? What is due once a minute or once a day is done by a worker."""
    if not _one("select to_regclass('plusone_schedule')::text"):
        return
    late = int(
        _one("select coalesce(extract(epoch from now() - min(next_run)), 0)::int from plusone_schedule")
    )
    yield _age("timetable", "task of the timetable", late, SLOW_TASK, STUCK_TASK)


def quarantine() -> Iterator[Line]:
    """Events that failed five times and wait for a mend of ours."""
    if not _one("select to_regclass('plusone_inboxevent')::text"):
        return
    with scope.everywhere():
        count = int(_one("select count(*) from plusone_inboxevent where state = 'quarantined'"))
    if count:
        advice = "The log says why (event.quarantined); docs/operating.md how they are played again."
        yield Line("quarantine", "warning", f"{count} events are set aside because something failed", advice)
    else:
        yield Line("quarantine", "ok", "no event is set aside")


def _age(code: str, what: str, seconds: int, slow: int, stuck: int) -> Line:
    if seconds < slow:
        return Line(code, "ok", f"no {what} is waiting longer than {slow} s")
    level: Level = "wrong" if seconds >= stuck else "warning"
    return Line(
        code, level, f"the oldest {what} has waited {seconds} s", "Is a worker running? plusone worker"
    )


def _one(query: str) -> str:
    value = _row(query)[0]
    return "" if value is None else str(value)


def _row(query: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return tuple(cursor.fetchone())


LOOKS: tuple[Callable[[], Iterator[Line]], ...] = (
    server,
    role,
    migrations,
    walls,
    clock,
    data,
    keys,
    translations,
    queues,
    quarantine,
    timetable,
    environment.public_address,
    environment.open_doors,
    environment.sign_up,
    environment.billing,
    environment.line_address,
)
