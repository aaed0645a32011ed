"""Photos that people sent: what LINE's second host serves."""

from django.http import HttpRequest, HttpResponse

from plusone.simulator import messages, photos
from plusone.simulator.api.endpoint import answer, endpoint
from plusone.simulator.api.errors import Refusal, not_found
from plusone.simulator.messages import Message
from plusone.simulator.world import LOCK, WORLD, Channel


@endpoint("content", "GET")
def content(request: HttpRequest, channel: Channel, message: str) -> HttpResponse:
    """The bytes; 202 while audio and video are being prepared (here: always), 410 when taken back."""
    return _send(_found(channel, message), preview=False)


@endpoint("content", "GET")
def preview(request: HttpRequest, channel: Channel, message: str) -> HttpResponse:
    """The small picture."""
    return _send(_found(channel, message), preview=True)


@endpoint("content", "GET")
def transcoding(request: HttpRequest, channel: Channel, message: str) -> HttpResponse:
    """How far the preparation of audio and video is."""
    return answer({"status": "succeeded" if _found(channel, message).media else "processing"})


def _found(channel: Channel, message_id: str) -> Message:
    with LOCK:
        message = messages.SHELF.by_id.get(message_id)
        chat = WORLD.chats.get(message.chat) if message else None
    if message is None or chat is None or chat.channel != channel.id or message.kind != "person":
        raise not_found()
    if message.unsent:
        raise Refusal(410, "The content is gone")
    if message.type not in ("image", "audio", "video", "file"):
        raise not_found()
    return message


def _send(message: Message, *, preview: bool) -> HttpResponse:
    if message.media is None:
        return HttpResponse(status=202)
    try:
        data, kind = photos.load(message.media, preview=preview)
    except KeyError as error:
        raise not_found() from error
    return HttpResponse(data, content_type=kind)
