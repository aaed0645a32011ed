"""Check the lock files: they fit pyproject.toml, every line has its hashes, and no registry's address or
machine path is in them.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"https?://|file:|index-url|(?:^|\s)/\w")


def main() -> int:
    """Print what is wrong; 1 when anything is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]]
    found = _problems("requirements.lock", runtime)
    found += _problems("requirements-dev.lock", [*runtime, *project["dependency-groups"]["dev"]])
    for line in found:
        print(line)
    return 1 if found else 0


def _problems(name: str, wanted: list[str]) -> list[str]:
    text = (ROOT / name).read_text()
    locked = {_plain(match) for match in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.M)}
    missing = [
        f"{name}: {requirement} is not locked; run make lock"
        for requirement in wanted
        if _named(requirement) not in locked
    ]
    addresses = [
        f"{name}: an address or path: {line.strip()}" for line in text.splitlines() if _ADDRESS.search(line)
    ]
    entries = re.split(r"\n(?=\S)", text)
    bare = [
        f"{name}: no hash: {entry.splitlines()[0]}"
        for entry in entries
        if "==" in entry and "--hash=" not in entry
    ]
    return missing + addresses + bare


def _named(requirement: str) -> str:
    found = _NAME.match(requirement)
    return _plain(found[0]) if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
