"""What LINE would refuse in a message, found before sending. Knows the kinds of message that we build."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from plusone.line import limits, words

Json = Mapping[str, Any]


class Problem(NamedTuple):
    """`path` as LINE names a property; `found` is outside 1..`limit`, or wrong where `limit` is 0."""

    path: str
    limit: int
    found: int | str


def check(message: Json) -> list[Problem]:
    """Every limit that this text, image or Flex message breaks; empty when LINE should take it."""
    kind = message.get("type")
    checker = _CHECKERS.get(kind) if isinstance(kind, str) else None
    if checker is None:
        return [Problem("type", 0, str(kind)[:40])]
    return [*checker(message), *_quick_replies(message)]


def _text(message: Json) -> Iterator[Problem]:
    yield from _length("text", message.get("text"), limits.TEXT)


def _image(message: Json) -> Iterator[Problem]:
    for name in ("originalContentUrl", "previewImageUrl"):
        yield from _photo(name, message.get(name))


def _flex(message: Json) -> Iterator[Problem]:
    yield from _length("altText", message.get("altText"), limits.ALT_TEXT)
    contents = message.get("contents")
    if not isinstance(contents, Mapping):
        yield Problem("contents", 0, type(contents).__name__)
    elif contents.get("type") == "carousel":
        yield from _carousel(contents)
    else:
        yield from _bubble("contents", contents)


_CHECKERS: dict[str, Callable[[Json], Iterator[Problem]]] = {"text": _text, "image": _image, "flex": _flex}


def _carousel(contents: Json) -> Iterator[Problem]:
    bubbles = contents.get("contents") or []
    if not 0 < len(bubbles) <= limits.CAROUSEL_BUBBLES:
        yield Problem("contents.contents", limits.CAROUSEL_BUBBLES, len(bubbles))
    if words.json_size(contents) > limits.CAROUSEL_BYTES:
        yield Problem("contents", limits.CAROUSEL_BYTES, words.json_size(contents))
    for place, bubble in enumerate(bubbles):
        yield from _bubble(f"contents.contents[{place}]", bubble)


def _bubble(path: str, bubble: Json) -> Iterator[Problem]:
    if bubble.get("type") != "bubble":
        yield Problem(f"{path}.type", 0, str(bubble.get("type"))[:40])
    if words.json_size(bubble) > limits.BUBBLE_BYTES:
        yield Problem(path, limits.BUBBLE_BYTES, words.json_size(bubble))
    yield from _parts(path, bubble)


def _parts(path: str, part: Json) -> Iterator[Problem]:
    if part.get("type") == "text":
        yield from _length(f"{path}.text", part.get("text"), limits.BUBBLE_BYTES)
    if part.get("type") == "image":
        yield from _photo(f"{path}.url", part.get("url"))
    if isinstance(part.get("action"), Mapping):
        yield from _action(f"{path}.action", part["action"], limits.FLEX_LABEL_GRAPHEMES)
    for name in ("header", "hero", "body", "footer"):
        if isinstance(part.get(name), Mapping):
            yield from _parts(f"{path}.{name}", part[name])
    if part.get("type") == "box":
        for place, inner in enumerate(part.get("contents") or []):
            yield from _parts(f"{path}.contents[{place}]", inner)


def _quick_replies(message: Json) -> Iterator[Problem]:
    items = (message.get("quickReply") or {}).get("items") or []
    if len(items) > limits.QUICK_REPLIES:
        yield Problem("quickReply.items", limits.QUICK_REPLIES, len(items))
    for place, item in enumerate(items):
        path = f"quickReply.items[{place}].action"
        yield from _action(path, item.get("action") or {}, limits.QUICK_REPLY_LABEL_GRAPHEMES)


def _action(path: str, action: Json, label: int) -> Iterator[Problem]:
    yield from _graphemes(f"{path}.label", action.get("label"), label)
    kind = action.get("type")
    if kind == "postback":
        yield from _length(f"{path}.data", action.get("data"), limits.POSTBACK_DATA)
        if "displayText" in action:
            yield from _graphemes(f"{path}.displayText", action["displayText"], limits.DISPLAY_TEXT_GRAPHEMES)
    elif kind == "message":
        yield from _graphemes(f"{path}.text", action.get("text"), limits.MESSAGE_ACTION_GRAPHEMES)
    elif kind == "uri":
        yield from _address(f"{path}.uri", action.get("uri"), limits.ACTION_URI, limits.ACTION_URI_SCHEMES)
    else:
        yield Problem(f"{path}.type", 0, str(kind)[:40])


def _photo(path: str, url: object) -> Iterator[Problem]:
    yield from _address(path, url, limits.IMAGE_URL, frozenset({"https"}))


def _address(path: str, url: object, limit: int, schemes: frozenset[str]) -> Iterator[Problem]:
    yield from _length(path, url, limit)
    scheme = str(url).partition(":")[0].lower()
    if scheme not in schemes:
        yield Problem(path, 0, scheme[:40])


def _length(path: str, value: object, limit: int) -> Iterator[Problem]:
    found = words.units(value) if isinstance(value, str) else 0
    if not 0 < found <= limit:
        yield Problem(path, limit, found)


def _graphemes(path: str, value: object, limit: int) -> Iterator[Problem]:
    found = words.count(value) if isinstance(value, str) else 0
    if not 0 < found <= limit:
        yield Problem(path, limit, found)
