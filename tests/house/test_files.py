"""Rules about what is in the repository besides Python."""

import re

from tests.house.sources import HOUSE, ROOT, product, tracked

# Read by others, or only between our own processes: nobody sets these by hand.
NOT_OURS = {
    "DJANGO_SETTINGS_MODULE",
    "CONTENT_LENGTH",
    "HTTP_X_LINE_SIGNATURE",
    "PATH_INFO",
    "REQUEST_METHOD",
}
_READS = re.compile(r"(?:environ(?:\.get\(|\.setdefault\(|\[)|_flag\()\s*\"([A-Z_]+)\"")
_MACHINE = re.compile(
    r"(?:^|[\s\"'=(:])(?:/work/|/root/|/home/[a-z]|/Users/[a-z])"
    r"|https?://[^\s\"')]*(?:/simple/?\b|artifactory|nexus|codeartifact)|https?://registry\.",
    re.M,
)
_SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{30,}")
_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.I)
_STYLE = re.compile(r"<style\b|\sstyle\s*=", re.I)
_HANDLER = re.compile(r"<[a-z][^>{}]*\son[a-z]+\s*=", re.I)


def test_every_setting_of_the_environment_is_documented() -> None:
    read = {name for source in product() for name in _READS.findall(source.text)} - NOT_OURS
    told = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    assert {"DATABASE_URL", "PLUSONE_DATA", "PORT"} <= read
    assert {name for name in read if name not in told} == set()


def test_no_machine_paths_registries_or_keys_in_the_repository() -> None:
    found = {}
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore") if path.stat().st_size < 2_000_000 else ""
        if breaches := _MACHINE.findall(text) + _SECRET.findall(text):
            found[path.relative_to(ROOT).as_posix()] = breaches[:3]
    found.pop("tests/house/test_files.py", None)
    assert found == {}


def test_nothing_made_is_kept() -> None:
    made = (".mo", ".pyc", ".sqlite3", ".log")
    assert [path.name for path in tracked() if path.suffix in made] == []


def test_templates_have_nothing_inline() -> None:
    found = {}
    for path in HOUSE.rglob("templates/**/*.html"):
        text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(), flags=re.S)
        if breaches := _SCRIPT.findall(text) + _STYLE.findall(text) + _HANDLER.findall(text):
            found[path.relative_to(HOUSE).as_posix()] = breaches
    assert found == {}


def test_this_finds_what_is_inline() -> None:
    assert _SCRIPT.search("<script>go()</script>")
    assert not _SCRIPT.search('<script src="/static/a.js" defer></script>')
    assert _STYLE.search('<p style="color:red">')
    assert _HANDLER.search('<a href="#" onclick="go()">')
    assert not _HANDLER.search('<a data-online="1">')


def test_no_text_is_marked_safe_in_templates() -> None:
    """What people wrote stays data: `|safe` and autoescape off have no place in pages."""
    pages = HOUSE.rglob("templates/**/*.html")
    unsafe = {
        path.relative_to(HOUSE).as_posix(): found
        for path in pages
        if (found := re.findall(r"\|\s*safe\b|autoescape off|\|\s*safeseq\b", path.read_text()))
    }
    assert unsafe == {}
