"""What every test can ask for: the database, a shop of its own, the whole product running.

Tests commit for real. Each takes a tenant of its own, so nothing has to be cleaned up and nothing leaks: that
is what tenancy is for.
"""

import contextlib
import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from plusone import embedded
from plusone.base import logs, scope
from plusone.tenants.models import Tenant
from tests import makers, pg, plugin, running

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """Start the server where needed, make this run's database and its tables; all gone afterwards."""
    with contextlib.ExitStack() as stack:
        if not plugin.SERVER:
            stack.enter_context(embedded.start(plugin.FOLDER, throwaway=True))
        stack.enter_context(pg.fresh_database(plugin.MAINTENANCE, plugin.DATABASE))
        stack.callback(connections.close_all)
        stack.callback(_close_pools)
        subprocess.run([sys.executable, "-m", "plusone", "migrate", "--quiet"], check=True, env=os.environ)
        yield
    shutil.rmtree(plugin.FOLDER, ignore_errors=True)


def _close_pools() -> None:
    for connection in connections.all():
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database is there, and this session may use it."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def tenant(database: None) -> Tenant:
    """A new shop with an LINE account; no tenant is in scope yet."""
    return makers.shop()


@pytest.fixture
def here(tenant: Tenant) -> Iterator[Tenant]:
    """A new shop that is in scope for the whole test (one transaction, committed at its end)."""
    with scope.tenant(tenant.pk):
        yield tenant


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the process writes to its log, on standard output, while the test runs."""
    logs.set_up()
    (handler,) = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before or written)


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """Debian's Chromium; one for all, as a second one in the same run finds Playwright's loop running.

    It ends before the database does: Django closes no connection beside a running loop.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def simulator() -> Iterator[running.Simulator]:
    """LINE's platform, a process of its own."""
    with running.simulator() as started:
        yield started


@pytest.fixture(scope="module")
def product(database: None, simulator: running.Simulator) -> Iterator[running.Product]:
    """The web and worker processes, on this run's database, talking to the simulator.

    They end with the module: tests of others that play the worker's part themselves must be alone with it.
    """
    with running.product(simulator) as started:
        yield started
