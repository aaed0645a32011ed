"""Check that the migrations say what the models say; needs no database."""

import os
import sys
import tempfile

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def main() -> int:
    """Print the models that have changed without a migration; 1 when there are any."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "plusone.settings"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLUSONE_DATA"] = folder
        django.setup()
    translation.deactivate_all()  # names of fields are texts; migrations keep them in English
    loader = MigrationLoader(None)
    wanted = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = wanted.changes(graph=loader.graph, trim_to_apps={"plusone"})
    for migration in changes.get("plusone", []):
        print(
            "a migration is missing:",
            *(operation.describe() for operation in migration.operations),
            sep="\n  ",
        )
    conflicts = loader.detect_conflicts()
    for app, names in conflicts.items():
        print(f"two last migrations in {app}: {', '.join(names)}")
    return 1 if changes.get("plusone") or conflicts else 0


if __name__ == "__main__":
    sys.exit(main())
