"""What tests of the outbox ask for."""

from collections.abc import Iterator

import pytest

from plusone.tenants.models import Tenant
from tests import running
from tests.chat.at_line import AtLine, account_of


@pytest.fixture
def line(tenant: Tenant, simulator: running.Simulator) -> Iterator[AtLine]:
    """A new shop with an account at the simulator."""
    with account_of(tenant, simulator) as connected:
        yield connected
