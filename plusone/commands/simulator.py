"""plusone simulator: LINE, played offline, in a process of its own."""

import argparse
import os

from plusone.cli import data_folder
from plusone.simulator.serve import serve


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")) + 1)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    serve(arguments.port, data_folder() / "simulator")
    return 0
