"""Pictures that people sent us, under names that nobody can guess."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest

from plusone.base import uploads

YEAR = 365 * 86400


def stored(request: HttpRequest, name: str) -> FileResponse:
    """A stored picture; a name's content never changes. Sandboxed, so that no browser would run it."""
    try:
        file = uploads.open_stored(settings.FILES, name)
    except uploads.NoSuchFile as error:
        raise Http404 from error
    kind = "image/jpeg" if name.endswith(".jpg") else "application/octet-stream"
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
