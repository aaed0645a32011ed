"""Texts in three languages: `extract` updates the .po files, `compile` makes .mo, `check` finds gaps.

Reads templates with Django's own templatize and modules with ast, so that no gettext needs to be installed.
English is the source language and has no file. Product and simulator each have a folder of files.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "plusone"
FOLDERS = (PACKAGE, PACKAGE / "simulator")
LOCALES = ("zh_Hant", "ja")
HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "MIME-Version": "1.0",
    "Plural-Forms": "nplurals=1; plural=0;",
}

_CALLS = {"gettext": "m", "_": "m", "ngettext": "mp", "pgettext": "cm", "npgettext": "cmp"}
_IN_TEMPLATE = re.compile(
    r"""\b(gettext|ngettext|pgettext|npgettext|_)\(((?:\s*u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*,?)+)"""
)
_UNTRIMMED = re.compile(r"{%\s*blocktrans(?:late)?\b(?![^%]*\btrimmed\b)[^%]*%}")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str | None, str]


@dataclass
class Message:
    """One text to translate: its context, its plural, the files it stands in."""

    context: str | None
    text: str
    plural: str = ""
    files: set[str] = field(default_factory=set)


def main(arguments: list[str]) -> int:
    """Do what the one argument says for every folder and language; 1 when `check` finds something."""
    verbs: dict[str, Callable[[Path], list[str]]] = {"extract": extract, "compile": compile_, "check": check}
    if len(arguments) != 1 or arguments[0] not in verbs:
        sys.stderr.write(f"usage: messages.py {'|'.join(verbs)}\n")
        return 2
    problems = [problem for folder in FOLDERS for problem in verbs[arguments[0]](folder)]
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


def extract(folder: Path) -> list[str]:
    """Write each language's .po anew: translations kept, new texts empty, unused ones dropped."""
    messages = found(folder)
    for locale in LOCALES if messages else ():
        old = {_key(entry): entry for entry in _read(folder, locale)}
        fresh = polib.POFile(wrapwidth=110)
        fresh.metadata = {**HEADER, "Language": locale}
        fresh.extend(_entry(message, old.get(key)) for key, message in sorted(messages.items(), key=_place))
        path = _path(folder, locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.save(str(path))
    return []


def compile_(folder: Path) -> list[str]:
    """Write the .mo file beside each .po."""
    for locale in LOCALES:
        if _path(folder, locale).exists():
            _read(folder, locale).save_as_mofile(str(_path(folder, locale).with_suffix(".mo")))
    return []


def check(folder: Path) -> list[str]:
    """What is wrong: texts not extracted or unused; translations missing, fuzzy, without placeholders."""
    problems = [f"{file}: blocktranslate without trimmed" for file in _templates(folder) if _untrimmed(file)]
    messages = found(folder)
    for locale in LOCALES if messages else ():
        entries = {_key(entry): entry for entry in _read(folder, locale)}
        problems += [f"{locale}: not extracted: {text!r}" for _, text in messages.keys() - entries.keys()]
        problems += [f"{locale}: no longer used: {text!r}" for _, text in entries.keys() - messages.keys()]
        problems += [
            f"{locale}: {fault}: {entry.msgid!r}" for entry in entries.values() for fault in _faults(entry)
        ]
    return problems


def found(folder: Path) -> dict[Key, Message]:
    """Every text of the folder's templates and modules, by context and text."""
    messages: dict[Key, Message] = {}
    for path in (*_templates(folder), *_modules(folder)):
        read = _in_template if path.suffix in (".html", ".txt") else _in_module
        for message in read(path):
            known = messages.setdefault((message.context, message.text), message)
            known.plural = known.plural or message.plural
            known.files.add(path.relative_to(folder.parent).as_posix())
    return messages


def _templates(folder: Path) -> list[Path]:
    return _files(folder, "templates/**/*.html") + _files(folder, "templates/**/*.txt")


def _modules(folder: Path) -> list[Path]:
    return _files(folder, "**/*.py")


def _files(folder: Path, pattern: str) -> list[Path]:
    inner = [other for other in FOLDERS if other != folder and other.is_relative_to(folder)]
    paths = sorted(folder.glob(pattern))
    return [path for path in paths if not any(path.is_relative_to(other) for other in inner)]


def _in_template(path: Path) -> Iterator[Message]:
    for name, literals in _IN_TEMPLATE.findall(templatize(path.read_text(), origin=str(path))):
        yield _message(name, ast.literal_eval(f"({literals.rstrip(', ')},)"))


def _in_module(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and _called(node) in _CALLS:
            name = _called(node)
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if len(texts) >= len(_CALLS[name]):
                yield _message(name, tuple(str(text) for text in texts))


def _called(call: ast.Call) -> str:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return str(name).removesuffix("_lazy")


def _message(name: str, texts: tuple[str, ...]) -> Message:
    parts = dict(zip(_CALLS[name], texts, strict=False))
    return Message(parts.get("c"), parts["m"], parts.get("p", ""))


def _entry(message: Message, old: polib.POEntry | None) -> polib.POEntry:
    """The message's entry; what was translated stays, also when a plural came or went."""
    translated = (old.msgstr or old.msgstr_plural.get(0, "")) if old else ""
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context)
    entry.occurrences = [(file, "") for file in sorted(message.files)]
    flags = {"fuzzy": old is not None and old.fuzzy, "python-format": "%(" in message.text}
    entry.flags = [flag for flag, raised in flags.items() if raised]
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: translated}
    else:
        entry.msgstr = translated
    return entry


def _place(item: tuple[Key, Message]) -> tuple[str, str, str]:
    (context, text), message = item
    return min(message.files), text, context or ""


def _faults(entry: polib.POEntry) -> Iterator[str]:
    translated = entry.msgstr or entry.msgstr_plural.get(0, "")
    if entry.fuzzy:
        yield "fuzzy"
    if not translated:
        yield "not translated"
    elif _placeholders(translated) != _placeholders(entry.msgid_plural or entry.msgid):
        yield "placeholders differ"


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _untrimmed(path: Path) -> bool:
    return _UNTRIMMED.search(path.read_text()) is not None


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def _read(folder: Path, locale: str) -> polib.POFile:
    path = _path(folder, locale)
    return polib.pofile(str(path), wrapwidth=110) if path.exists() else polib.POFile()


def _path(folder: Path, locale: str) -> Path:
    return folder / "locale" / locale / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
