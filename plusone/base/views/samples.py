"""What the styleguide shows in its parts: made-up shop data as each language's shops would have it."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

Texts = dict[str, Any]


def texts_of(language: str) -> Texts:
    """The made-up texts of a language, from templates/styleguide/samples.json."""
    texts: dict[str, Texts] = json.loads((settings.ROOT / "templates/styleguide/samples.json").read_text())
    return texts[language]


def orders(texts: Texts, now: datetime) -> list[dict[str, Any]]:
    """A row for each status, from a moment ago to last year."""
    ages = (0.2, 12, 190, 60 * 30, 60 * 24 * 40, 60 * 24 * 400)
    states = ("not_purchased", "purchased", "paid", "shipped", "cancelled", "other")
    return [
        {
            "number": f"A1B2-20261122-{index:04d}",
            "status": status,
            "total": 990 * index**3,
            "placed_at": now - timedelta(minutes=minutes),
            "title": texts["long"] if index % 2 == 0 else texts["product"],
        }
        for index, (status, minutes) in enumerate(zip(states, ages, strict=True), start=1)
    ]


def moments(texts: Texts, now: datetime) -> list[dict[str, Any]]:
    """A history with someone, something and a loss."""
    words, who = texts["moments"], texts["customer"]
    return [
        {"what": words[0], "who": who, "when": now - timedelta(minutes=4)},
        {
            "what": words[1],
            "detail": "SF1234567890TW",
            "who": who,
            "when": now - timedelta(minutes=5),
        },
        {"what": words[2], "lost": True, "when": now - timedelta(hours=3)},
        {"what": words[3], "detail": "+3", "who": who, "when": now - timedelta(hours=3)},
    ]


def messages(texts: Texts) -> list[dict[str, Any]]:
    """LINE messages: a text with quick replies, a Flex card, a sticker."""
    buttons = {"items": [{"action": {"label": texts["reply"]}}, {"action": {"label": "+1"}}]}
    body = [
        _text(texts["product"], weight="bold", size="lg"),
        {"type": "separator"},
        _text(texts["price"], align="end"),
    ]
    button = {"type": "button", "style": "primary", "action": {"label": texts["order"]}}
    card = {"type": "bubble", "body": _box(body), "footer": _box([button])}
    return [
        {"type": "text", "text": texts["first"]},
        {"type": "sticker"},
        {"type": "flex", "altText": texts["product"], "contents": card},
        {"type": "text", "text": texts["answer"], "quickReply": buttons},
    ]


def _text(words: str, **look: str) -> dict[str, str]:
    return {"type": "text", "text": words, **look}


def _box(contents: list[Any]) -> dict[str, Any]:
    return {"type": "box", "layout": "vertical", "contents": contents}
