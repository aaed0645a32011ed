"""The one Django app."""

from importlib import import_module

from django.apps import AppConfig

from plusone.base import logs


class Plusone(AppConfig):
    """All areas are plain packages inside this one app, so there is one line of migrations."""

    name = "plusone"
    label = "plusone"

    def ready(self) -> None:
        """Set up logs, then the timetable and the listeners, which every process needs to queue jobs by name.

        By name, because schedule.py imports models, and those can be imported only now.
        """
        logs.set_up()
        import_module("plusone.schedule")
