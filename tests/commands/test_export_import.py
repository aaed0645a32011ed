"""plusone export and plusone import, from one installation into another, empty one."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from plusone.tenants.models import Tenant
from tests import pg, plugin
from tests.commands.run import plusone
from tests.tenants import archives

# What changes on the way by design: people have other ids, secrets are sealed anew, what was under way is
# held.
CHANGED = {
    "data/member.jsonl",
    "data/channel.jsonl",
    "data/outboxmessage.jsonl",
    "data/inboxevent.jsonl",
    "people.jsonl",
}


@pytest.fixture(scope="module")
def shop(database: None) -> Tenant:
    return archives.busy_shop()


@pytest.fixture(scope="module")
def elsewhere(database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of another installation: its own empty database, files and keys."""
    name = f"plusone_elsewhere_{secrets.token_hex(4)}"
    with pg.fresh_database(plugin.MAINTENANCE, name):
        address = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        there = {"DATABASE_URL": address, "PLUSONE_DATA": str(tmp_path_factory.mktemp("elsewhere"))}
        assert plusone("migrate", "--quiet", **there).status == 0
        yield there


def test_a_shop_moves_house(shop: Tenant, elsewhere: dict[str, str], tmp_path: Path) -> None:
    sealed = {"PLUSONE_PASSPHRASE": "correct horse"}
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    ran = plusone("export", "--tenant", shop.slug, "--to", str(first), "--with-secrets", **sealed)
    assert (ran.status, ran.err) == (0, ""), ran.err
    assert "left out  apitoken" in ran.out

    checked = plusone("import", str(first), "--check", **elsewhere)
    assert (checked.status, "nothing was changed" in checked.out) == (0, True)
    ran = plusone("import", str(first), "--with-secrets", **sealed, **elsewhere)
    assert (ran.status, ran.err) == (0, ""), ran.err
    assert "order  the same to the last byte" in ran.out

    again = plusone("import", str(first), **elsewhere)
    assert (again.status, "Nothing was changed" in again.err) == (2, True)

    ran = plusone(
        "export", "--tenant", shop.slug, "--to", str(second), "--with-secrets", **sealed, **elsewhere
    )
    assert ran.status == 0
    before, after = archives.read(first), archives.read(second)
    assert before.keys() == after.keys()
    different = {name for name in before if before[name] != after[name]} - {"manifest.json"}
    assert different <= CHANGED | {"data/auditentry.jsonl"}
    gained = set(after["data/auditentry.jsonl"].splitlines()) - set(
        before["data/auditentry.jsonl"].splitlines()
    )
    assert [b'"shop.imported"' in line for line in gained] == [True]
    for name in CHANGED:
        assert len(after[name].splitlines()) == len(before[name].splitlines())


def test_what_is_wrong_is_said_in_a_sentence(shop: Tenant, tmp_path: Path) -> None:
    assert "there is no shop" in plusone("export", "--tenant", "nobody", "--to", str(tmp_path / "x")).err
    (tmp_path / "there").write_text("mine")
    refused = plusone("export", "--tenant", shop.slug, "--to", str(tmp_path / "there"))
    assert (refused.status, "is there already" in refused.err) == (2, True)
    assert (tmp_path / "there").read_text() == "mine"
    refused = plusone("import", str(tmp_path / "there"))
    assert (refused.status, "Nothing was changed" in refused.err) == (2, True)
