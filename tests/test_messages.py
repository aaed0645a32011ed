"""The translation check notices each way a text can be lost."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[1] / "tools" / "messages.py"
MODULE = 'from django.utils.translation import gettext as _, ngettext\n\nDONE = _("Done")\n'
TEMPLATE = """{% load i18n %}{% translate "paid" context "order status" %}
{% blocktranslate trimmed count many=many %}
{{ many }} order{% plural %}{{ many }} orders{% endblocktranslate %}"""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/messages.py, loaded as a module."""
    spec = importlib.util.spec_from_file_location("messages_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, tool: ModuleType) -> Path:
    """A package with three texts, all translated."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "views.py").write_text(MODULE)
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    tool.extract(tmp_path)
    for locale in tool.LOCALES:
        _translate(tmp_path, locale, {"Done": "完成", "paid": "已支付", "%(many)s order": "%(many)s 筆訂單"})
    return tmp_path


def _translate(folder: Path, locale: str, words: dict[str, str]) -> None:
    path = folder / "locale" / locale / "LC_MESSAGES" / "django.po"
    lines = path.read_text().splitlines()
    for index, line in enumerate(lines):
        text = line.removeprefix('msgid "').removesuffix('"')
        if line.startswith('msgid "') and text in words:
            place = next(n for n in range(index, len(lines)) if lines[n].startswith("msgstr"))
            lines[place] = f'{lines[place].split(" ")[0]} "{words[text]}"'
    path.write_text("\n".join(lines) + "\n")


def test_a_complete_folder_has_no_gaps(tool: ModuleType, folder: Path) -> None:
    assert tool.check(folder) == []
    tool.compile_(folder)
    assert len(list(folder.glob("locale/*/LC_MESSAGES/django.mo"))) == 2


def test_extracting_again_keeps_what_was_translated(tool: ModuleType, folder: Path) -> None:
    before = {path: path.read_text() for path in folder.glob("locale/**/*.po")}
    tool.extract(folder)
    assert {path: path.read_text() for path in folder.glob("locale/**/*.po")} == before


def test_a_changed_text_must_be_extracted(tool: ModuleType, folder: Path) -> None:
    (folder / "views.py").write_text(MODULE.replace("Done", "Finished"))
    assert tool.check(folder) == [
        f"{locale}: {fault}"
        for locale in tool.LOCALES
        for fault in ("not extracted: 'Finished'", "no longer used: 'Done'")
    ]


def test_an_untranslated_text_is_named(tool: ModuleType, folder: Path) -> None:
    _translate(folder, "ja", {"paid": ""})
    assert tool.check(folder) == ["ja: not translated: 'paid'"]


def test_a_lost_placeholder_is_named(tool: ModuleType, folder: Path) -> None:
    _translate(folder, "zh_Hant", {"%(many)s order": "很多筆訂單"})
    assert tool.check(folder) == ["zh_Hant: placeholders differ: '%(many)s order'"]


def test_a_fuzzy_translation_is_named(tool: ModuleType, folder: Path) -> None:
    path = folder / "locale" / "ja" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Done"', '#, fuzzy\nmsgid "Done"'))
    assert tool.check(folder) == ["ja: fuzzy: 'Done'"]


def test_blocks_are_trimmed(tool: ModuleType, folder: Path) -> None:
    page = folder / "templates" / "page.html"
    page.write_text(TEMPLATE.replace("trimmed ", ""))
    assert tool.check(folder)[0] == f"{page}: blocktranslate without trimmed"
