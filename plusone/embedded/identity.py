"""As whom PostgreSQL runs. It refuses root, and a developer's container is root more often than not."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from plusone.embedded.errors import ForeignFolder, NamelessUser, OutOfReach
from plusone.embedded.wheel import environment, program


@dataclass(frozen=True)
class Identity:
    """The server's user: the name under which the server sees its clients, and how to become that user."""

    name: str
    prefix: list[str] = field(default_factory=list)
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """The further groups to keep: none when dropping root, else all."""
        return None if self.uid is None else []

    def run(self, command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command to its end as this user."""
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            self.prefix + command,
            input=stdin,
            env=environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
        )


def choose_identity(cluster: Path) -> Identity:
    """As whom the server of this cluster runs. Changes nothing. NamelessUser where that user is not listed.

    An ordinary user: as himself. Root: as the cluster's owner if that is someone else; otherwise inside a
    user namespace, where our root looks like an ordinary user and files stay root's; where namespaces are
    blocked (many containers), as an unprivileged user of the system.
    """
    if os.geteuid() != 0:
        return Identity(_user(os.geteuid()).pw_name)
    owner = cluster.stat().st_uid if cluster.exists() else 0
    if owner:
        return _dropped(_user(owner))
    return _in_namespace() or _dropped(_unprivileged())


def hand_over(identity: Identity, *folders: Path) -> None:
    """Gives folders to the server's user when root has dropped to one; checks that he can get there.

    Of the folders above, only the data folder itself is opened: his group may pass through, not list it.
    OutOfReach where that is not enough, ForeignFolder where an ordinary user meets someone else's folder.
    """
    for folder in folders:
        owner = folder.lstat().st_uid
        if owner != (identity.uid or os.geteuid()) and os.geteuid():
            raise ForeignFolder(folder, owner)
    if identity.uid is None or identity.gid is None:
        return
    for folder in folders:
        _open_passage(folder.parent, identity.gid)
        _give(folder, identity.uid, identity.gid)
        _check_reach(identity, folder)
    _check_reach(identity, Path(program("postgres")))


def _user(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise NamelessUser(uid) from None


def _in_namespace() -> Identity | None:
    unshare, user = shutil.which("unshare"), _any_ordinary_user()
    if not unshare or not user:
        return None
    prefix = [unshare, "-U", f"--map-user={user.pw_uid}", f"--map-group={user.pw_uid}", "--"]
    identity = Identity(user.pw_name, prefix)
    return identity if identity.run([program("postgres"), "--version"]).returncode == 0 else None


def _any_ordinary_user() -> pwd.struct_passwd | None:
    """Any listed user: initdb looks the mapped uid up and stops at one without a name.

    So not simply 1000, which a bare container does not list. Not 65534, which every stranger looks like from
    inside a namespace.
    """
    listed = [user for user in pwd.getpwall() if 0 < user.pw_uid < 65534]
    return min(listed, key=lambda user: user.pw_uid, default=None)


def _unprivileged() -> pwd.struct_passwd:
    listed = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid}
    for name in ("postgres", "nobody"):
        if name in listed:
            return listed[name]
    raise NamelessUser(65534)


def _dropped(user: pwd.struct_passwd) -> Identity:
    return Identity(user.pw_name, [], user.pw_uid, user.pw_gid)


def _open_passage(folder: Path, gid: int) -> None:
    status = folder.stat()
    if status.st_uid == os.geteuid() and not status.st_mode & stat.S_IXOTH:
        os.chown(folder, -1, gid)
        folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXGRP)


def _give(path: Path, uid: int, gid: int) -> None:
    if path.stat().st_uid == uid:
        return
    for folder, _, files in os.walk(path):
        os.chown(folder, uid, gid)
        for name in files:
            os.chown(Path(folder, name), uid, gid, follow_symlinks=False)


def _check_reach(identity: Identity, path: Path) -> None:
    for step in (*reversed(path.parents), path):
        if not _may_pass(identity, step.stat()):
            raise OutOfReach(identity.name, step)


def _may_pass(identity: Identity, status: os.stat_result) -> bool:
    if status.st_uid == identity.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == identity.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
