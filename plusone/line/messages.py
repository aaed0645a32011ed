"""Message objects for LINE, built as structures: whatever a name or a note holds, it stays text.

Everything is clipped to LINE's limits, so that a long product name shortens a message and never refuses it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from plusone.line import limits, words

Message = dict[str, Any]
Action = dict[str, Any]
QuickReply = dict[str, Any]


def text(body: str, *, quick_replies: Sequence[QuickReply] = (), quote_token: str | None = None) -> Message:
    """A text message; with `quote_token` it quotes an earlier message of the same chat."""
    message: Message = {"type": "text", "text": words.clip(body, limits.TEXT)}
    if quote_token:
        message["quoteToken"] = quote_token
    return with_quick_replies(message, quick_replies)


def image(url: str, preview_url: str | None = None, *, quick_replies: Sequence[QuickReply] = ()) -> Message:
    """A photo at a public https address: JPEG or PNG, at most 10 MB, its preview at most 1 MB."""
    message: Message = {"type": "image", "originalContentUrl": url, "previewImageUrl": preview_url or url}
    return with_quick_replies(message, quick_replies)


def flex(alt: str, contents: Mapping[str, Any], *, quick_replies: Sequence[QuickReply] = ()) -> Message:
    """A Flex message; `alt` is what the notification and the chat list show."""
    message: Message = {
        "type": "flex",
        "altText": words.clip(alt, limits.ALT_TEXT),
        "contents": dict(contents),
    }
    return with_quick_replies(message, quick_replies)


def with_quick_replies(message: Message, quick_replies: Sequence[QuickReply]) -> Message:
    """The message with at most 13 quick replies. LINE shows those of a call's last message only."""
    if not quick_replies:
        return message
    return {**message, "quickReply": {"items": list(quick_replies[: limits.QUICK_REPLIES])}}


def quick_reply(label: str, action: Action) -> QuickReply:
    """A button above the keyboard; `label` (20 visible characters) replaces the action's own."""
    return {
        "type": "action",
        "action": {**action, "label": _label(label, limits.QUICK_REPLY_LABEL_GRAPHEMES)},
    }


def postback(label: str, data: str, *, display_text: str | None = None) -> Action:
    """Tapping sends us `data` (at most 300, never clipped: cut data would mean something else).

    `display_text` appears as the person's own bubble, without a message event. Longer data: ValueError.
    """
    if not 0 < words.units(data) <= limits.POSTBACK_DATA:
        raise ValueError(f"postback data of {words.units(data)} units")
    action: Action = {"type": "postback", "label": _label(label), "data": data}
    if display_text:
        action["displayText"] = words.clip(display_text, limits.DISPLAY_TEXT_GRAPHEMES)
    return action


def say(label: str, body: str) -> Action:
    """Tapping says `body` in the person's name: LINE's message action, an ordinary message event."""
    return {
        "type": "message",
        "label": _label(label),
        "text": words.clip(body, limits.MESSAGE_ACTION_GRAPHEMES),
    }


def open_uri(label: str, uri: str) -> Action:
    """Tapping opens an https, http, tel or line address: at most 1,000 ASCII characters, or ValueError."""
    scheme = uri.partition(":")[0].lower()
    if scheme not in limits.ACTION_URI_SCHEMES or len(uri) > limits.ACTION_URI or not uri.isascii():
        raise ValueError(f"no address for a button: scheme {scheme[:10]!r}, {len(uri)} characters")
    return {"type": "uri", "label": _label(label), "uri": uri}


def _label(label: str, limit: int = limits.FLEX_LABEL_GRAPHEMES) -> str:
    return words.clip_graphemes(label, limit).strip() or "–"
