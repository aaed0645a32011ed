"""The embedded PostgreSQL against real clusters: who gets in, who starts it, and what survives a kill."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from plusone import embedded
from plusone.embedded.cluster import Cluster
from plusone.embedded.errors import StartFailed
from plusone.embedded.places import READER, cluster_folder, socket_folder
from plusone.embedded.processes import noted_pid
from plusone.embedded.wheel import call
from tests.pg import fresh_database, let_superuser_in, starter, word

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """For tests that leave the server as they found it; a cluster takes most of a second to make."""
    with embedded.start(tmp_path_factory.mktemp("shared"), throwaway=True) as cluster:
        yield cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with embedded.start(tmp_path / "data", throwaway=True) as cluster:
        yield cluster


def test_the_owner_connects_and_obeys_row_level_security(shared: Cluster) -> None:
    with psycopg.connect(shared.url) as connection:
        role = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        database = connection.execute(
            "SELECT current_database(), pg_get_userbyid(datdba), datcollate, pg_encoding_to_char(encoding)"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        version = connection.info.server_version
    assert role == ("plusone", False, False, True, True, False)
    assert database == ("plusone", "plusone", "C", "UTF8")
    assert version // 10000 == 18


def test_the_owner_makes_databases_and_group_roles(shared: Cluster) -> None:
    with fresh_database(shared.url, "another") as address, psycopg.connect(address) as connection:
        connection.execute("CREATE ROLE plusone_app NOLOGIN")
        connection.execute("CREATE TABLE notes (id int)")
        connection.execute("GRANT SELECT ON notes TO plusone_app")
        owner = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'notes'").fetchone()
        connection.rollback()
    assert owner == ("plusone",)


def test_the_superuser_cannot_connect_until_a_test_lets_him(cluster: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="rejects connection"):
        psycopg.connect(embedded.url(cluster.data, "postgres"))
    with psycopg.connect(let_superuser_in(cluster)) as connection:
        assert connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (True,)


def test_nobody_becomes_the_role_that_sees_all(shared: Cluster) -> None:
    with psycopg.connect(shared.url) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SET ROLE {READER}")


def test_there_is_no_port_and_the_socket_is_private(shared: Cluster) -> None:
    folder = embedded.socket_folder(shared.data)
    with psycopg.connect(shared.url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cluster_folder(shared.data).stat().st_mode & 0o777 == 0o700


def test_the_log_keeps_no_statement_and_no_row(shared: Cluster) -> None:
    with psycopg.connect(shared.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE people (name text UNIQUE)")
        connection.execute("INSERT INTO people VALUES ('Chen Mei')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO people VALUES ('Chen Mei')")
    log = (shared.data / "postgres.log").read_text()
    assert "duplicate key" in log
    assert "Chen Mei" not in log


def test_the_address_is_known_before_the_server_and_whatever_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = embedded.url(tmp_path)
    for name, value in (("PGPORT", "1"), ("PGHOST", "/nowhere"), ("PGUSER", "x"), ("TMPDIR", str(tmp_path))):
        monkeypatch.setenv(name, value)
    with embedded.start(tmp_path, throwaway=True) as cluster, psycopg.connect(address) as connection:
        assert cluster.url == address
        assert connection.info.user == "plusone"


def test_a_long_and_odd_path_is_no_obstacle(tmp_path: Path) -> None:
    data = tmp_path.joinpath(*(f"{'資料 & folder' * 8}{step}" for step in range(3)), "it's")
    assert len(bytes(data)) > 400
    with embedded.start(data, throwaway=True) as cluster, psycopg.connect(cluster.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_second_start_adopts_and_only_the_starter_stops(cluster: Cluster) -> None:
    second = embedded.start(cluster.data)
    assert second.process is None
    assert second.pid == cluster.pid
    second.stop()
    psycopg.connect(cluster.url).close()
    cluster.stop()
    assert not socket_folder(cluster.data).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url)


def test_stopping_keeps_what_was_committed(tmp_path: Path) -> None:
    with embedded.start(tmp_path) as cluster, psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
    with embedded.start(tmp_path) as cluster, psycopg.connect(cluster.url) as connection:
        assert connection.execute("SELECT id FROM kept").fetchone() == (7,)


def test_a_killed_server_recovers_what_was_committed(tmp_path: Path) -> None:
    cluster = embedded.start(tmp_path)
    with psycopg.connect(cluster.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS id")
    idle, killed = psycopg.connect(cluster.url), cluster.pid or 0
    os.kill(killed, signal.SIGKILL)
    with embedded.start(tmp_path) as again, psycopg.connect(again.url) as connection:
        assert again.pid != killed
        assert connection.execute("SELECT id FROM kept").fetchone() == (7,)
    idle.close()
    cluster.stop()


def test_tending_starts_a_killed_server_again(cluster: Cluster) -> None:
    assert cluster.tend() is False
    killed = cluster.pid or 0
    os.kill(killed, signal.SIGKILL)
    _until(lambda: cluster.tend(), 5)
    _until(lambda: _connects(cluster.url), 10)
    assert cluster.pid != killed


def test_a_note_whose_number_is_another_programs_now_is_no_obstacle(tmp_path: Path) -> None:
    embedded.start(tmp_path).stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (cluster_folder(tmp_path) / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}\n")
        with embedded.start(tmp_path) as cluster:
            assert cluster.process is not None
        stranger.kill()


def test_a_killed_init_leaves_nothing_half(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with embedded.start(tmp_path, throwaway=True) as cluster:
        psycopg.connect(cluster.url).close()
    assert not half.exists()


def test_the_server_is_gone_when_its_starter_is_killed(tmp_path: Path) -> None:
    with starter(tmp_path) as first:
        assert word(first) == "ours"
        server = noted_pid(cluster_folder(tmp_path)) or 0
        first.kill()
        _until(lambda: not Path(f"/proc/{server}").exists(), 10)
    assert "database system is shut down" in (tmp_path / "postgres.log").read_text()
    socket_folder(tmp_path).rmdir()


def test_a_start_waits_for_a_server_that_is_shutting_down(tmp_path: Path) -> None:
    with starter(tmp_path) as first:
        assert word(first) == "ours"
        first.kill()
        with embedded.start(tmp_path, throwaway=True) as cluster:
            assert cluster.process is not None
            psycopg.connect(cluster.url).close()


def test_of_starts_at_once_one_makes_and_the_others_adopt(tmp_path: Path) -> None:
    starters = [starter(tmp_path) for _ in range(4)]
    words = sorted(word(each) for each in starters)
    assert words == ["adopted", "adopted", "adopted", "ours"]
    for each in starters:
        each.communicate("\n", timeout=20)
    assert [each.returncode for each in starters] == [0, 0, 0, 0]


def test_a_broken_cluster_says_what_is_wrong(tmp_path: Path) -> None:
    embedded.start(tmp_path, throwaway=True).stop()
    (cluster_folder(tmp_path) / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartFailed) as failure:
        embedded.start(tmp_path)
    assert "incompatible with server" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_dump_holds_every_tenants_rows_and_comes_back(tmp_path: Path, shared: Cluster) -> None:
    with psycopg.connect(shared.url) as connection:
        connection.execute("CREATE TABLE notes AS SELECT generate_series(1, 5) AS id")
        connection.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE notes FORCE ROW LEVEL SECURITY")
        assert connection.execute("SELECT count(*) FROM notes").fetchone() == (0,)
    embedded.dump(shared.data, tmp_path / "backup")
    with fresh_database(shared.url, "restored") as address:
        done = call("pg_restore", "--dbname", address, str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
        with psycopg.connect(address) as connection:
            connection.execute("ALTER TABLE notes NO FORCE ROW LEVEL SECURITY")
            assert connection.execute("SELECT count(*) FROM notes").fetchone() == (5,)
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600


def test_a_failed_dump_leaves_the_one_before(tmp_path: Path, shared: Cluster) -> None:
    (tmp_path / "backup").write_text("yesterday's")
    with pytest.raises(embedded.EmbeddedError, match="does not exist"):
        embedded.dump(shared.data, tmp_path / "backup", database="missing")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["backup"]
    assert (tmp_path / "backup").read_text() == "yesterday's"


def _connects(address: str) -> bool:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return False
    return True


def _until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
