"""Translations: only .po files are kept; gettext's .mo files are made here when they are older."""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def compile_all() -> int:
    """Compile what is older than its source, in the product and the simulator;
    returns how many files were made.
    """
    stale = [path for path in ROOT.glob("**/locale/*/LC_MESSAGES/*.po") if _is_stale(path)]
    for path in stale:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(stale)


def _is_stale(path: Path) -> bool:
    made = path.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < path.stat().st_mtime
