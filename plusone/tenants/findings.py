"""What a check found: codes and facts; the sentences are in templates/tenants/finding.txt."""

from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Literal

Level = Literal["ok", "unknown", "warning", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `unknown` is what LINE lets nobody read; its sentence says where to look."""

    code: str
    level: Level
    facts: dict[str, Any] = made(default_factory=dict)
