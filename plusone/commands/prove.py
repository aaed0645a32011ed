"""plusone prove: the storm. Thousands of simultaneous orders, kills, duplicates; then the promises, with
numbers.
"""

import argparse
import importlib
import json
import os
import random
import sys
import time
from typing import Any

import django

from plusone.proving import ground, report


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--events", type=int, default=None, help="orders and talk to send (5000; quick: 800)")
    parser.add_argument("--seconds-between-kills", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=None, help="repeat a run's inputs")
    parser.add_argument("--shops", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds; meets fewer rare things")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Play the storm on a ground of its own and print the promises; 0 when all hold, 1 when one is broken."""
    began = time.monotonic()
    seed = arguments.seed if arguments.seed is not None else random.randrange(10**6)  # noqa: S311
    with ground.standing() as here:
        play = _ready(here)
        say = _teller(began, quiet=arguments.json)
        say(f"seed {seed}; web {here.web}, LINE {here.line}")
        findings, rare, blown, found = play.play(here, _size(play, arguments, seed), say)
    told = report.Report(seed, time.monotonic() - began, findings, rare, blown, found, quick=arguments.quick)
    print(json.dumps(report.as_json(told)) if arguments.json else report.as_text(told))
    return 1 if any(finding.broken for finding in findings) else 0


def _ready(here: ground.Ground) -> Any:
    """Django on the ground's database; what needs it is imported only then."""
    os.environ.update(DATABASE_URL=here.database, PLUSONE_DATA=str(here.folder), PLUSONE_ROLE="plusone_app")
    django.setup()
    return importlib.import_module("plusone.proving.play")


def _size(play: Any, arguments: argparse.Namespace, seed: int) -> Any:
    if arguments.quick:
        events, seconds, buyers, kills, frozen = arguments.events or 800, 8.0, 60, 1, 0.0
    else:
        events, seconds, buyers, kills, frozen = arguments.events or 5000, 45.0, 300, 3, 22.0
    return play.Script(
        events, seconds, arguments.seconds_between_kills, arguments.shops, buyers, kills, frozen, seed
    )


def _teller(began: float, *, quiet: bool) -> Any:
    def say(line: str) -> None:
        if not quiet:
            print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)

    return say
