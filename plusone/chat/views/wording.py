"""Draw a message from its facts, in its reader's language: a template for the text,
structured builders for the rest.
"""

from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from plusone.line import messages

LABELS = {
    "undo": _("Undo"),
    "cancel": _("Yes, cancel"),
    "keep": _("Keep it"),
    "wait": _("Join waiting list"),
    "unwait": _("Leave waiting list"),
}


def draw(kind: str, facts: dict[str, Any], language: str, count: int = 1) -> list[dict[str, Any]]:
    """The LINE messages for these facts: one text with its quick replies.

    `kind` names templates/say/<kind>.txt.
    """
    with translation.override(_language(language)):
        # Plain text for LINE, so nothing is escaped for HTML; what people wrote stays data, it is only filled
        # in.
        told = Context({**facts, "count": count}, autoescape=False)
        text = get_template(f"say/{kind}.txt").template.render(told).strip()  # type: ignore[attr-defined]
        replies = [_quick_reply(button) for button in facts.get("buttons", ())]
    return [messages.text(text, quick_replies=replies, quote_token=facts.get("quote") or None)]


def _quick_reply(button: dict[str, str]) -> dict[str, Any]:
    label = str(LABELS.get(button["kind"], button.get("label", "")))
    if button["kind"] == "say":
        return messages.quick_reply(label, messages.say(label, button["text"]))
    return messages.quick_reply(label, messages.postback(label, button["data"], display_text=label))


def _language(code: str) -> str:
    """Our language for one of LINE's codes (zh-TW, ja, en-US …); Chinese in any form reads traditional."""
    short = code.lower().replace("_", "-").split("-")[0]
    return {"zh": "zh-hant", "ja": "ja", "en": "en"}.get(short, "en")
