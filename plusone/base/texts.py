"""Translations: only .po files are kept; gettext's .mo files are made here when they are older."""

import os
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_all() -> int:
    """Compile what is older than its source, in the product and the simulator;
    returns how many files were made.
    """
    stale = [path for path in ROOT.glob("**/locale/*/LC_MESSAGES/*.po") if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _compile(path: Path) -> None:
    """Put the file there whole: others may be reading it, and gettext keeps what it read for good."""
    unfinished = path.with_suffix(f".{os.getpid()}")
    polib.pofile(str(path)).save_as_mofile(str(unfinished))
    unfinished.replace(path.with_suffix(".mo"))


def _is_stale(path: Path) -> bool:
    made = path.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < path.stat().st_mtime
