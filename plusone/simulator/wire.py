"""JSON as LINE writes it."""

import json
from typing import Any

Json = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; characters outside ASCII are written as they are, as LINE does in webhooks."""
    return _ENCODER.encode(value).encode("utf-8", "surrogatepass")
