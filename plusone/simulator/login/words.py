"""The texts of LINE Login's page in three languages."""

import json
from functools import cache
from pathlib import Path

from django.http import HttpRequest
from django.utils.translation import get_language_from_request

WORDS = Path(__file__).resolve().parent.parent / "static" / "login" / "words"
TAGS = {"zh-hant": "zh-Hant", "ja": "ja", "en": "en"}
_ASKED = {
    "zh-tw": "zh-hant",
    "zh-hant": "zh-hant",
    "zh": "zh-hant",
    "ja": "ja",
    "ja-jp": "ja",
    "en": "en",
    "en-us": "en",
}


@cache
def words(language: str) -> dict[str, str]:
    """All texts in one of TAGS, by key."""
    texts: dict[str, str] = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return texts


def language_of(request: HttpRequest) -> str:
    """What `?lang=` or the app's ui_locales asks for, else the browser's language."""
    for wanted in (request.GET.get("lang", ""), *request.GET.get("ui_locales", "").split()):
        if wanted.lower() in _ASKED:
            return _ASKED[wanted.lower()]
    known = get_language_from_request(request)
    return known if known in TAGS else "en"
