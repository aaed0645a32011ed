"""The choices above a list: one of them is chosen, each has an address."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise


def chips(named: Mapping[str, str | Promise], chosen: str, url: Callable[[str], str]) -> list[dict[str, Any]]:
    """Each choice's label, address and whether it is chosen, as parts/filter_bar.html shows them."""
    return [{"label": label, "url": url(code), "active": code == chosen} for code, label in named.items()]
