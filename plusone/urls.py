"""Every address on one screen."""

from django.urls import URLPattern, URLResolver, path

from plusone.base.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
]
