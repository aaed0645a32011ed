"""Faults that the control API plants in LINE."""

import random
from dataclasses import dataclass, field

from plusone.simulator.wire import Json

API_FAULTS = ("down", "slow", "error_before", "error_after", "cut_after", "quota_empty", "rate_tiny")
WEBHOOK_FAULTS = ("duplicates", "shuffle", "batch", "late", "drop", "unknown", "no_user_id", "standby")
_SENDING = ("reply", "push", "multicast", "broadcast", "validate")
_READING = (
    "profile",
    "group",
    "content",
    "info",
    "quota",
    "webhook",
    "loading",
    "read",
    "token",
    "login",
    "liff",
)
_MENU_CALLS = ("", "_create", "_validate", "_list", "_delete", "_content", "_default", "_user", "_bulk")
_MENUS = frozenset("richmenu" + part for part in (*_MENU_CALLS, "_alias", "_alias_update", "_alias_delete"))
ENDPOINTS = frozenset(_SENDING + _READING) | _MENUS
# Faults need variety, not secrecy.
_CHANCE = random.Random()  # noqa: S311
MODES = ("close", "503")


@dataclass
class Fault:
    """One fault's switch, how often and where it strikes, and its numbers (ms, persons, calls)."""

    on: bool = False
    probability: float = 1.0
    times: int | None = None
    channel: str | None = None
    endpoints: list[str] = field(default_factory=list)
    mode: str = "close"
    delay_ms: int = 1500
    per_second: float = 1.0
    window_ms: int = 800
    size: int = 5
    wait_ms: int = 300


class BadFault(Exception):
    """A field that a fault does not have, or a value out of range."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


_COMMON = ("on", "probability", "times", "channel")
_OWN: dict[str, tuple[str, ...]] = {
    "down": ("mode",),
    "slow": ("delay_ms",),
    "rate_tiny": ("per_second",),
    "shuffle": ("window_ms",),
    "batch": ("size", "wait_ms"),
    "late": ("delay_ms",),
}
_DEFAULTS: dict[str, Json] = {"late": {"delay_ms": 3000}}


def _calm() -> dict[str, Fault]:
    return {name: Fault(**_DEFAULTS.get(name, {})) for name in API_FAULTS + WEBHOOK_FAULTS}


FAULTS = _calm()
# Names that are switched on: the hot path asks only whether this is empty.
ON: set[str] = set()


def reset() -> None:
    """Switches every fault off and sets its numbers back."""
    FAULTS.update(_calm())
    ON.clear()


def hit(name: str, channel: str | None, endpoint: str | None = None) -> Fault | None:
    """The fault if it strikes now; counts `times` down and switches it off at nothing."""
    if name not in ON:
        return None
    fault = FAULTS[name]
    if not _concerns(fault, channel, endpoint) or _CHANCE.random() >= fault.probability:
        return None
    if fault.times is not None:
        fault.times -= 1
        _settle(name)
    return fault


def _concerns(fault: Fault, channel: str | None, endpoint: str | None) -> bool:
    if fault.channel and fault.channel != channel:
        return False
    return not fault.endpoints or (endpoint or "").removesuffix("_test") in fault.endpoints


def _settle(name: str) -> None:
    fault = FAULTS[name]
    fault.on = fault.on and (fault.times is None or fault.times > 0)
    if not fault.on:
        fault.times = None
    (ON.add if fault.on else ON.discard)(name)


def fields_of(name: str) -> tuple[str, ...]:
    """The fields that the fault of this name has."""
    own = _OWN.get(name, ())
    return (*_COMMON, "endpoints", *own) if name in API_FAULTS else (*_COMMON, *own)


def show(name: str) -> Json:
    """A fault as the control API gives it."""
    return {key: getattr(FAULTS[name], key) for key in fields_of(name)}


def change(name: str, values: Json) -> None:
    """Sets fields of a fault. Raises BadFault and changes nothing when one is not right."""
    for key, value in values.items():
        if key not in fields_of(name) or not _right(key, value):
            raise BadFault(key)
    for key, value in values.items():
        setattr(FAULTS[name], key, value)
    _settle(name)


def _right(key: str, value: object) -> bool:
    match key:
        case "on":
            return isinstance(value, bool)
        case "probability":
            return _number(value) and 0 <= float(str(value)) <= 1
        case "times":
            return value is None or (_number(value) and isinstance(value, int) and value > 0)
        case "channel":
            return value is None or isinstance(value, str)
        case "endpoints":
            return isinstance(value, list) and ENDPOINTS.issuperset(map(str, value))
        case "mode":
            return value in MODES
        case "per_second":
            return _number(value) and 0 < float(str(value)) <= 100_000
        case _:
            return isinstance(value, int) and _number(value) and 0 < value <= 600_000


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
