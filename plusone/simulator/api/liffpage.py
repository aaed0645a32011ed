"""What a LIFF page asks LINE for through the SDK: its context, sending into the chat, sharing."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse

from plusone.simulator.api.browser import browser_endpoint, holder
from plusone.simulator.api.endpoint import answer, json_object, raw_body
from plusone.simulator.api.errors import Refusal, invalid
from plusone.simulator.api.me import user_of
from plusone.simulator.grants import Access
from plusone.simulator.logins import REGISTRY
from plusone.simulator.play import talk
from plusone.simulator.play.errors import NotNow
from plusone.simulator.validate import problems_of
from plusone.simulator.wire import Json
from plusone.simulator.world import WORLD, Chat

SDK = Path(__file__).resolve().parent.parent / "static" / "liff" / "sdk.js"
KINDS = ("text", "sticker", "image", "video", "audio", "location", "template", "flex")
_CONTEXT = {"user": "utou", "group": "group", "room": "room"}


@browser_endpoint("liff", "GET")
def sdk(request: HttpRequest) -> HttpResponse:
    """The stand-in for LINE's LIFF SDK."""
    headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(SDK.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


@browser_endpoint("liff", "GET")
def context(request: HttpRequest, liff: str) -> HttpResponse:
    """Where the page was opened, as whom, with which rights."""
    access = _in_app(request, liff)
    app = REGISTRY.apps[liff]
    chat = WORLD.chats.get(access.chat)
    return answer(
        {
            "type": _CONTEXT[chat.kind] if chat else "none",
            "userId": user_of(access),
            "liffId": liff,
            "viewType": app.size,
            "endpointUrl": app.endpoint,
            "permanentLinkPattern": "concat",
            "scope": list(access.scopes),
            "availability": {"shareTargetPicker": {"permission": app.share_picker, "minVer": "10.3.0"}},
        }
    )


def _in_app(request: HttpRequest, liff: str) -> Access:
    access = holder(request)
    if access.liff != liff or liff not in REGISTRY.apps:
        raise Refusal(404, "not found")
    return access


@browser_endpoint("liff", "POST")
def send(request: HttpRequest) -> HttpResponse:
    """Messages go into the chat from which the page was opened, as the person's own."""
    access = holder(request, "chat_message.write")
    chat = WORLD.chats.get(access.chat)
    if chat is None or access.person not in chat.people:
        raise Refusal(403, "user doesn't grant required permissions yet")
    _say(chat, access, json_object(raw_body(request)))
    return answer({})


def _say(chat: Chat, access: Access, body: Json) -> None:
    problems = problems_of(body)
    if problems:
        raise invalid(problems)
    for message in body["messages"]:
        if message["type"] not in KINDS:
            raise Refusal(400, "message type is not allowed in LIFF")
    try:
        for message in body["messages"]:
            talk.say_from_page(chat, access.person, message)
    except NotNow as error:
        raise Refusal(403, error.code) from error


@browser_endpoint("liff", "GET")
def targets(request: HttpRequest) -> HttpResponse:
    """Whom the person can share with: the groups they are in."""
    access = holder(request)
    mine = [chat for chat in WORLD.chats.values() if chat.kind != "user" and access.person in chat.people]
    return answer({"targets": [{"id": chat.id, "name": chat.name} for chat in mine]})


@browser_endpoint("liff", "POST")
def share(request: HttpRequest) -> HttpResponse:
    """Messages go to the targets that the person picked."""
    access = holder(request)
    if not (access.liff in REGISTRY.apps and REGISTRY.apps[access.liff].share_picker):
        raise Refusal(403, "shareTargetPicker is not enabled")
    body = json_object(raw_body(request))
    chats = [WORLD.chats.get(str(id_)) for id_ in body.get("targets") or []]
    chosen = [chat for chat in chats if chat and access.person in chat.people]
    if not chosen or len(chosen) != len(chats):
        raise Refusal(400, "targets is invalid")
    for chat in chosen:
        _say(chat, access, body)
    return answer({})
