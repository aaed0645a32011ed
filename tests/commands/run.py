"""Commands of the command line: as a process of its own, or within this one, which is ten times quicker."""

import argparse
import importlib
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
    """Run `plusone <arguments>` on this run's database with `told` on its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "plusone", *arguments],
        input=told.encode(),
        capture_output=True,
        env={**{name: value for name, value in os.environ.items() if name != "PORT"}, **environment},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def here(word: str, *arguments: str) -> int:
    """Run the command in this process; its status. What it prints goes to capsys."""
    command = importlib.import_module(f"plusone.commands.{word}")
    parser = argparse.ArgumentParser()
    command.add(parser)
    return int(command.run(parser.parse_args(arguments)))
