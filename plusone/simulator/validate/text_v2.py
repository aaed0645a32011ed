"""Text messages (v2): braces, what stands in their place, and whom a chat lets the account mention."""

import re
from collections.abc import Collection
from typing import Any

from plusone.simulator.validate.fields import Problems, check_choice, check_text
from plusone.simulator.wire import Json

MOST_OBJECTS, MOST_OF_A_KIND = 100, 20
_KEY = re.compile(r"[0-9a-zA-Z_]{1,20}")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_USER = re.compile(r"U[0-9a-f]{32}")


def check_substitution(problems: Problems, at: str, message: Json) -> None:
    """Braces in pairs, each name in them with its mention or emoji; real braces are doubled."""
    given = message.get("substitution", {})
    if not isinstance(given, dict) or len(given) > MOST_OBJECTS:
        problems.add(f"{at}.substitution", f"Size must be between 0 and {MOST_OBJECTS}")
        return
    _placeholders(problems, at, str(message.get("text")), given)
    for key, value in given.items():
        path = f"{at}.substitution[{key}]"
        if not _KEY.fullmatch(key):
            problems.add(path, "Invalid substitution key")
        _object(problems, path, value)
    for kind in ("mention", "emoji"):
        if sum(isinstance(one, dict) and one.get("type") == kind for one in given.values()) > MOST_OF_A_KIND:
            problems.add(f"{at}.substitution", f"At most {MOST_OF_A_KIND} of type {kind}")


def _placeholders(problems: Problems, at: str, text: str, given: Json) -> None:
    found = list(_BRACES.finditer(text))
    if any(match[0] in ("{", "}") for match in found):
        problems.add(f"{at}.text", "Braces must be used in pairs")
    names = {match[1] for match in found if match[1] is not None}
    for name in sorted(names - given.keys()):
        problems.add(f"{at}.substitution", f"No substitution for {{{name}}}")
    for name in sorted(given.keys() - names):
        problems.add(f"{at}.substitution[{name}]", "The key is not in the text")


def _object(problems: Problems, at: str, value: Any) -> None:
    if not isinstance(value, dict):
        problems.add(at, "Must be an object")
        return
    check_choice(problems, f"{at}.type", value.get("type"), ("mention", "emoji"), required=True)
    if value.get("type") == "emoji":
        check_text(problems, f"{at}.productId", value.get("productId"), 100)
        check_text(problems, f"{at}.emojiId", value.get("emojiId"), 100)
    if value.get("type") == "mention":
        _mentionee(problems, f"{at}.mentionee", value.get("mentionee"))


def _mentionee(problems: Problems, at: str, who: Any) -> None:
    if not isinstance(who, dict):
        problems.add(at, "May not be null")
        return
    check_choice(problems, f"{at}.type", who.get("type"), ("user", "all"), required=True)
    if who.get("type") == "user" and not _USER.fullmatch(str(who.get("userId"))):
        problems.add(f"{at}.userId", "Invalid user ID")


def check_mentions(problems: Problems, at: str, message: Json, members: Collection[str] | None) -> None:
    """Mentions stand in replies and pushes to a group or room whose members they name; `members` is None for
    all other sendings and chats.
    """
    if message.get("type") != "textV2":
        return
    for key, value in message.get("substitution", {}).items():
        if value["type"] == "mention":
            _member(problems, f"{at}.substitution[{key}]", value["mentionee"], members)


def _member(problems: Problems, at: str, who: Json, members: Collection[str] | None) -> None:
    if members is None:
        problems.add(at, "Mentions can only be sent to group chats and multi-person chats")
    elif who["type"] == "user" and who["userId"] not in members:
        problems.add(f"{at}.mentionee.userId", "The user is not a member of the chat")
