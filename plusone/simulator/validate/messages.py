"""Message objects: text, pictures, templates, imagemaps, quick replies, sender."""

import re
from collections.abc import Callable
from typing import Any

from plusone.simulator.validate.actions import (
    IMAGE_CAROUSEL,
    IMAGEMAP,
    QUICK_REPLY,
    TEMPLATE,
    check_action,
)
from plusone.simulator.validate.fields import (
    Problems,
    check_choice,
    check_number,
    check_text,
    check_url,
    objects,
)
from plusone.simulator.validate.flex import check_flex
from plusone.simulator.validate.text_v2 import check_substitution
from plusone.simulator.wire import Json

Check = Callable[[Problems, str, Json], None]
MOST_TEXT = 5000
MOST_ALT_TEXT = 1500
MOST_QUICK_REPLIES = 13
_TRACKING = re.compile(r"[a-zA-Z0-9\-.=,+*()%$&;:@{}!?<>\[\]]*")


def check_message(problems: Problems, at: str, message: Any) -> None:
    """A message object with its quick replies and sender."""
    if not isinstance(message, dict):
        problems.add(at, "Must be an object")
        return
    check_choice(problems, f"{at}.type", message.get("type"), tuple(_CHECKS), required=True)
    check = _CHECKS.get(str(message.get("type")))
    if check:
        check(problems, at, message)
    if "quickReply" in message:
        _quick_reply(problems, f"{at}.quickReply", message["quickReply"])
    if "sender" in message:
        _sender(problems, f"{at}.sender", message["sender"])


def _quick_reply(problems: Problems, at: str, quick_reply: Any) -> None:
    items = quick_reply.get("items") if isinstance(quick_reply, dict) else None
    for path, item in objects(problems, f"{at}.items", items, 1, MOST_QUICK_REPLIES):
        check_choice(problems, f"{path}.type", item.get("type"), ("action",), required=True)
        check_url(problems, f"{path}.imageUrl", item.get("imageUrl"), required=False)
        check_action(problems, f"{path}.action", item.get("action"), QUICK_REPLY)


def _sender(problems: Problems, at: str, sender: Any) -> None:
    if not isinstance(sender, dict):
        problems.add(at, "Must be an object")
        return
    check_text(problems, f"{at}.name", sender.get("name"), 20, required=False)
    if "line" in str(sender.get("name", "")).lower():
        problems.add(f"{at}.name", "The name contains a word that cannot be used")
    check_url(problems, f"{at}.iconUrl", sender.get("iconUrl"), required=False)


def _text(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.text", message.get("text"), MOST_TEXT)
    _quote_token(problems, at, message)
    if message.get("emojis"):
        _emojis(problems, at, message)


def _quote_token(problems: Problems, at: str, message: Json) -> None:
    if not isinstance(message.get("quoteToken", ""), str):
        problems.add(f"{at}.quoteToken", "Must be a string")


def _emojis(problems: Problems, at: str, message: Json) -> None:
    text = str(message.get("text", "")).encode("utf-16-le", "surrogatepass")
    for path, emoji in objects(problems, f"{at}.emojis", message["emojis"], 0, 20):
        index = emoji.get("index")
        if not isinstance(index, int) or text[2 * index : 2 * index + 2] != b"$\0":
            problems.add(f"{path}.index", "The character at the index must be $")
        check_text(problems, f"{path}.productId", emoji.get("productId"), 100)
        check_text(problems, f"{path}.emojiId", emoji.get("emojiId"), 100)


def _text_v2(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.text", message.get("text"), MOST_TEXT)
    _quote_token(problems, at, message)
    check_substitution(problems, at, message)


def _sticker(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.packageId", message.get("packageId"), 20)
    check_text(problems, f"{at}.stickerId", message.get("stickerId"), 20)
    _quote_token(problems, at, message)


def _image(problems: Problems, at: str, message: Json) -> None:
    check_url(problems, f"{at}.originalContentUrl", message.get("originalContentUrl"))
    check_url(problems, f"{at}.previewImageUrl", message.get("previewImageUrl"))


def _video(problems: Problems, at: str, message: Json) -> None:
    _image(problems, at, message)
    tracking = message.get("trackingId")
    check_text(problems, f"{at}.trackingId", tracking, 100, required=False)
    if isinstance(tracking, str) and not _TRACKING.fullmatch(tracking):
        problems.add(f"{at}.trackingId", "Invalid characters")


def _audio(problems: Problems, at: str, message: Json) -> None:
    check_url(problems, f"{at}.originalContentUrl", message.get("originalContentUrl"))
    check_number(problems, f"{at}.duration", message.get("duration"), 1, 2**31)


def _location(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.title", message.get("title"), 100)
    check_text(problems, f"{at}.address", message.get("address"), 100)
    check_number(problems, f"{at}.latitude", message.get("latitude"), -90, 90)
    check_number(problems, f"{at}.longitude", message.get("longitude"), -180, 180)


def _imagemap(problems: Problems, at: str, message: Json) -> None:
    check_url(problems, f"{at}.baseUrl", message.get("baseUrl"))
    check_text(problems, f"{at}.altText", message.get("altText"), MOST_ALT_TEXT)
    size = message.get("baseSize")
    check_number(
        problems, f"{at}.baseSize.width", size.get("width") if isinstance(size, dict) else None, 1040, 1040
    )
    for path, action in objects(problems, f"{at}.actions", message.get("actions"), 0, 50):
        check_action(problems, path, action, IMAGEMAP)


def _coupon(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.couponId", message.get("couponId"), 200)
    check_text(problems, f"{at}.deliveryTag", message.get("deliveryTag"), 30, required=False)


def _flex(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.altText", message.get("altText"), MOST_ALT_TEXT)
    check_flex(problems, f"{at}.contents", message.get("contents"))


def _template(problems: Problems, at: str, message: Json) -> None:
    check_text(problems, f"{at}.altText", message.get("altText"), MOST_ALT_TEXT)
    template = message.get("template")
    at = f"{at}.template"
    if not isinstance(template, dict):
        problems.add(at, "May not be null")
        return
    check_choice(problems, f"{at}.type", template.get("type"), tuple(_TEMPLATES), required=True)
    check = _TEMPLATES.get(str(template.get("type")))
    if check:
        check(problems, at, template)


def _buttons(problems: Problems, at: str, template: Json) -> None:
    _titled(problems, at, template, text=160)
    for path, action in objects(problems, f"{at}.actions", template.get("actions"), 1, 4):
        check_action(problems, path, action, TEMPLATE)


def _titled(problems: Problems, at: str, part: Json, text: int) -> None:
    limit = 60 if part.get("title") or part.get("thumbnailImageUrl") else text
    check_text(problems, f"{at}.text", part.get("text"), limit, visible=True)
    check_text(problems, f"{at}.title", part.get("title"), 40, required=False, visible=True)
    check_url(problems, f"{at}.thumbnailImageUrl", part.get("thumbnailImageUrl"), required=False)
    if part.get("defaultAction") is not None:
        check_action(problems, f"{at}.defaultAction", part["defaultAction"], IMAGE_CAROUSEL)


def _confirm(problems: Problems, at: str, template: Json) -> None:
    check_text(problems, f"{at}.text", template.get("text"), 240, visible=True)
    for path, action in objects(problems, f"{at}.actions", template.get("actions"), 2, 2):
        check_action(problems, path, action, TEMPLATE)


def _carousel(problems: Problems, at: str, template: Json) -> None:
    columns = objects(problems, f"{at}.columns", template.get("columns"), 1, 10)
    for path, column in columns:
        _titled(problems, path, column, text=120)
        for action_path, action in objects(problems, f"{path}.actions", column.get("actions"), 1, 3):
            check_action(problems, action_path, action, TEMPLATE)
    if len({len(column.get("actions") or []) for _, column in columns}) > 1:
        problems.add(f"{at}.columns", "The number of actions must be the same in all columns")


def _image_carousel(problems: Problems, at: str, template: Json) -> None:
    for path, column in objects(problems, f"{at}.columns", template.get("columns"), 1, 10):
        check_url(problems, f"{path}.imageUrl", column.get("imageUrl"))
        check_action(problems, f"{path}.action", column.get("action"), IMAGE_CAROUSEL)


_TEMPLATES: dict[str, Check] = {
    "buttons": _buttons,
    "confirm": _confirm,
    "carousel": _carousel,
    "image_carousel": _image_carousel,
}

_CHECKS: dict[str, Check] = {
    "text": _text,
    "textV2": _text_v2,
    "sticker": _sticker,
    "image": _image,
    "video": _video,
    "audio": _audio,
    "location": _location,
    "imagemap": _imagemap,
    "template": _template,
    "flex": _flex,
    "coupon": _coupon,
}
