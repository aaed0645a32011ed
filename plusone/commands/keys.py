"""plusone keys rotate: a new key for secrets, and every secret sealed with it."""

import argparse

from plusone.base import secrets
from plusone.tenants import actions


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("rotate", help="make a new key and seal every shop's secrets with it")


def run(arguments: argparse.Namespace) -> int:
    """Make the key, seal again, say how many. Old keys stay in the file, because backups need them."""
    secrets.add_key()
    resealed = actions.reseal_channels()
    keys = len(secrets.key_file().read_text().split())
    print(f"channels sealed again: {resealed}")
    print(f"keys in {secrets.key_file()}: {keys}, the newest first; copy this file to every machine")
    return 0
