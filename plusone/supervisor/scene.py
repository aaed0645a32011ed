"""What the supervisor sees: who runs, what they say, whether they answer, and that they are gone."""

import selectors
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from plusone.supervisor.children import Life, hear, kill_all_of
from plusone.supervisor.console import Console
from plusone.supervisor.probe import answer, ask, drop
from plusone.supervisor.state import write_state
from plusone.supervisor.undertaker import tell

# Seconds between two questions whether a child is ready.
_ASK_EVERY = 0.1


class Ground(Protocol):
    """What the children stand on, such as embedded.Cluster: tended while they run, left after them."""

    @property
    def pid(self) -> int | None: ...

    def tend(self) -> bool: ...

    def __enter__(self) -> object: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass
class Scene:
    """All that runs, and what wakes the supervisor."""

    lives: Mapping[str, Life]
    console: Console
    ground: Ground | None
    state: Path | None
    pipe: IO[bytes]
    selector: selectors.BaseSelector
    bell: socket.socket
    signals: int = 0
    preparing: bool = False
    announced: bool = False
    recorded: object = None


def record(scene: Scene) -> None:
    """Tells the undertaker and the state file who lives, when that has changed."""
    pids = {name: life.process.pid for name, life in scene.lives.items() if life.process}
    restarts = {name: life.restarts for name, life in scene.lives.items()}
    base = {"postgres": scene.ground.pid} if scene.ground and scene.ground.pid else {}
    if scene.recorded == (pids, restarts, base, scene.announced):
        return
    scene.recorded = (pids, restarts, base, scene.announced)
    tell(scene.pipe, pids.values())
    if scene.state is not None:
        write_state(scene.state, pids | base, restarts, ready=scene.announced)


def listen(scene: Scene, seconds: float) -> None:
    """Waits for anything to happen; shows what the children said, and asks those that are not ready."""
    masks = {key.fd: mask for key, mask in scene.selector.select(seconds)}
    if scene.bell.fileno() in masks:
        scene.bell.recv(4096)
    for life in scene.lives.values():
        if life.listened and life.pipe in masks:
            _relay(scene, life)
        if life.process and life.child.ready and not life.ready:
            _ask(scene, life, life.child.ready, masks)


def _relay(scene: Scene, life: Life) -> bool:
    lines, more = hear(life)
    for line in lines:
        scene.console.say(life.child.name, line)
    if not more:
        _stop_listening(scene, life)
    return more


def _stop_listening(scene: Scene, life: Life) -> None:
    if life.pipe is not None:
        scene.selector.unregister(life.pipe)
    life.listened = False


def _ask(scene: Scene, life: Life, url: str, masks: Mapping[int, int]) -> None:
    if life.probe is None:
        if life.ask_at <= time.monotonic():
            life.probe, life.ask_at = ask(scene.selector, url), time.monotonic() + _ASK_EVERY
        return
    said = answer(scene.selector, life.probe, masks.get(life.probe.socket.fileno(), 0))
    if said is not None:
        life.probe, life.ready = None, said


def bury(scene: Scene, life: Life, process: subprocess.Popen[bytes]) -> None:
    """Kills what the child has left behind, shows its last words, forgets it."""
    kill_all_of(process)
    try:
        while life.listened and _relay(scene, life):
            continue
    except BlockingIOError:
        _stop_listening(scene, life)
    if process.stdout:
        process.stdout.close()
    if life.probe is not None:
        drop(scene.selector, life.probe)
    life.process = life.probe = None
