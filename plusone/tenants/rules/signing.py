"""Signing in and up: how often one may try, and what a new shop's place in addresses is called."""

import re
import unicodedata
from collections.abc import Iterator

# A window of tries by one e-mail address, and from one network address (an office shares one).
WINDOW_MINUTES = 15
TRIES_OF_ACCOUNT = 10
TRIES_FROM_ADDRESS = 60
_LONGEST = 30


def may_try(tries: int, kind: str) -> bool:
    """True while this many tries in the window, the present one included, are not too many."""
    return tries <= (TRIES_OF_ACCOUNT if kind == "account" else TRIES_FROM_ADDRESS)


def slugs(name: str, email: str) -> Iterator[str]:
    """Places in addresses for a new shop, best first, without end: from its name, else its e-mail address."""
    base = _plain(name) or _plain(email.partition("@")[0]) or "shop"
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _plain(words: str) -> str:
    """A name in small letters, digits and hyphens; nothing when too little is left to know it by."""
    folded = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:_LONGEST].strip("-")
    return plain if len(plain) >= 3 and re.search("[a-z]", plain) else ""
