"""LINE's Messaging API, the calls that we make. One try each: repeating is the outbox's business.

Every method raises the errors of `plusone.line.errors`: Unreachable, Unclear, RateLimited, MonthlyLimit,
BadToken, Refused (with NotFound and Gone); `reply` also ReplyTokenInvalid.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import httpcore2

from plusone.line import answers, errors, wire

Message = Mapping[str, Any]

CONTENT_SECONDS = 30.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_COMMON_HEADERS = [(b"user-agent", b"plusone"), (b"accept-encoding", b"identity")]
_JSON = (b"content-type", b"application/json")
_FORM = (b"content-type", b"application/x-www-form-urlencoded")


@dataclass(frozen=True)
class Addresses:
    """Where LINE is: `api` for calls, `data` for photos and files."""

    api: str
    data: str


LINE = Addresses(api="https://api.line.me", data="https://api-data.line.me")


class Client:
    """One official account. Cheap to make and safe for threads: addresses, a token, the process's pool."""

    def __init__(
        self, addresses: Addresses, token: str, *, pool: httpcore2.ConnectionPool | None = None
    ) -> None:
        """Raises BadToken (status 0) for a token that cannot stand in a header; httpx2 would print it."""
        if not _TOKEN.fullmatch(token):
            raise errors.BadToken(cause="Malformed")
        self._addresses = addresses
        self._pool = pool or wire.shared_pool()
        self._headers = [*_COMMON_HEADERS, (b"authorization", b"Bearer " + token.encode("ascii"))]
        self._json_headers = [*self._headers, _JSON]

    def reply(
        self, reply_token: str, messages: Sequence[Message], *, notification_disabled: bool = False
    ) -> answers.Sent:
        """Answer an event: free, once, within a minute. Raises ReplyTokenInvalid for a used or old token."""
        payload = {"replyToken": reply_token, "messages": messages, **_quiet(notification_disabled)}
        try:
            return self._send("reply", payload, retry_key=None)
        except errors.Refused as refused:
            if refused.status == 400 and "reply token" in refused.line_message.lower():
                raise errors.ReplyTokenInvalid(
                    status=400, request_id=refused.request_id, line_message=refused.line_message
                ) from None
            raise

    def push(
        self,
        to: str,
        messages: Sequence[Message],
        *,
        retry_key: UUID | None,
        notification_disabled: bool = False,
        units: Sequence[str] = (),
    ) -> answers.Sent:
        """Write to a person, group or room; each person costs quota. A retry key makes repeating safe."""
        payload = {"to": to, "messages": messages, **_quiet(notification_disabled), **_units(units)}
        return self._send("push", payload, retry_key)

    def multicast(
        self,
        to: Sequence[str],
        messages: Sequence[Message],
        *,
        retry_key: UUID | None,
        notification_disabled: bool = False,
        units: Sequence[str] = (),
    ) -> answers.Sent:
        """Write to at most 500 friends, each one costing quota; LINE names no message ids."""
        payload = {"to": list(to), "messages": messages, **_quiet(notification_disabled), **_units(units)}
        return self._send("multicast", payload, retry_key)

    def validate(self, kind: str, messages: Sequence[Message]) -> None:
        """Let LINE check messages for `kind` (reply, push, ...), unsent. Raises Refused with details."""
        self._call("POST", f"/v2/bot/message/validate/{part(kind)}", {"messages": messages})

    def profile(self, user_id: str) -> answers.Profile:
        """A friend, or somebody who wrote to us. NotFound also means: blocked us, or gave no consent."""
        return answers.profile(self._call("GET", f"/v2/bot/profile/{part(user_id)}"))

    def group_member(self, group_id: str, user_id: str) -> answers.Profile:
        """A member of a group that the account is in, friend or not."""
        return answers.profile(self._call("GET", f"/v2/bot/group/{part(group_id)}/member/{part(user_id)}"))

    def room_member(self, room_id: str, user_id: str) -> answers.Profile:
        """A member of a multi-person chat that the account is in."""
        return answers.profile(self._call("GET", f"/v2/bot/room/{part(room_id)}/member/{part(user_id)}"))

    def group_summary(self, group_id: str) -> answers.GroupSummary:
        """A group's name and picture."""
        return answers.group_summary(self._call("GET", f"/v2/bot/group/{part(group_id)}/summary"))

    def member_count(self, kind: str, chat_id: str) -> int:
        """How many people are in a group or room (`kind`), the account not counted: what a push costs."""
        answer = self._call("GET", f"/v2/bot/{part(kind)}/{part(chat_id)}/members/count")
        return answers.number(answer, "count")

    def leave_group(self, group_id: str) -> None:
        """Take the account out of a group. It cannot come back by itself."""
        self._call("POST", f"/v2/bot/group/{part(group_id)}/leave")

    def content(self, message_id: str, *, max_bytes: int) -> answers.Content:
        """The bytes of a photo, video or file that a person sent; LINE deletes it some day, fetch it soon.

        Raises NotReady (still being prepared), Gone (unsent), NotFound, ContentTooBig past `max_bytes`.
        """
        url = f"{self._addresses.data}/v2/bot/message/{part(message_id)}/content"
        answer = wire.exchange(
            self._pool, "GET", url, self._headers, max_bytes=max_bytes, seconds=CONTENT_SECONDS
        )
        if answer.status == 202:
            raise errors.NotReady(status=202, request_id=answer.request_id)
        if answer.status != 200:
            raise wire.failure(answer)
        return answers.Content(answer.body, answer.headers.get("content-type", ""))

    def bot_info(self) -> answers.BotInfo:
        """The official account itself."""
        return answers.bot_info(self._call("GET", "/v2/bot/info"))

    def quota(self) -> int | None:
        """How many persons the account may write to this month; None when there is no limit."""
        answer = self._call("GET", "/v2/bot/message/quota")
        return answers.number(answer, "value") if answers.words(answer, "type") == "limited" else None

    def consumption(self) -> int:
        """How many of them are used: LINE's own, approximate figure, messages sent by hand included."""
        return answers.number(self._call("GET", "/v2/bot/message/quota/consumption"), "totalUsage")

    def webhook_endpoint(self) -> answers.WebhookEndpoint | None:
        """Where LINE sends events, and whether the switch is on; None when no address is set."""
        try:
            answer = self._call("GET", "/v2/bot/channel/webhook/endpoint")
        except errors.NotFound:
            return None
        return answers.WebhookEndpoint(answers.words(answer, "endpoint"), answer.get("active") is True)

    def set_webhook_endpoint(self, url: str) -> None:
        """Change where LINE sends events (https, at most 500 characters). It may take LINE a minute."""
        self._call("PUT", "/v2/bot/channel/webhook/endpoint", {"endpoint": url})

    def liff_apps(self) -> tuple[answers.LiffApp, ...]:
        """The LIFF apps of a Login channel, whose own token this client must have; empty when it has none."""
        try:
            return answers.liff_apps(self._call("GET", "/liff/v1/apps"))
        except errors.NotFound:
            return ()

    def test_webhook(self, url: str | None = None) -> answers.WebhookTest:
        """Have LINE call the webhook (the one set, or `url`) and tell what it saw. At most 60 an hour."""
        answer = self._call("POST", "/v2/bot/channel/webhook/test", {"endpoint": url} if url else {})
        return answers.webhook_test(answer)

    def _send(self, kind: str, payload: Message, retry_key: UUID | None) -> answers.Sent:
        headers = self._json_headers
        if retry_key:
            headers = [*headers, (b"x-line-retry-key", str(retry_key).encode("ascii"))]
        url = f"{self._addresses.api}/v2/bot/message/{kind}"
        answer = wire.exchange(self._pool, "POST", url, headers, wire.json_bytes(payload))
        accepted_before = answer.headers.get("x-line-accepted-request-id")
        if answer.status == 409 and accepted_before:
            return answers.sent(wire.json_object(answer) or {}, answer.request_id, accepted_before)
        if not 200 <= answer.status < 300:
            raise wire.failure(answer)
        # A success without readable JSON is still a success: LINE has taken it, only the ids are lost.
        return answers.sent(wire.json_object(answer) or {}, answer.request_id)

    def _call(self, method: str, path: str, payload: Message | None = None) -> answers.Json:
        headers = self._headers if method == "GET" else self._json_headers
        content = None if method in ("GET", "DELETE") else wire.json_bytes(payload or {})
        return _object(wire.exchange(self._pool, method, self._addresses.api + path, headers, content))


def issue_stateless_token(
    addresses: Addresses,
    channel_id: str,
    channel_secret: str,
    *,
    pool: httpcore2.ConnectionPool | None = None,
) -> answers.IssuedToken:
    """A channel access token for 15 minutes. Raises BadToken or Refused when id and secret do not fit."""
    form = {
        "grant_type": "client_credentials",
        "client_id": channel_id,
        "client_secret": channel_secret,
    }
    answer = _post_form(addresses, "/oauth2/v3/token", form, pool)
    return answers.IssuedToken(answers.words(answer, "access_token"), answers.number(answer, "expires_in"))


def verify_token(
    addresses: Addresses, token: str, *, pool: httpcore2.ConnectionPool | None = None
) -> answers.TokenInfo:
    """Which channel a short- or long-lived token belongs to. Raises Refused or BadToken if not valid."""
    answer = _post_form(addresses, "/v2/oauth/verify", {"access_token": token}, pool)
    return answers.TokenInfo(
        channel_id=answers.words(answer, "client_id"),
        expires_in=answers.number(answer, "expires_in"),
        scope=answers.words(answer, "scope"),
    )


def _post_form(
    addresses: Addresses, path: str, form: Mapping[str, str], pool: httpcore2.ConnectionPool | None
) -> answers.Json:
    content = urlencode(form).encode()
    return _object(
        wire.exchange(
            pool or wire.shared_pool(), "POST", addresses.api + path, [*_COMMON_HEADERS, _FORM], content
        )
    )


def _object(answer: wire.Answer) -> answers.Json:
    if not 200 <= answer.status < 300:
        raise wire.failure(answer)
    value = wire.json_object(answer)
    if value is None:
        raise errors.Unclear(status=answer.status, request_id=answer.request_id, cause="NotAnObject")
    return value


def part(value: str) -> str:
    """One part of a path: whatever it holds, it stays one part."""
    return quote(value, safe="", errors="replace").replace(".", "%2E")


def _quiet(disabled: bool) -> dict[str, bool]:
    return {"notificationDisabled": True} if disabled else {}


def _units(units: Sequence[str]) -> dict[str, list[str]]:
    return {"customAggregationUnits": list(units)} if units else {}
