"""plusone migrate: roles, tables, walls, timetable."""

import argparse

from django.core.management import call_command
from django.db import connection

from plusone.base import clock
from plusone.schedule import TIMETABLE


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--quiet", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing; safe to repeat, and one at a time when several machines start together."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('plusone migrate'))")
        call_command("migrate", verbosity=0 if arguments.quiet else 1, interactive=False)
        clock.set_timetable(TIMETABLE)
        cursor.execute("select pg_advisory_unlock(hashtext('plusone migrate'))")
    return 0
