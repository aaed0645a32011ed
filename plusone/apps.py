"""The one Django app."""

from django.apps import AppConfig

from plusone.base import logs


class Plusone(AppConfig):
    """All areas are plain packages inside this one app, so there is one line of migrations."""

    name = "plusone"
    label = "plusone"

    def ready(self) -> None:
        logs.set_up()
