"""What people might write where a name, a note or a word is asked for (P36): 250 texts and more that stay
data. payloads.json holds HTML, scripts, attributes, template braces, JSON and textV2, formulas, line
breaks, directions, invisible and joined characters.

Whatever would run or become an element carries a mark: a script counts up `window.canary`, an element has the
attribute `data-canary`.
"""

import json
from pathlib import Path

_LONG = [
    *(letter * 5000 for letter in ("x", "字", "&", '"', "=", "\\", ".", "-", "\u202e")),
    *(words * 1500 for words in ("a ", "字\n", "<b>", "{{", "👨‍👩‍👧‍👦")),
]
ALL: list[str] = [*json.loads((Path(__file__).parent / "payloads.json").read_text()), *_LONG]
# PostgreSQL has no zero character in texts: the product's forms refuse it, LINE's words lose it.
STORABLE = [text for text in ALL if "\0" not in text]


def fit(text: str, length: int) -> str:
    """The text as a form with this many characters would store it; never empty."""
    return text[:length].strip() or "x"
