"""The simulator's control API, as the storm asks it."""

import json
import urllib.request
from typing import Any

PAGE = 20_000


def ask(line: str, method: str, path: str, body: Any = None) -> Any:
    """One call to the control API of the simulator at `line`; the JSON it answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - our own simulator
        f"{line}/control/{path}", data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def accepted(line: str, channel_id: str) -> list[dict[str, Any]]:
    """Everything that LINE accepted from this account, oldest first."""
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = ask(line, "GET", f"accepted?channel={channel_id}&after={after}&limit={PAGE}")
        found += page["accepted"]
        if not page["more"]:
            return found


def plant(line: str, faults: dict[str, dict[str, Any]]) -> None:
    """Switch these faults on, with these fields."""
    for name, fields in faults.items():
        ask(line, "PUT", f"faults/{name}", {"on": True, **fields})


def calm(line: str) -> None:
    """Switch all faults off."""
    ask(line, "POST", "faults/reset", {})
