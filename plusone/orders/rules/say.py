"""An understanding as the message that is understood as the same: what a quick reply or a button sends."""

from collections.abc import Callable
from typing import Final, Literal

from plusone.orders.rules.edits import edit_lines
from plusone.orders.rules.terms import Choice, Intent, Item, Understanding

Language = Literal["zh-Hant", "ja", "en"]
_WORDS: Final[dict[Language, dict[str, str]]] = {
    "zh-Hant": {"reserve": "幫我留", "change": "改", "cancel": "取消", "all": "取消全部", "history": "履歷"},
    "ja": {
        "reserve": "取り置き",
        "change": "変更",
        "cancel": "キャンセル",
        "all": "キャンセル 全て",
        "history": "購入履歴",
    },
    "en": {
        "reserve": "reserve",
        "change": "change to",
        "cancel": "cancel",
        "all": "cancel all",
        "history": "history",
    },
}


def say(understanding: Understanding, language: Language = "zh-Hant") -> str:
    """The canonical text of an understanding, "" for none, ask and error (see `say_choice`). Read in strict
    mode on the same shelf it gives the same intent, items and edit; `confirm` only for a cancellation, as an
    order that was to be confirmed is clear once it is said like this."""
    if understanding.edit:
        return "\n".join((understanding.subject, *edit_lines(understanding.edit)))
    words = _WORDS[language]
    if understanding.intent == "history":
        return words["history"]
    if understanding.intent == "cancel" and not understanding.items:
        return words["all"]
    return _say_items(understanding.intent, understanding.items, words)


def say_choice(understanding: Understanding, choice: Choice, language: Language = "zh-Hant") -> str:
    """The whole message that answers a question with one of its choices, the rest of the message included."""
    return _say_items(understanding.aim, (choice.item, *understanding.items), _WORDS[language])


def _say_items(intent: Intent, items: tuple[Item, ...], words: dict[str, str]) -> str:
    say_item = _SAY.get(intent)
    return ", ".join(say_item(item, words) for item in items) if say_item else ""


def _thing(item: Item) -> str:
    return " ".join((item.code, *item.options))


def _reserve(item: Item, words: dict[str, str]) -> str:
    return f"{words['reserve']} {_thing(item)} +{item.quantity}"


_SAY: Final[dict[Intent, Callable[[Item, dict[str, str]], str]]] = {
    "order": lambda item, words: f"{_thing(item)} +{item.quantity}",
    "reserve": _reserve,
    "change": lambda item, words: f"{_thing(item)} {words['change']} {item.quantity}",
    "reduce": lambda item, words: f"{_thing(item)} -{item.quantity}",
    "cancel": lambda item, words: f"{words['cancel']} {_thing(item)}",
}
