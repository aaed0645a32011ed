"""Photos for the phone page."""

from django.http import HttpRequest, HttpResponse

from plusone.simulator import photos


def media(request: HttpRequest, name: str) -> HttpResponse:
    """A photo's bytes; photos never change, so browsers may keep them."""
    try:
        data, kind = photos.load(name)
    except KeyError:
        return HttpResponse(status=404)
    headers = {"cache-control": "max-age=86400", "x-content-type-options": "nosniff"}
    return HttpResponse(data, content_type=kind, headers=headers)
