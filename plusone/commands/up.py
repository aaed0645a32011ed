"""plusone up: everything in one, with production settings."""

import argparse
import os

from plusone.commands.together import Plan, run_together


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--web-workers", type=int, default=os.cpu_count() or 1)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, collect static files, then web and worker until stopped."""
    return run_together(
        Plan(arguments.port, {}, simulator=False, host=arguments.host, web_workers=arguments.web_workers)
    )
