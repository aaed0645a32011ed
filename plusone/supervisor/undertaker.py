"""Sees to it that nothing survives the supervisor.

The kernel tells the children when the supervisor is killed, but not theirs, and not one that is deaf. So a
shell of one megabyte waits at the end of a pipe: when the pipe closes, it gives everybody a second and kills
the rest.
"""

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

_SCRIPT = """
while read -r line; do groups=$line; done
sleep 1
for group in $groups; do kill -9 "-$group"; done
"""


@contextmanager
def undertaker() -> Iterator[IO[bytes]]:
    """Waits until the block ends; if this process is killed before that, kills the sessions told last."""
    shell = subprocess.Popen(  # noqa: S603 - a constant
        ["/bin/sh", "-c", _SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
    )
    assert shell.stdin
    try:
        yield shell.stdin
    finally:
        shell.kill()
        shell.wait()
        shell.stdin.close()


def tell(pipe: IO[bytes], sessions: Iterable[int]) -> None:
    """Names the sessions that live now, in place of those told before."""
    try:
        pipe.write(b" ".join(b"%d" % session for session in sessions) + b"\n")
    except BrokenPipeError:
        return
