"""plusone import: a shop out of its archive, all of it or nothing."""

import argparse
import sys
from pathlib import Path

from plusone.commands.passphrase import passphrase
from plusone.tenants.actions import BadTenant, importing
from plusone.tenants.rules.archive import BadArchive

REASONS = {
    "no_export": "this is no export of Plusone",
    "other_version": "this export was made in another format version: {what}",
    "manifest": "its manifest cannot be read",
    "name": "it holds something that does not belong there: {what}",
    "too_big": "it would unpack to {what} bytes, far more than an export does",
    "other_tables": "it was made by another version of Plusone: {what} differs",
    "no_file": "{what} is missing",
    "checksum": "{what} is not as it was written: its checksum differs",
    "broken": "it cannot be unpacked ({what})",
    "unreadable": "it cannot be read ({what})",
    "line": "a line of {what} cannot be read",
    "row": "a row of {what} has other columns than it should, or an impossible id",
    "rows": "its rows contradict each other ({what})",
    "count": "{what} has another number of rows than the manifest says",
    "differs": "{what} would not be the same here as there",
    "people": "its members cannot be read {what}",
    "image": "{what} is no picture of ours",
    "passphrase": "the passphrase does not open its secrets",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("archive", type=Path, help="a .tar.gz file or a folder that plusone export wrote")
    parser.add_argument("--slug", default="", help="another place in addresses than the shop had")
    parser.add_argument("--check", action="store_true", help="read it through and change nothing")
    parser.add_argument("--with-secrets", action="store_true", help="open its secrets with the passphrase")


def run(arguments: argparse.Namespace) -> int:
    """Import, or only check; say what came, what was proven, and what to do next."""
    try:
        if arguments.check:
            manifest = importing.check(arguments.archive)
            rows = sum(table.rows for table in manifest.tables.values())
            print(f"{arguments.archive}: whole, {rows:,} rows; nothing was changed")
            return 0
        words = passphrase() if arguments.with_secrets else ""
        arrived = importing.bring_in(arguments.archive, slug=arguments.slug, passphrase=words)
    except BadArchive as error:
        print(
            f"plusone: {REASONS[error.reason].format(what=error.what)}. Nothing was changed.", file=sys.stderr
        )
        return 2
    except BadTenant as error:
        print(
            f"plusone: {error.field} {error.reason}; give --slug another one. Nothing was changed.",
            file=sys.stderr,
        )
        return 2
    for name, rows in arrived.rows.items():
        print(f"{rows:>10,}  {name}{'  the same to the last byte' if name in arrived.proven else ''}")
    print(
        f"shop {arrived.tenant.slug} is here. What was still to be sent is held: see Messages in its console."
    )
    print(f"Passwords stayed behind: plusone tenant invite --slug {arrived.tenant.slug} lets its owner in.")
    if arrived.without_secrets:
        print("LINE's secrets did not come along: type them in under Settings. API tokens are made anew.")
    return 0
