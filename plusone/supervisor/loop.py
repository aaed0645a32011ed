"""The loop: start, listen, restart, stop.

One thread and one selector. Signals and ended children wake it through a socket, so it sleeps when nothing
happens, and a stop is as quick as the children are.
"""

import selectors
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

from plusone.supervisor.children import Child, Life, spawn
from plusone.supervisor.console import SELF, Console
from plusone.supervisor.scene import Ground, Scene, bury, listen, record
from plusone.supervisor.undertaker import undertaker

# Seconds. A child that dies sooner, or before it was ready, has failed; so many in a row and all is given up.
STEADY = 5.0
FAILURES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


def run(
    children: Sequence[Child],
    *,
    on_ready: Callable[[], None],
    output: TextIO,
    before: Callable[[], None] | None = None,
    ground: Ground | None = None,
    state: Path | None = None,
    stop_order: Sequence[str] = (),
    grace: float = 10.0,
) -> int:
    """Runs the children until INT or TERM, and gives the exit code. For the main thread.

    `before` runs first, in this process, with the ground under it. `on_ready` is called once, when every
    child is ready. A child that ends is started again after a pause that grows from 0.2 to 5 s; after five
    quick failures in a row all are stopped and the code is 1. Death by SIGKILL is no failure: it comes from
    outside.

    Stopping goes through `stop_order`, then the rest as listed, each with TERM and `grace` seconds; a second
    signal kills. The ground is left last. Code 0 after a stop, 130 when `before` was interrupted. When this
    process itself is killed, its children and theirs are gone within two seconds.

    `state` is a JSON file with each child's process id, the ground's as "postgres"; it is removed at the end.
    """
    lives = {child.name: Life(child) for child in children}
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        bell, rope = (stack.enter_context(end) for end in socket.socketpair())
        pipe = stack.enter_context(undertaker())
        scene = Scene(lives, Console(output, list(lives)), ground, state, pipe, selector, bell)
        stack.enter_context(_signals(scene, rope))
        if ground is not None:
            stack.enter_context(ground)
        stack.callback(_stop, scene, [*stop_order, *lives], grace)
        return _prepare(scene, before) or _watch(scene, on_ready)


@contextmanager
def _signals(scene: Scene, rope: socket.socket) -> Iterator[None]:
    """Installed explicitly: a process that a shell starts in the background has INT ignored."""
    scene.bell.setblocking(False)
    rope.setblocking(False)
    scene.selector.register(scene.bell, selectors.EVENT_READ)

    def count(signum: int, frame: FrameType | None) -> None:
        scene.signals += 1
        if scene.preparing:
            raise KeyboardInterrupt

    def ring(signum: int, frame: FrameType | None) -> None:
        """Python's own handler then writes to the rope."""

    handlers = {signal.SIGINT: count, signal.SIGTERM: count, signal.SIGCHLD: ring}
    former = {signum: signal.signal(signum, handler) for signum, handler in handlers.items()}
    signal.set_wakeup_fd(rope.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(-1)
        for signum, handler in former.items():
            signal.signal(signum, handler)


def _prepare(scene: Scene, before: Callable[[], None] | None) -> int:
    scene.preparing = True
    try:
        if before is not None:
            before()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    finally:
        scene.preparing = False
    return 0


def _watch(scene: Scene, on_ready: Callable[[], None]) -> int:
    while not scene.signals and not scene.console.lost:
        _start_due(scene)
        record(scene)
        listen(scene, _patience(scene))
        _mourn(scene)
        _tend_ground(scene)
        if failed := [life for life in scene.lives.values() if life.failures >= FAILURES]:
            return _give_up(scene, failed[0])
        if all(life.process is None and life.due is None for life in scene.lives.values()):
            return 0
        _announce(scene, on_ready)
    return 0


def _start_due(scene: Scene) -> None:
    for life in scene.lives.values():
        wanted = life.due is not None and life.due <= time.monotonic()
        if wanted and all(scene.lives[name].ready for name in life.child.after):
            life.process, life.started, life.due = spawn(life.child), time.monotonic(), None
            life.ready = life.child.ready is None and life.child.restart
            if life.pipe is not None:
                scene.selector.register(life.pipe, selectors.EVENT_READ)
                life.listened = True


def _patience(scene: Scene) -> float:
    waiting = any(life.due is not None or not life.ready for life in scene.lives.values())
    return 0.05 if waiting else 0.5


def _mourn(scene: Scene) -> None:
    for life in scene.lives.values():
        if life.process is not None and (code := life.process.poll()) is not None:
            bury(scene, life, life.process)
            _plan(scene, life, code)


def _plan(scene: Scene, life: Life, code: int) -> None:
    """Decides what follows from a child's end: a start after a pause, nothing, or one failure too many."""
    if not life.child.restart:
        life.ready = life.ready or (life.child.ready is None and code == 0)
        life.failures = 0 if life.ready else FAILURES
        scene.console.say(SELF, f"{life.child.name} has ended ({_manner(code)})")
        return
    if code != -signal.SIGKILL:
        quick = not life.ready or time.monotonic() - life.started < STEADY
        life.failures = life.failures + 1 if quick else 0
    pause = min(_FIRST_PAUSE * 2 ** max(life.failures - 1, 0), _LONGEST_PAUSE)
    life.ready, life.due, life.restarts = False, time.monotonic() + pause, life.restarts + 1
    if life.failures < FAILURES:
        scene.console.say(SELF, f"{life.child.name} has ended ({_manner(code)}); again in {pause:.1f} s")


def _manner(code: int) -> str:
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def _tend_ground(scene: Scene) -> None:
    if scene.ground is not None and scene.ground.tend():
        scene.console.say(SELF, "postgres had ended and is started again")


def _give_up(scene: Scene, life: Life) -> int:
    name = life.child.name
    scene.console.say(SELF, f"{name} has failed, so everything stops; the last it said:")
    for line in life.heard:
        scene.console.say(name, line)
    return 1


def _announce(scene: Scene, on_ready: Callable[[], None]) -> None:
    if not scene.announced and all(life.ready for life in scene.lives.values()):
        scene.announced = True
        on_ready()


def _stop(scene: Scene, order: Sequence[str], grace: float) -> None:
    heard = scene.signals
    for life in (scene.lives[name] for name in order):
        if life.process is not None:
            _end(scene, life, life.process, heard, grace)
    if scene.state is not None:
        scene.state.unlink(missing_ok=True)


def _end(scene: Scene, life: Life, process: subprocess.Popen[bytes], heard: int, grace: float) -> None:
    deadline = time.monotonic() + grace
    process.terminate()
    while process.poll() is None and time.monotonic() < deadline and scene.signals == heard:
        listen(scene, 0.05)
    if process.poll() is None:
        scene.console.say(SELF, f"{life.child.name} does not end and is killed")
        process.kill()
        process.wait()
    bury(scene, life, process)
