"""Stripe's bodies: forms whose names are paths, such as line_items[0][price]."""

import re
from collections.abc import Iterable
from typing import Any

from plusone.simulator.wire import Json

_PARTS = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> Json:
    """The form as an object; names with numbers become lists."""
    tree: Json = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        place = [head, *_PARTS.findall(f"[{rest}" if rest else "")]
        _put(tree, place, value)
    return {name: _listed(value) for name, value in tree.items()}


def _put(tree: Json, place: list[str], value: str) -> None:
    for part in place[:-1]:
        tree = tree.setdefault(part, {})
    tree[place[-1] or str(len(tree))] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    return list(inner.values()) if inner and all(name.isdigit() for name in inner) else inner
