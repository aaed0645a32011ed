"""The official line-bot-sdk drives the simulator and understands its webhooks."""

import io
import uuid
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    FlexContainer,
    FlexMessage,
    MarkMessagesAsReadByTokenRequest,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    SetWebhookEndpointRequest,
    ShowLoadingAnimationRequest,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.messaging import TestWebhookEndpointRequest as EndpointToTest
from linebot.v3.models.events import UnknownEvent
from linebot.v3.oauth import ApiClient as OAuthClient
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as OAuthConfiguration
from linebot.v3.webhooks import (
    FollowEvent,
    GroupSource,
    MessageEditedEvent,
    MessageEvent,
    PostbackEvent,
    StickerMessageContent,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
)
from PIL import Image

from .conftest import CHANNEL, SECRET, TOKEN, Ear, Sim


class OneHost(ApiClient):  # type: ignore[misc]
    """The SDK's blob calls name LINE's second host themselves; here both hosts are one."""

    def call_api(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["_host"] = None
        return super().call_api(*args, **kwargs)


@pytest.fixture
def api(sim: Sim) -> MessagingApi:
    return MessagingApi(ApiClient(Configuration(host=sim.url, access_token=TOKEN)))


def _parsed(ear: Ear, count: int) -> list[Any]:
    ear.wait_for(count)
    parser = WebhookParser(SECRET)
    return [e for one in ear.heard for e in parser.parse(one.raw.decode(), one.headers["x-line-signature"])]


def test_a_message_is_answered(sim: Sim, ear: Ear, api: MessagingApi) -> None:
    said = sim.say("+1")
    event = _parsed(ear, 1)[0]
    assert isinstance(event, MessageEvent)
    assert isinstance(event.message, TextMessageContent)
    assert (event.message.id, event.message.text) == (said["id"], "+1")
    assert event.source.user_id == sim.user("amy")
    text = TextMessage(text="order 1", quoteToken=event.message.quote_token)
    sent = api.reply_message(ReplyMessageRequest(replyToken=event.reply_token, messages=[text])).sent_messages
    bubble = sim.bubbles(sim.chat("amy"))[-1]
    assert (bubble["id"], bubble["body"]["text"], bubble["via"]) == (sent[0].id, "order 1", "reply")
    assert bubble["quoted"]["id"] == said["id"]


def test_push_multicast_and_their_quote_tokens(sim: Sim, api: MessagingApi) -> None:
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}}
    flex = FlexMessage(altText="card", contents=FlexContainer.from_dict(bubble))
    answer = api.push_message(PushMessageRequest(to=sim.group, messages=[flex, TextMessage(text="hi")]))
    assert [message.quote_token is not None for message in answer.sent_messages] == [True, True]
    users = [sim.user("amin"), sim.user("kenta")]
    api.multicast(MulticastRequest(to=users, messages=[TextMessage(text="sale")]))
    assert sim.bubbles(sim.chat("kenta"))[-1]["via"] == "multicast"
    assert api.get_message_quota_consumption().total_usage == 6 + 2
    assert api.get_message_quota().value == 3000


def test_a_repeated_push_conflicts(sim: Sim, api: MessagingApi) -> None:
    request = PushMessageRequest(to=sim.user("amy"), messages=[TextMessage(text="once")])
    key = str(uuid.uuid4())
    first = api.push_message_with_http_info(request, x_line_retry_key=key)
    with pytest.raises(ApiException) as caught:
        api.push_message(request, x_line_retry_key=key)
    assert caught.value.status == 409
    assert caught.value.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert caught.value.headers["x-line-request-id"] != first.headers["x-line-request-id"]


def test_profiles_and_groups(sim: Sim, api: MessagingApi) -> None:
    assert api.get_profile(sim.user("sakura")).display_name == "さくら"
    assert api.get_group_member_profile(sim.group, sim.user("lin")).display_name == "老闆 Lin"
    assert api.get_group_summary(sim.group).group_name == "團購群"
    assert api.get_group_member_count(sim.group).count == 6
    with pytest.raises(ApiException) as caught:
        api.get_group_members_ids(sim.group)
    assert caught.value.status == 403
    sim.set(verified=True)
    assert set(api.get_group_members_ids(sim.group).member_ids) == set(sim.cast["people"].values())
    assert set(api.get_followers(limit=4).user_ids) < set(sim.cast["people"].values())


def test_leaving_a_group(sim: Sim, ear: Ear, api: MessagingApi) -> None:
    api.leave_group(sim.group)
    assert ear.wait_for(1)[0]["type"] == "leave"
    with pytest.raises(ApiException) as caught:
        api.get_group_summary(sim.group)
    assert caught.value.status == 404


def test_a_photo_and_its_preview(sim: Sim, ear: Ear) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), "teal").save(out, "PNG")
    files = {"photo": ("a.png", out.getvalue(), "image/png")}
    url = f"{sim.url}/control/chats/{sim.chat('lin')}/messages"
    assert sim.http.post(url, data={"person": "lin", "type": "image"}, files=files).status_code == 200
    event = _parsed(ear, 1)[0]
    blob = MessagingApiBlob(OneHost(Configuration(host=sim.url, access_token=TOKEN)))
    assert bytes(blob.get_message_content(event.message.id)) == out.getvalue()
    preview = Image.open(io.BytesIO(bytes(blob.get_message_content_preview(event.message.id))))
    assert max(preview.size) == 240


def test_the_webhook_address(sim: Sim, ear: Ear, api: MessagingApi) -> None:
    found = api.get_webhook_endpoint()
    assert (found.endpoint, found.active) == (ear.url, True)
    tested = api.test_webhook_endpoint(EndpointToTest())
    assert (tested.success, tested.status_code, tested.reason) == (True, 200, "OK")
    assert ear.heard[0].events == []
    assert (
        WebhookParser(SECRET).parse(ear.heard[0].raw.decode(), ear.heard[0].headers["x-line-signature"]) == []
    )
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="http://127.0.0.1:9/gone"))
    gone = api.test_webhook_endpoint()
    assert (gone.success, gone.reason) == (False, "COULD_NOT_CONNECT")
    with pytest.raises(ApiException) as caught:
        api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint="http://shop.example/webhook"))
    assert caught.value.status == 400


def test_account_and_small_calls(sim: Sim, ear: Ear, api: MessagingApi) -> None:
    info = api.get_bot_info()
    assert (info.display_name, info.chat_mode) == ("小鋪", "bot")
    api.show_loading_animation(ShowLoadingAnimationRequest(chatId=sim.user("amy"), loadingSeconds=10))
    api.validate_reply(ValidateMessageRequest(messages=[TextMessage(text="x")]))
    sim.set(mark_as_read="manual")
    said = sim.say("hello")
    token = _parsed(ear, 1)[0].message.mark_as_read_token
    assert sim.call("GET", f"messages/{said['id']}")["read"] is False
    api.mark_messages_as_read_by_token(MarkMessagesAsReadByTokenRequest(markAsReadToken=token))
    assert sim.call("GET", f"messages/{said['id']}")["read"] is True


def test_every_kind_of_event_is_understood(sim: Sim, ear: Ear) -> None:
    sim.say("+1 @小鋪", chat=sim.group)
    said = sim.say("+2", chat=sim.group, quote=sim.bubbles(sim.group)[-1]["id"])
    sim.call("POST", f"messages/{said['id']}/edit", {"person": "amy", "text": "+3"})
    sim.call("POST", f"messages/{said['id']}/unsend", {"person": "amy"})
    body = {"person": "amy", "data": "day", "params": {"datetime": "2026-11-22T10:00"}}
    sim.call("POST", f"chats/{sim.chat('amy')}/postback", body)
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "blocked"})
    sim.call("PUT", f"channels/{CHANNEL}/friends/amy", {"state": "friend"})
    sticker = {"person": "kenta", "type": "sticker", "package_id": "11537", "sticker_id": "52002734"}
    sim.call("POST", f"chats/{sim.group}/messages", sticker)
    sim.fault("unknown", times=1)
    sim.say("last")
    parsed = sorted(_parsed(ear, 10), key=lambda event: event.timestamp)
    kinds = {type(event) for event in parsed}
    known = {MessageEvent, MessageEditedEvent, UnsendEvent, PostbackEvent, FollowEvent, UnfollowEvent}
    assert kinds == known | {UnknownEvent}
    first, second = parsed[:2]
    assert first.message.mention.mentionees[0].is_self is True
    assert isinstance(first.source, GroupSource)
    assert second.message.quoted_message_id == first.message.id
    edited = next(event for event in parsed if isinstance(event, MessageEditedEvent))
    assert (edited.message.id, edited.message.text) == (said["id"], "+3")
    assert edited.message.quote_token != second.message.quote_token
    assert any(isinstance(getattr(event, "message", None), StickerMessageContent) for event in parsed)


def test_tokens_are_issued_and_verified(sim: Sim) -> None:
    api = ChannelAccessToken(OAuthClient(OAuthConfiguration(host=sim.url)))
    issued = api.issue_stateless_channel_token_by_client_secret(CHANNEL, SECRET)
    assert issued.expires_in == 900
    assert sim.line("GET", "info", token=issued.access_token).status_code == 200
    verified = api.verify_channel_token(issued.access_token)
    assert verified.client_id == CHANNEL
    sim.advance(901)
    assert sim.line("GET", "info", token=issued.access_token).status_code == 401
    with pytest.raises(Exception, match="invalid client_secret"):
        api.issue_channel_token("client_credentials", CHANNEL, "wrong")
