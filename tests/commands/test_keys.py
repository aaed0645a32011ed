"""plusone keys rotate: secrets survive a new key."""

import pytest

from plusone.base import scope, secrets
from plusone.tenants.models import Channel, Tenant
from tests.commands.run import here


def test_secrets_are_sealed_with_the_newest_key(tenant: Tenant, capsys: pytest.CaptureFixture[str]) -> None:
    with scope.tenant(tenant.pk):
        before = Channel.objects.get().secrets()
    keys_before = secrets.key_file().read_text().split()
    assert here("keys", "rotate") == 0
    assert int(capsys.readouterr().out.splitlines()[0].rpartition(" ")[2]) >= 1
    keys = secrets.key_file().read_text().split()
    assert keys[1:] == keys_before
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        assert not secrets.needs_resealing(channel.sealed_secret)
        assert not secrets.needs_resealing(channel.sealed_token)
        assert channel.secrets() == before
