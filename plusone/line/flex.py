"""Flex bubbles: the parts, and our two cards. Texts come translated; layout and colours are ours.

LINE draws bubbles on white, so colours are fixed: indigo for what can be tapped, grey for what is beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from plusone.line import limits, words
from plusone.line.messages import Action

Part = dict[str, Any]
Bubble = dict[str, Any]

ACCENT = "#4F46E5"
INK = "#1F2937"
MUTED = "#6B7280"
LINE_COLOR = "#E5E7EB"

# Shares of a 30 KB bubble, in UTF-16 units (at most 3 bytes of UTF-8 each): the fullest card still fits.
TITLE = 200
NOTE = 200
ROW = 120
AMOUNT = 40
MAX_NOTES = 4
MAX_ROWS = 20
MAX_BUTTONS = 4


@dataclass(frozen=True)
class Row:
    """A line of an order card: what at the left, how much at the right."""

    label: str
    amount: str


def part_text(body: str, *, limit: int = NOTE, **look: Any) -> Part:
    """A text part, wrapped. LINE refuses an empty text, so an empty one becomes a dash."""
    return {"type": "text", "text": words.clip(body, limit).strip() or "–", "wrap": True, **look}


def part_box(layout: str, contents: Sequence[Part], **look: Any) -> Part:
    """A box; `layout` is vertical, horizontal or baseline."""
    return {"type": "box", "layout": layout, "contents": list(contents), **look}


def part_image(url: str, **look: Any) -> Part:
    """A photo at a public https address."""
    return {"type": "image", "url": url, "size": "full", "aspectMode": "cover", **look}


def part_button(action: Action, *, primary: bool = False) -> Part:
    """A button; the one main action of a card is the primary one."""
    if primary:
        return {"type": "button", "style": "primary", "color": ACCENT, "height": "sm", "action": action}
    return {"type": "button", "style": "link", "color": ACCENT, "height": "sm", "action": action}


def part_line() -> Part:
    """A thin line across."""
    return {"type": "separator", "color": LINE_COLOR, "margin": "md"}


def product_card(
    *,
    title: str,
    price: str,
    notes: Sequence[str] = (),
    image_url: str | None = None,
    actions: Sequence[Action] = (),
) -> Bubble:
    """A product: photo, name, price, notes (code, stock, ...), at most four buttons, the first is primary."""
    body = [
        part_text(title, limit=TITLE, weight="bold", size="md", color=INK, maxLines=3),
        part_text(price, limit=ROW, weight="bold", size="lg", color=ACCENT, margin="sm"),
        *(part_text(note, size="sm", color=MUTED, margin="sm") for note in notes[:MAX_NOTES] if note),
    ]
    card = _bubble(body, actions)
    if image_url:
        card["hero"] = part_image(image_url, aspectRatio="1:1")
    return card


def order_card(
    *,
    heading: str,
    number: str,
    rows: Sequence[Row],
    total: Row | None = None,
    notes: Sequence[str] = (),
    actions: Sequence[Action] = (),
) -> Bubble:
    """An order: what happened, its number, what the buyer holds, the total, notes, at most four buttons.

    Past 20 rows the rest becomes one row with an ellipsis; the whole order is a tap away in the shop.
    """
    body = [
        part_text(heading, limit=TITLE, weight="bold", size="md", color=INK),
        part_text(number, limit=ROW, size="xs", color=MUTED, margin="xs"),
        part_line(),
        part_box("vertical", _rows(rows), spacing="sm", margin="md"),
    ]
    if total:
        body += [part_line(), _row(total, weight="bold", margin="md")]
    body += [part_text(note, size="sm", color=MUTED, margin="md") for note in notes[:MAX_NOTES] if note]
    return _bubble(body, actions)


def carousel(bubbles: Sequence[Bubble]) -> Part:
    """Cards side by side: as many of the first twelve as fit in 50 KB."""
    kept: list[Bubble] = []
    room = limits.CAROUSEL_BYTES - 100
    for bubble in bubbles[: limits.CAROUSEL_BUBBLES]:
        room -= words.json_size(bubble) + 1
        if room < 0:
            break
        kept.append(bubble)
    return {"type": "carousel", "contents": kept}


def _rows(rows: Sequence[Row]) -> list[Part]:
    shown = [_row(row) for row in rows[:MAX_ROWS]]
    rest = [_row(Row(words.ELLIPSIS, words.ELLIPSIS))] if len(rows) > MAX_ROWS else []
    return shown + rest or [part_text("")]


def _row(row: Row, **look: Any) -> Part:
    weight = {"weight": look["weight"]} if "weight" in look else {}
    left = part_text(row.label, limit=ROW, size="sm", color=INK, flex=5, **weight)
    right = part_text(row.amount, limit=AMOUNT, size="sm", color=INK, flex=2, align="end", **weight)
    margin = {"margin": look["margin"]} if "margin" in look else {}
    return part_box("horizontal", [left, right], spacing="md", **margin)


def _bubble(body: Sequence[Part], actions: Sequence[Action]) -> Bubble:
    bubble: Bubble = {"type": "bubble", "body": part_box("vertical", body)}
    buttons = [part_button(action, primary=place == 0) for place, action in enumerate(actions[:MAX_BUTTONS])]
    if buttons:
        bubble["footer"] = part_box("vertical", buttons, spacing="sm")
    return bubble
