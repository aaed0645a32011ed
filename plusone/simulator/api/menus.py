"""Rich menus: made, given a picture, read, deleted; the default of an account."""

import io

from django.http import HttpRequest, HttpResponse
from PIL import Image

from plusone.simulator import menus, photos
from plusone.simulator.api.endpoint import answer, endpoint, json_object, raw_body
from plusone.simulator.api.errors import Refusal, invalid, not_found
from plusone.simulator.menus import CABINET, Menu
from plusone.simulator.validate.menus import problems_of_menu, size_fits
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK, Channel

MOST_IMAGE_BYTES = 1024 * 1024
_KINDS = ("image/jpeg", "image/png")
_FIELDS = ("size", "selected", "name", "chatBarText", "areas")


@endpoint("richmenu_create", "POST")
def create(request: HttpRequest, channel: Channel) -> HttpResponse:
    """A new menu; at most 1,000 of an account."""
    body = _checked(request)
    with LOCK:
        if len(menus.of(channel.id)) >= menus.MOST_MENUS:
            raise Refusal(400, "The number of rich menus exceeds the limit")
        menu = menus.add(channel, {key: body[key] for key in _FIELDS})
    return answer({"richMenuId": menu.id})


@endpoint("richmenu_validate", "POST")
def validate(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Checks a menu without making it."""
    _checked(request)
    return answer({})


def _checked(request: HttpRequest) -> Json:
    body = json_object(raw_body(request))
    problems = problems_of_menu(body)
    if problems:
        raise invalid(problems)
    return body


@endpoint("richmenu_list", "GET")
def listed(request: HttpRequest, channel: Channel) -> HttpResponse:
    """All menus that were made over this API."""
    with LOCK:
        return answer({"richmenus": [_show(menu) for menu in menus.of(channel.id)]})


def menu(request: HttpRequest, menu: str) -> HttpResponse:
    """GET reads a menu, DELETE deletes it."""
    return _delete(request, menu) if request.method == "DELETE" else _get(request, menu)


@endpoint("richmenu", "GET")
def _get(request: HttpRequest, channel: Channel, menu: str) -> HttpResponse:
    with LOCK:
        return answer(_show(find(channel, menu)))


@endpoint("richmenu_delete", "DELETE")
def _delete(request: HttpRequest, channel: Channel, menu: str) -> HttpResponse:
    with LOCK:
        menus.remove(find(channel, menu))
    return answer({})


def find(channel: Channel, menu: str) -> Menu:
    """The account's menu. Raises Refusal 404."""
    found = menus.find(channel, menu)
    if found is None:
        raise Refusal(404, "richmenu not found")
    return found


def _show(menu: Menu) -> Json:
    return {"richMenuId": menu.id, **menu.body}


def content(request: HttpRequest, menu: str) -> HttpResponse:
    """GET downloads the picture, POST uploads it (LINE's second host)."""
    return _upload(request, menu) if request.method == "POST" else _download(request, menu)


@endpoint("richmenu_content", "GET")
def _download(request: HttpRequest, channel: Channel, menu: str) -> HttpResponse:
    with LOCK:
        name = find(channel, menu).image
    if not name:
        raise not_found()
    data, kind = photos.load(name)
    return HttpResponse(data, content_type=kind)


@endpoint("richmenu_content", "POST")
def _upload(request: HttpRequest, channel: Channel, menu: str) -> HttpResponse:
    """JPEG or PNG of at most 1 MB, once; another picture needs another menu."""
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() not in _KINDS:
        raise Refusal(415, "Unsupported Media Type")
    data = request.body
    if len(data) > MOST_IMAGE_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    with LOCK:
        found = find(channel, menu)
        if found.image:
            raise Refusal(400, "An image has already been uploaded to the richmenu")
        _check_picture(data, found)
        menus.set_image(found, photos.keep(data))
    return answer({})


def _check_picture(data: bytes, menu: Menu) -> None:
    """LINE names the allowed sizes; that the picture must have its menu's size is our strictness."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            size = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal(400, "The image is invalid") from error
    if not size_fits(*size) or size != (menu.body["size"]["width"], menu.body["size"]["height"]):
        raise Refusal(400, "The image size is not allowed for richmenu")


def default(request: HttpRequest) -> HttpResponse:
    """GET tells the default menu, DELETE takes it away."""
    return _no_default(request) if request.method == "DELETE" else _default(request)


@endpoint("richmenu_default", "GET")
def _default(request: HttpRequest, channel: Channel) -> HttpResponse:
    with LOCK:
        id_ = CABINET.defaults.get(channel.id)
    if id_ is None:
        raise Refusal(404, "no default richmenu")
    return answer({"richMenuId": id_})


@endpoint("richmenu_default", "DELETE")
def _no_default(request: HttpRequest, channel: Channel) -> HttpResponse:
    with LOCK:
        menus.set_default(channel, None)
    return answer({})


@endpoint("richmenu_default", "POST")
def set_default(request: HttpRequest, channel: Channel, menu: str) -> HttpResponse:
    """Everybody without an own menu sees this one from now on."""
    with LOCK:
        menus.set_default(channel, usable(channel, menu))
    return answer({})


def usable(channel: Channel, menu: str) -> Menu:
    """The account's menu with its picture. Raises Refusal 404, or 400 while the picture is missing."""
    found = find(channel, menu)
    if not found.image:
        raise Refusal(400, "must upload richmenu image before applying it to user")
    return found
