"""The texts of the phone page: complete and alike in all its languages."""

import json
import re

import pytest

from .conftest import ROOT

STATIC = ROOT / "plusone" / "simulator" / "static" / "phone"
LANGUAGES = ("zh-hant", "ja", "en")


def _words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((STATIC / "words" / f"{language}.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts(language: str) -> None:
    here, english = _words(language), _words("en")
    assert list(here) == list(english)
    for key, text in here.items():
        assert text.strip(), key
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key


def test_every_text_that_the_page_asks_for_is_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in STATIC.glob("*.js"))
    asked = set(re.findall(r"""\bt\("([a-z_0-9.]+)"[,)]""", source))
    assert asked - set(_words("en")) == set()
    assert len(asked) > 80
