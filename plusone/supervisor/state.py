"""The state file: who runs, for whoever wants to look at, or kill, a process by name."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write_state(path: Path, pids: Mapping[str, int], restarts: Mapping[str, int], *, ready: bool) -> None:
    """Replaces the file at once, so that a reader never sees half of it."""
    state = {"supervisor": os.getpid(), "ready": ready, "pids": pids, "restarts": restarts}
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(state))
    part.replace(path)


def pids(path: Path) -> dict[str, int]:
    """Process ids by child's name, of those that run just now. Empty without a supervisor."""
    try:
        return dict(json.loads(path.read_text())["pids"])
    except FileNotFoundError:
        return {}
