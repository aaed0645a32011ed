"""A shop with a LIFF app, and LINE's keys."""

from collections.abc import Iterator
from typing import Any

import pytest

from plusone.tenants.models import Tenant
from tests.storefront import buyers, line_keys


@pytest.fixture(scope="session")
def keys_of_line() -> Iterator[line_keys.Line]:
    """LINE's published keys, for the whole run."""
    with line_keys.publishing() as line:
        yield line


@pytest.fixture
def line(keys_of_line: line_keys.Line, settings: Any) -> line_keys.Line:
    """LINE is where its keys are."""
    settings.LINE_API_URL = keys_of_line.url
    return keys_of_line


@pytest.fixture
def shop(database: None, line: line_keys.Line) -> Tenant:
    """A shop with a LIFF app of its own login channel."""
    return buyers.shop()
