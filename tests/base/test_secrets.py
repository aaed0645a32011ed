"""Secrets at rest: bound to their place, rotatable, their keys readable by the owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from plusone.base import scope, secrets
from plusone.base.audit import HOUSE
from plusone.tenants import actions as tenants
from plusone.tenants.models import Channel, Tenant, place
from tests import makers

CANARY = "canary-of-a-secret"


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of this test's own."""
    path = tmp_path / "keys" / "secrets"
    monkeypatch.setenv("PLUSONE_KEYS", str(path))
    return path


@pytest.fixture
def shared_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the run's own key file, which opens every other test's shops."""
    path = tmp_path / "secrets"
    path.write_text(secrets.key_file().read_text())
    monkeypatch.setenv("PLUSONE_KEYS", str(path))
    return path


@given(secret=st.text(min_size=1), where=st.text())
def test_what_is_sealed_opens_in_its_place(secret: str, where: str) -> None:
    if not _encodable(secret + where):
        return
    sealed = secrets.seal(secret, where)
    assert secret.encode() not in sealed or len(secret) < 4
    assert secrets.unseal(sealed, where) == secret
    assert secrets.unseal(memoryview(sealed), where) == secret


def test_the_same_secret_never_looks_the_same() -> None:
    assert len({secrets.seal(CANARY, "a") for _ in range(100)}) == 100


def test_a_ciphertext_moved_elsewhere_does_not_open() -> None:
    sealed = secrets.seal(CANARY, place(1, "secret"))
    for elsewhere in (place(2, "secret"), place(1, "token"), place(11, "secret"), ""):
        with pytest.raises(secrets.CannotOpen):
            secrets.unseal(sealed, elsewhere)


def test_a_changed_ciphertext_does_not_open() -> None:
    sealed = secrets.seal(CANARY, "a")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(secrets.CannotOpen):
            secrets.unseal(bytes(changed), "a")


@pytest.mark.parametrize("length", [1, 3, 4, 15, 16, 31])
def test_a_cut_ciphertext_does_not_open(length: int) -> None:
    with pytest.raises(secrets.CannotOpen):
        secrets.unseal(secrets.seal(CANARY, "a")[:length], "a")


def test_empty_stays_empty() -> None:
    assert secrets.seal("", "a") == b""
    assert secrets.unseal(b"", "a") == ""
    assert not secrets.needs_resealing(b"")


def test_keys_are_made_on_first_use_for_the_owner_only(keys: Path) -> None:
    sealed = secrets.seal(CANARY, "a")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.parent.stat().st_mode) == 0o700
    assert secrets.unseal(sealed, "a") == CANARY


def test_after_a_new_key_the_old_ones_still_open(keys: Path) -> None:
    old = secrets.seal(CANARY, "a")
    secrets.add_key()
    new = secrets.seal(CANARY, "a")
    assert (secrets.unseal(old, "a"), secrets.unseal(new, "a")) == (CANARY, CANARY)
    assert (secrets.needs_resealing(old), secrets.needs_resealing(new)) == (True, False)
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert len(keys.read_text().split()) == 2


def test_processes_that_start_together_agree_on_the_first_key(keys: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        sealed = list(threads.map(lambda n: secrets.seal(f"s{n}", "a"), range(64)))
    assert [secrets.unseal(value, "a") for value in sealed] == [f"s{n}" for n in range(64)]
    assert len(keys.read_text().split()) == 1


def test_two_rotations_at_once_lose_no_key(keys: Path) -> None:
    sealed = secrets.seal(CANARY, "a")
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: secrets.add_key(), range(8)))
    assert len(set(keys.read_text().split())) == 9
    assert secrets.unseal(sealed, "a") == CANARY


def test_without_its_key_nothing_opens(keys: Path) -> None:
    sealed = secrets.seal(CANARY, "a")
    keys.unlink()
    with pytest.raises(secrets.CannotOpen):
        secrets.unseal(sealed, "a")


def test_a_new_key_loses_nothing_when_it_is_interrupted(keys: Path) -> None:
    """The file is replaced as a whole: there is no moment at which it holds half a key or none."""
    secrets.seal(CANARY, "a")
    before = keys.stat().st_ino
    secrets.add_key()
    assert keys.stat().st_ino != before
    assert [path.name for path in keys.parent.iterdir()] == ["secrets"]


def test_resealing_moves_every_shop_to_the_newest_key(tenant: Tenant, shared_keys: Path) -> None:
    given = {"secret": CANARY, "token": "t", "login_secret": "l"}
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, **given)
    secrets.add_key()
    with transaction.atomic():
        assert tenants.reseal_channels() >= 1
        assert tenants.reseal_channels() == 0
        shared_keys.write_text(shared_keys.read_text().split()[0] + "\n")
        with scope.tenant(tenant.pk):
            channel = Channel.objects.get()
            opened = (channel.secrets()[0], channel.access_token(), channel.login_secret())
        transaction.set_rollback(True)  # the other tests' shops are in there too, and keep their keys
    assert opened == tuple(given.values())


def test_a_shop_whose_key_is_lost_does_not_stop_the_others(tenant: Tenant, shared_keys: Path) -> None:
    with scope.tenant(tenant.pk):
        Channel.objects.update(sealed_token=b"lost" * 9)
    other = makers.shop()
    secrets.add_key()
    with transaction.atomic():
        tenants.reseal_channels()
        with scope.tenant(other.pk):
            assert not secrets.needs_resealing(Channel.objects.get().sealed_token)
        transaction.set_rollback(True)


def test_no_table_holds_a_secret_in_the_clear(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret=CANARY, token=CANARY, login_secret=CANARY)
        token = tenants.issue_token("x")
    assert _tables_with(CANARY) == []
    assert _tables_with(token) == []


def test_a_lost_key_does_not_keep_the_shop_from_typing_secrets_in_again(tenant: Tenant, keys: Path) -> None:
    with scope.tenant(tenant.pk):
        tenants.connect_channel(HOUSE, secret="new", token="new token")
        channel = Channel.objects.get()
        assert (channel.secrets(), channel.access_token()) == (("new",), "new token")


def test_a_changed_secret_keeps_the_old_one_in_the_second_slot(tenant: Tenant) -> None:
    with scope.tenant(tenant.pk):
        (old,) = Channel.objects.get().secrets()
        tenants.connect_channel(HOUSE, secret="new")
        assert Channel.objects.get().secrets() == ("new", old)
        tenants.connect_channel(HOUSE, secret="new")
        assert Channel.objects.get().secrets() == ("new", old)


def _tables_with(words: str) -> list[str]:
    """The tables in which a row, written out as text or as bytes, contains the words."""
    found = []
    looks = [f"%{words}%", f"%{words.encode().hex()}%"]
    with scope.everywhere(), connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*) from "{table}" t where t::text like any(%s)', [looks])
            found += [table] if _one(cursor) else []
    return found


def _one(cursor: Any) -> int:
    return int(cursor.fetchone()[0])


def _encodable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
