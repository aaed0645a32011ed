"""One page; whatever moves on it is done by the modules in static/phone through the control API."""

import json
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

LANGUAGES = {"zh-hant": ("zh-Hant", "中文"), "ja": ("ja", "日本語"), "en": ("en", "English")}
WORDS = Path(__file__).resolve().parent.parent / "static" / "phone" / "words"

# Pictures and LIFF apps come from wherever an account says they are; everything else only from this server.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "frame-src http: https:",
        "img-src 'self' data: blob: http: https:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    ]
)


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """Shows the page in the language of `?lang=`, else in the browser's."""
    language = _language(request)
    response = render(request, "phone/page.html", _context(language))
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "no-cache"
    return response


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang", "").lower()
    if wanted not in LANGUAGES:
        wanted = get_language_from_request(request)
    return wanted if wanted in LANGUAGES else "en"


def _context(language: str) -> dict[str, object]:
    texts = words(language)
    return {
        "tag": LANGUAGES[language][0],
        "words": texts,
        "title": texts["page.title"],
        "needs_script": texts["page.needs_script"],
        "languages": [{"code": code, "tag": tag, "name": name} for code, (tag, name) in LANGUAGES.items()],
    }


@cache
def words(language: str) -> dict[str, str]:
    """All texts of the page in one of LANGUAGES, by key; braces mark what the page fills in."""
    texts: dict[str, str] = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return texts
