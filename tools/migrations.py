"""Check that the migrations say what the models say; needs no database."""

import os
import sys
import tempfile

import django
from django.core.management import call_command


def main() -> int:
    """Exit 1 when a migration is missing."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "plusone.settings"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLUSONE_DATA"] = folder
        os.environ["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
        django.setup()
        try:
            call_command("makemigrations", "--check", "--dry-run", verbosity=1)
        except SystemExit as error:
            return int(error.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
