"""Cells that a spreadsheet would run as a formula, made inert, and back (OWASP ASVS 1.2.10)."""

import re

# A tab or a return before the sign is skipped by Excel; the wide signs are read like the narrow ones by
# East Asian versions.
_DANGER = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """The text with an apostrophe before it when it begins like a formula, whatever apostrophes it has."""
    return f"'{text}" if _DANGER.match(text) else text


def freed(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
