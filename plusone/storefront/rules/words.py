"""Words that come in by an address: the place a link was shared, the page to go on to."""

import unicodedata

LONGEST = 40


def source_word(text: str) -> str:
    """What the shop calls the place where it put a link, such as “OpenChat 一群”: one line, 40 characters."""
    shown = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[:200])
    return " ".join(shown.split())[:LONGEST].strip()


def within(path: str, home: str, otherwise: str) -> str:
    """The path when it leads to a page below `home` on this site, else `otherwise`: no door to elsewhere."""
    # The browser reads a backslash as a slash and drops tabs and line breaks; ".." climbs out.
    odd = any(letter in path for letter in "\\\t\r\n\0") or ".." in path or "//" in path
    return path if path.startswith(home) and not odd and len(path) < 500 else otherwise
