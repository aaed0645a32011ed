"""plusone export: a whole shop into one archive, in open formats."""

import argparse
import sys
from pathlib import Path

from plusone.commands.passphrase import passphrase
from plusone.tenants.actions import exporting
from plusone.tenants.models import tenant_of


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--tenant", required=True, help="the shop's slug")
    parser.add_argument(
        "--to", required=True, type=Path, help="a .tar.gz file, or a folder that is not there yet"
    )
    parser.add_argument(
        "--with-secrets",
        action="store_true",
        help="LINE's too, under PLUSONE_PASSPHRASE",
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the archive and say what is in it."""
    tenant = tenant_of(arguments.tenant)
    if tenant is None:
        print(f"plusone: there is no shop {arguments.tenant}", file=sys.stderr)
        return 2
    if arguments.to.exists():
        print(f"plusone: {arguments.to} is there already", file=sys.stderr)
        return 2
    words = passphrase(twice=True) if arguments.with_secrets else ""
    manifest = exporting.export(tenant, arguments.to, passphrase=words)
    for name, table in manifest.tables.items():
        print(f"{table.rows:>10,}  {name}")
    for name, reason in manifest.left_out.items():
        print(f"  left out  {name}: {reason}")
    print(f"{arguments.to}: {len(manifest.files)} files; secrets {'sealed' if words else 'left out'}")
    return 0
