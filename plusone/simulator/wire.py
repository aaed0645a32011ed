"""JSON as LINE writes it."""

import json
from typing import Any

Json = dict[str, Any]


def dumps(value: object) -> bytes:
    """Compact UTF-8 JSON; characters outside ASCII are written as they are, as LINE does in webhooks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
