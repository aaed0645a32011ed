"""What this Stripe knows: its account, and every object as its API shows it. Guarded by the one LOCK of
the world.

Keys that begin with an underscore are the simulator's own and are never shown.
"""

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from plusone.simulator.wire import Json, dumps

NAME = "stripe.json"


@dataclass
class Books:
    """One account at Stripe. `address` is where it was last called,
    `offset` how far its clock is ahead, `twice` and `reversed` how webhooks come."""

    address: str = ""
    key: str = "sk_test_simulator"
    webhook_url: str = ""
    webhook_secret: str = "whsec_simulator"  # noqa: S105 - plays a secret, keeps none
    twice: bool = True
    reversed: bool = True
    down: bool = False
    offset: float = 0.0
    last_invoice: int = 0
    objects: dict[str, Json] = field(default_factory=dict)
    answered: dict[str, list[str]] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    dirty: bool = False


BOOKS = Books()


def now() -> int:
    """Seconds since 1970 by Stripe's clock."""
    return int(time.time() + BOOKS.offset)


def clear() -> None:
    """Forgets everything; webhooks go nowhere until somebody says where to."""
    vars(BOOKS).update(vars(Books()))


def add(prefix: str, kind: str, **values: object) -> Json:
    """A new object of a kind, with an id such as cus_…"""
    made: Json = {
        "id": f"{prefix}_{secrets.token_hex(12)}",
        "object": kind,
        "created": now(),
        "livemode": False,
        **values,
    }
    BOOKS.objects[str(made["id"])] = made
    BOOKS.dirty = True
    return made


def change(thing: Json, **values: object) -> None:
    """Writes fields of an object."""
    thing.update(values)
    BOOKS.dirty = True


def all_of(kind: str, **where: object) -> list[Json]:
    """Objects of a kind whose fields have these values, newest first."""
    found = [
        thing
        for thing in reversed(BOOKS.objects.values())
        if thing["object"] == kind and all(thing.get(name) == value for name, value in where.items())
    ]
    return sorted(found, key=lambda thing: -int(thing["created"]))


def shown(thing: Json) -> Json:
    """The object without what is the simulator's own."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def load(data: Path) -> None:
    """Reads what a former run left."""
    file = data / NAME
    if file.exists():
        vars(BOOKS).update({**json.loads(file.read_bytes()), "dirty": False})


def save(data: Path) -> None:
    """Writes all; the old file stays until the new one is complete."""
    BOOKS.dirty = False
    temporary = data / f"{NAME}.new"
    temporary.write_bytes(dumps(asdict(BOOKS)))
    temporary.replace(data / NAME)
