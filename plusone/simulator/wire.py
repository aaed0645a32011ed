"""JSON as LINE writes it."""

import json
import re
from typing import Any

Json = dict[str, Any]
_HALF = re.compile("[\ud800-\udfff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; characters outside ASCII are written as they are, as LINE does in webhooks. Half a
    surrogate pair is no text in UTF-8 and becomes the replacement character.
    """
    return _HALF.sub("\ufffd", _ENCODER.encode(value)).encode()
