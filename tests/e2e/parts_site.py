"""The styleguide and the error pages alone, without database or tenants: what tests of the parts look at.

`python tests/e2e/parts_site.py PORT` serves it until it is ended.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from plusone.base.views.styleguide import styleguide

ROOT = Path(__file__).resolve().parents[2] / "plusone"
ERRORS = (400, 403, 404, 500)
TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [ROOT / "templates"],
    "OPTIONS": {
        "context_processors": ["django.template.context_processors.request"],
        "builtins": ["plusone.base.templatetags.plusone"],
    },
}


def main(port: int) -> None:
    """Serve on 127.0.0.1:port."""
    settings.configure(
        ROOT=ROOT,
        DEBUG=True,
        SECRET_KEY="parts",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="parts_site",
        INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
        MIDDLEWARE=["plusone.base.middleware.content_policy", "plusone.base.middleware.language"],
        TEMPLATES=[TEMPLATES],
        LANGUAGE_CODE="zh-hant",
        LANGUAGES=[("zh-hant", "繁體中文"), ("ja", "日本語"), ("en", "English")],
        LOCALE_PATHS=[ROOT / "locale"],
        FORMAT_MODULE_PATH=["plusone.formats"],
        USE_TZ=True,
        TIME_ZONE="Asia/Taipei",
        STATIC_URL="/static/",
        LINE_ACCESS_URL="https://access.line.me",
        STATICFILES_DIRS=[ROOT / "static"],
    )
    django.setup()
    urlpatterns.append(path("styleguide", styleguide))
    urlpatterns.extend(path(str(code), _error_page(code)) for code in ERRORS)
    make_server("127.0.0.1", port, StaticFilesHandler(WSGIHandler())).serve_forever()


def _error_page(code: int) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, f"{code}.html", status=code)

    return page


urlpatterns: list[object] = []

if __name__ == "__main__":
    sys.modules["parts_site"] = sys.modules["__main__"]
    main(int(sys.argv[1]))
