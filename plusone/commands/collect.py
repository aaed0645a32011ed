"""plusone collect: put the static files where the web process serves them from."""

import argparse

from django.core.management import call_command


def add(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> int:
    """Copy, hash and compress; half a second."""
    call_command("collectstatic", verbosity=0, interactive=False)
    return 0
