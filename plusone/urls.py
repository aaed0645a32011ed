"""Every address on one screen."""

from django.urls import URLPattern, URLResolver, path

from plusone.api.site import api
from plusone.base.views import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/", api.urls),
]
