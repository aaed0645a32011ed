"""A command of the command line, as a process of its own on this run's database."""

import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass
class Ran:
    """How it ended and what it wrote."""

    status: int
    out: str
    err: str


def plusone(*arguments: str, told: str = "", **environment: str) -> Ran:
    """Run `plusone <arguments>` with `told` on its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "plusone", *arguments],
        input=told.encode(),
        capture_output=True,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
