"""What an answer tells, as plain values for the templates in templates/say/. No sentences here."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from plusone.orders.rules.rounds import NO_SEAT, Seat
from plusone.orders.rules.say import Language, say, say_choice
from plusone.orders.rules.terms import Item, Understanding

Facts = dict[str, Any]
_MOST_BUTTONS = 13


@dataclass(frozen=True, slots=True)
class TakenLine:
    """What came of one wish: `given` pieces of `asked` at `unit_price` currency units;
    `refused` is why none, or empty.
    """

    variant_id: int
    product_id: int
    code: str
    name: str
    label: str
    asked: int
    given: int
    unit_price: int
    refused: str
    seat: Seat = NO_SEAT


def taken(
    lines: Sequence[TakenLine],
    *,
    number: str,
    public_id: str,
    total: int,
    currency: str,
    reserve: bool,
    held: Mapping[int, int],
) -> Facts:
    """An order was taken: what was understood, what the buyer now holds of each product, an undo button."""
    return {
        "lines": [_line(line, held.get(line.product_id, line.given)) for line in lines],
        "number": number,
        "total": total,
        "currency": currency,
        "reserve": reserve,
        "buttons": [{"kind": "undo", "data": f"undo={public_id}"}],
    }


def nothing_given(lines: Sequence[TakenLine], zone: str) -> Facts:
    """Nothing could be given: sold out, not for sale, or not in its round's time, which is said in `zone`."""
    return {
        "error": lines[0].refused or "sold_out",
        "lines": [_line(line, 0) for line in lines],
        "subject": "",
        "buttons": _wait(lines),
        **round_times(lines[0].seat, zone),
    }


def _wait(lines: Sequence[TakenLine]) -> list[Facts]:
    """A button for the waiting list, where one thing was asked for and it is sold out."""
    if len(lines) != 1 or lines[0].refused != "sold_out":
        return []
    return [{"kind": "wait", "data": f"wait={lines[0].variant_id}x{lines[0].asked}"}]


def round_times(seat: Seat, zone: str) -> Facts:
    """The name and times of the round that a refusal is about; empty for other refusals."""
    if not seat.refused or seat.span is None:
        return {}
    opens, closes = local_time(seat.span.opens_at, zone), local_time(seat.span.closes_at, zone)
    return {"round": seat.span.name, "opens": opens, "closes": closes}


def local_time(moment: datetime.datetime, zone: str) -> str:
    """Month, day, hour and minute by the clocks of a zone: 11/25 21:00, the same in all our languages."""
    return f"{moment.astimezone(ZoneInfo(zone)):%-m/%-d %H:%M}"


def refusal(understood: Understanding, names: Mapping[str, str]) -> Facts:
    """The message was understood and can't be done: the error, what it is about, and the product's name where
    known.
    """
    code = understood.items[0].code if understood.items else understood.subject
    return {
        "error": understood.error,
        "subject": understood.subject,
        "code": code,
        "name": names.get(code, ""),
    }


def question(understood: Understanding, names: Mapping[str, str], language: Language) -> Facts:
    """Something is missing or could be read twice: what, and a quick reply for each way to go on."""
    code = understood.choices[0].item.code if understood.choices else ""
    return {
        "asked": understood.asked or "",
        "name": names.get(code, code),
        "choices": [choice.label for choice in understood.choices],
        "buttons": [
            {"kind": "say", "label": choice.label, "text": say_choice(understood, choice, language)}
            for choice in understood.choices
        ],
    }


def proposal(understood: Understanding, names: Mapping[str, str], language: Language) -> Facts:
    """What was meant is likely, not sure: proposed with a button that writes the plain command; nothing is
    done.
    """
    command = say(understood, language)
    return {
        "asked": "proposal",
        "aim": understood.intent,
        "choices": [_proposed(item, names) for item in understood.items],
        "buttons": [{"kind": "say", "label": command[:20], "text": command}],
    }


def which_quoted(found: Mapping[str, str], item: Item) -> Facts:
    """The quoted answer spoke of several products, and the message named none: one button for each."""
    most = list(found.items())[:_MOST_BUTTONS]
    return {
        "asked": "reading",
        "choices": [f"{name or code} ×{item.quantity}" for code, name in most],
        "buttons": [
            {"kind": "say", "label": name or code, "text": f"{code} +{item.quantity}"} for code, name in most
        ],
    }


def products_in(told: Mapping[str, Any]) -> dict[str, str]:
    """The products (code to name) that an answer told of, each once."""
    lines = {line.get("code", ""): line.get("name", "") for line in told.get("lines", ())}
    named = {told.get("code", ""): told.get("name", "")} | lines
    return {str(code): str(name) for code, name in named.items() if code}


def _proposed(item: Item, names: Mapping[str, str]) -> str:
    return " ".join((names.get(item.code, item.code), *item.options, f"×{item.quantity}"))


def _line(line: TakenLine, held: int) -> Facts:
    return {
        "code": line.code,
        "name": line.name,
        "label": line.label,
        "asked": line.asked,
        "given": line.given,
        "subtotal": line.given * line.unit_price,
        "refused": line.refused,
        "held": held,
    }
