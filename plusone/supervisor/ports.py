"""Which ports are free, and who has the others."""

import os
import socket
from pathlib import Path

_LISTENING = "0A"


def free_port(preferred: int) -> int:
    """`preferred` if nobody listens there on any address, else one the system picks; 0 lets it pick."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", preferred))
        except OSError:
            return free_port(0)
        return int(probe.getsockname()[1])


def port_taken_by(port: int) -> str | None:
    """Who listens on this TCP port: "granian (4242)", program and process id; None when it is free.

    "uid 1000" where the process is another user's and its id cannot be seen, "?" where the system does not
    tell (no /proc).
    """
    sockets = _listeners(port)
    if not sockets:
        return None if free_port(port) == port else "?"
    return _holder(set(sockets)) or f"uid {next(iter(sockets.values()))}"


def _listeners(port: int) -> dict[str, str]:
    """Inode to uid of each socket that listens on the port."""
    found = {}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            _, local, _, state, _, _, _, uid, _, inode = line.split()[:10]
            if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                found[inode] = uid
    return found


def _holder(inodes: set[str]) -> str | None:
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        if wanted & _open_files(pid):
            return f"{Path(f'/proc/{pid}/comm').read_text().strip()} ({pid})"
    return None


def _open_files(pid: int) -> set[str]:
    try:
        return {os.readlink(entry.path) for entry in os.scandir(f"/proc/{pid}/fd")}
    except OSError:
        return set()
