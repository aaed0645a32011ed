"""As whom the embedded PostgreSQL runs, and whom it refuses."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from plusone import embedded
from plusone.embedded.errors import ForeignFolder, OutOfReach
from plusone.embedded.places import socket_folder
from tests.pg import starter, word

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become other users")


@needs_root
def test_root_leaves_files_roots_and_a_private_home_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with embedded.start(home / "data", throwaway=True) as cluster:
        assert Path(f"/proc/{cluster.pid}").stat().st_uid == 0
    assert {path.stat().st_uid for path in (home / "data").rglob("*")} == {0}
    assert home.stat().st_mode & 0o777 == 0o700


@needs_root
def test_root_drops_to_another_user_where_namespaces_are_blocked(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # no unshare there
    with (
        embedded.start(open_folder / "data", throwaway=True) as cluster,
        psycopg.connect(cluster.url) as connection,
    ):
        server = Path(f"/proc/{cluster.pid}").stat().st_uid
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert server != 0
    assert (open_folder / "data").stat().st_mode & 0o007 == 0


@needs_root
def test_root_says_what_keeps_the_other_user_out(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (open_folder / "private").mkdir(mode=0o700)
    with pytest.raises(OutOfReach) as failure:
        embedded.start(open_folder / "private" / "data", throwaway=True)
    assert failure.value.path == open_folder / "private"


@needs_root
def test_an_ordinary_user_starts_his_own_and_root_adopts_it(open_folder: Path) -> None:
    """Under the system's Python, which an ordinary user can read wherever ours lives."""
    os.chown(open_folder, *_nobody())
    with starter(open_folder / "data", user=_nobody()) as his:
        assert word(his) == "ours"
        adopted = embedded.start(open_folder / "data")
        psycopg.connect(adopted.url).close()
        assert adopted.process is None
        his.communicate("\n", timeout=20)
    with embedded.start(open_folder / "data") as ours:
        assert Path(f"/proc/{ours.pid}").stat().st_uid == _nobody()[0]


@needs_root
def test_another_users_folder_is_refused(tmp_path: Path) -> None:
    """Who makes the socket's folder first could otherwise play our server."""
    folder = socket_folder(tmp_path)
    folder.mkdir()
    os.chown(folder, *_nobody())
    with pytest.raises(ForeignFolder) as failure:
        embedded.start(tmp_path, throwaway=True)
    folder.rmdir()
    assert failure.value.path == folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users reach; pytest's own is closed to them."""
    folder = Path(tempfile.mkdtemp(prefix="plusone-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _nobody() -> tuple[int, int]:
    user = pwd.getpwnam("nobody")
    return user.pw_uid, user.pw_gid
