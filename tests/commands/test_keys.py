"""plusone keys rotate: secrets survive a new key."""

from pathlib import Path

from plusone.base import scope, secrets
from plusone.tenants.models import Channel, Tenant
from tests.commands.run import plusone


def test_secrets_are_sealed_with_the_new_key_and_open_without_the_old(tenant: Tenant, tmp_path: Path) -> None:
    with scope.tenant(tenant.pk):
        before = Channel.objects.get().secrets()
    ran = plusone("keys", "rotate")
    assert ran.status == 0, ran.err
    assert int(ran.out.splitlines()[0].rpartition(" ")[2]) >= 1
    newest = secrets.key_file().read_text().split()
    assert len(newest) >= 2
    with scope.tenant(tenant.pk):
        channel = Channel.objects.get()
        assert not secrets.needs_resealing(channel.sealed_secret)
        assert not secrets.needs_resealing(channel.sealed_token)
        assert channel.secrets() == before
