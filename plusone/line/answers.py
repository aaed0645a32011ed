"""What LINE answers, as values. Readers are tolerant: a missing or odd field becomes empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Sent:
    """LINE has accepted a send. Ids and quote tokens are in the order of the request's messages.

    `already`: an earlier call with the same retry key was the one accepted, as `accepted_request_id`.
    Multicast names no messages; a message without a quote token has "" in its place.
    """

    request_id: str
    accepted_request_id: str | None = None
    message_ids: tuple[str, ...] = ()
    quote_tokens: tuple[str, ...] = ()
    already: bool = False


@dataclass(frozen=True)
class Profile:
    user_id: str
    display_name: str
    picture_url: str = ""
    status_message: str = ""
    language: str = ""


@dataclass(frozen=True)
class GroupSummary:
    group_id: str
    name: str
    picture_url: str = ""


@dataclass(frozen=True)
class LiffApp:
    """A LIFF app of a Login channel: where its pages are and what they may ask."""

    liff_id: str
    endpoint: str
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    data: bytes
    content_type: str


@dataclass(frozen=True)
class BotInfo:
    """`user_id` is the `destination` of this channel's webhooks; `chat_mode` is "chat" or "bot"."""

    user_id: str
    basic_id: str
    premium_id: str
    display_name: str
    picture_url: str
    chat_mode: str
    mark_as_read_mode: str


@dataclass(frozen=True)
class WebhookEndpoint:
    url: str
    active: bool


@dataclass(frozen=True)
class WebhookTest:
    """What LINE saw when it called the webhook. `reason` is OK, COULD_NOT_CONNECT, REQUEST_TIMEOUT, ..."""

    success: bool
    status_code: int
    reason: str
    detail: str
    timestamp: str


@dataclass(frozen=True)
class IssuedToken:
    token: str
    expires_in: int

    def __repr__(self) -> str:
        return f"IssuedToken(expires_in={self.expires_in})"


@dataclass(frozen=True)
class TokenInfo:
    """Which channel a token belongs to; `expires_in` is seconds, 0 for one that never expires."""

    channel_id: str
    expires_in: int
    scope: str


def words(answer: Json, name: str) -> str:
    """The named text, or ""."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def number(answer: Json, name: str) -> int:
    """The named whole number, or 0."""
    value = answer.get(name)
    return value if isinstance(value, int) else 0


def profile(answer: Json) -> Profile:
    """A person, as LINE describes a friend or a member of a group."""
    return Profile(
        user_id=words(answer, "userId"),
        display_name=words(answer, "displayName"),
        picture_url=words(answer, "pictureUrl"),
        status_message=words(answer, "statusMessage"),
        language=words(answer, "language"),
    )


def group_summary(answer: Json) -> GroupSummary:
    """A group's name and picture."""
    return GroupSummary(words(answer, "groupId"), words(answer, "groupName"), words(answer, "pictureUrl"))


def liff_apps(answer: Json) -> tuple[LiffApp, ...]:
    """The LIFF apps of a list; what is no app is left out."""
    listed = answer.get("apps")
    apps = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(map(_liff_app, apps))


def _liff_app(app: Json) -> LiffApp:
    view, scopes = app.get("view"), app.get("scope")
    endpoint = words(view, "url") if isinstance(view, dict) else ""
    granted = [each for each in scopes if isinstance(each, str)] if isinstance(scopes, list) else []
    return LiffApp(words(app, "liffId"), endpoint, tuple(granted))


def bot_info(answer: Json) -> BotInfo:
    """The official account behind a token."""
    return BotInfo(
        user_id=words(answer, "userId"),
        basic_id=words(answer, "basicId"),
        premium_id=words(answer, "premiumId"),
        display_name=words(answer, "displayName"),
        picture_url=words(answer, "pictureUrl"),
        chat_mode=words(answer, "chatMode"),
        mark_as_read_mode=words(answer, "markAsReadMode"),
    )


def webhook_test(answer: Json) -> WebhookTest:
    """The result of LINE's test call."""
    return WebhookTest(
        success=answer.get("success") is True,
        status_code=number(answer, "statusCode"),
        reason=words(answer, "reason"),
        detail=words(answer, "detail"),
        timestamp=words(answer, "timestamp"),
    )


def sent(answer: Json, request_id: str, accepted_request_id: str | None = None) -> Sent:
    """An accepted send; `accepted_request_id` is given when an earlier call was the accepted one."""
    listed = answer.get("sentMessages")
    messages = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return Sent(
        request_id=request_id,
        accepted_request_id=accepted_request_id,
        message_ids=tuple(words(message, "id") for message in messages),
        quote_tokens=tuple(words(message, "quoteToken") for message in messages),
        already=accepted_request_id is not None,
    )
