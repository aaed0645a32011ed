"""People talk."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from plusone.simulator import messages, photos, stickers
from plusone.simulator.control.door import control, guarded, names, number, optional_text, query_number, text
from plusone.simulator.play import talk
from plusone.simulator.play.errors import BadField, Missing
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, WORLD

MOST_PHOTOS = 20
MOST_MESSAGES = 1000


def chat_messages(request: HttpRequest, chat: str) -> HttpResponse:
    """GET reads a chat; POST says something in it."""
    if request.method == "GET":
        return guarded(request, ("GET",), lambda body: _read(request, chat))
    return guarded(request, ("POST",), lambda body: _say(request, body, chat))


def _read(request: HttpRequest, chat: str) -> Json:
    after = query_number(request, "after", 0, 2**62)
    limit = query_number(request, "limit", 200, MOST_MESSAGES)
    with LOCK:
        found = messages.changed_since(chat, after, limit)
        return {"seq": WORLD.seq, "messages": messages.show_all(found)}


def _say(request: HttpRequest, body: Json, chat: str) -> Json:
    if request.content_type == "multipart/form-data":
        return _show_photos(chat, str(request.POST.get("person", "")), _uploaded(request))
    if body.get("type") == "image":
        return _show_photos(chat, text(body, "person"), _from_roll(names(body, "photos")))
    with LOCK:
        person = text(body, "person")
        room = talk.chat_of(chat, person)
        said, events = talk.say(room, person, _line_body(body), optional_text(body, "quote"))
        return {"messages": [messages.show(said)], "event_ids": events}


def _uploaded(request: HttpRequest) -> list[str]:
    files = request.FILES.getlist("photo")
    if not 1 <= len(files) <= MOST_PHOTOS:
        raise BadField("photo")
    return [photos.keep(bytes(file.read(photos.MOST_BYTES + 1))) for file in files]


def _from_roll(wanted: list[str]) -> list[str]:
    if not 1 <= len(wanted) <= MOST_PHOTOS:
        raise BadField("photos")
    for name in wanted:
        if not photos.exists(name):
            raise Missing("photo", name)
    return wanted


def _show_photos(chat: str, person: str, stored: list[str]) -> Json:
    with LOCK:
        shown, events = talk.show_photos(talk.chat_of(chat, person), person, stored)
        return {"messages": [messages.show(message) for message in shown], "event_ids": events}


def _line_body(body: Json) -> Json:
    kind = text(body, "type")
    if kind not in _BODIES:
        raise BadField("type")
    return _BODIES[kind](body)


def _text(body: Json) -> Json:
    return talk.text_body(body.get("text"), body.get("emojis"), body.get("mention"))


def _sticker(body: Json) -> Json:
    known = {sticker["sticker_id"]: sticker["keywords"] for sticker in stickers.STICKERS}
    sticker = text(body, "sticker_id")
    return {
        "type": "sticker",
        "packageId": text(body, "package_id"),
        "stickerId": sticker,
        "stickerResourceType": "STATIC",
        "keywords": known.get(sticker, []),
    }


def _location(body: Json) -> Json:
    words = {key: text(body, key) for key in ("title", "address") if body.get(key)}
    latitude, longitude = number(body, "latitude", -90, 90), number(body, "longitude", -180, 180)
    return {"type": "location", **words, "latitude": latitude, "longitude": longitude}


def _file(body: Json) -> Json:
    size = int(number(body, "file_size", 0, 2**40))
    return {"type": "file", "fileName": text(body, "file_name"), "fileSize": size}


def _clip(body: Json) -> Json:
    return {"type": body["type"], "duration": int(number(body, "duration", 1, 2**31))}


_BODIES: dict[str, Callable[[Json], Json]] = {
    "text": _text,
    "sticker": _sticker,
    "location": _location,
    "file": _file,
    "audio": _clip,
    "video": _clip,
}


@control("POST")
def postback(request: HttpRequest, body: Json, chat: str) -> Json:
    """A button is tapped, a date picked."""
    person, data = text(body, "person"), text(body, "data")
    params = body.get("params")
    if params is not None and not isinstance(params, dict):
        raise BadField("params")
    room = talk.chat_of(chat, person)
    shown, events = talk.postback(room, person, data, params, optional_text(body, "display_text"))
    return {"messages": [messages.show(message) for message in shown], "event_ids": events}


@control("POST")
def switch_menu(request: HttpRequest, body: Json, chat: str) -> Json:
    """A tab of the rich menu is tapped."""
    room = talk.chat_of(chat, text(body, "person"))
    status, events = talk.switch_menu(room, text(body, "person"), text(body, "alias"), text(body, "data"))
    return {"status": status, "event_ids": events}


@control("POST")
def read(request: HttpRequest, body: Json, chat: str) -> Json:
    """A person has opened the chat."""
    return {"read": talk.read(talk.chat_of(chat, text(body, "person")))}


@control("POST")
def unsend(request: HttpRequest, body: Json, message: str) -> Json:
    """A person takes a message back."""
    found = talk.find(message)
    events = talk.unsend(found, text(body, "person"))
    return {"message": messages.show(found), "event_ids": events}


@control("POST")
def edit(request: HttpRequest, body: Json, message: str) -> Json:
    """A person edits a text in a group."""
    found = talk.find(message)
    talk.text_body(body.get("text"))
    events = talk.edit(found, text(body, "person"), body["text"])
    return {"message": messages.show(found), "event_ids": events}
