"""Export and import in the settings: take the whole shop home, whenever one likes, also when the plan is
over.
"""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from plusone.tenants.access import actor, may
from plusone.tenants.actions import archives as actions
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models.archive import Archive
from plusone.tenants.views.pages import address, page


@may("data.export")
@require_GET
def shown(request: TenantRequest, slug: str) -> HttpResponse:
    """What an archive holds, the button that makes one, and those of the last day."""
    return page(request, "tenants/archives.html", _facts())


@may("data.export")
@require_GET
def state(request: TenantRequest, slug: str) -> HttpResponse:
    """The list alone, asked every two seconds while one is being made."""
    return page(request, "tenants/archives.html#exports", _facts())


@may("data.export", even_lapsed=True)
@require_POST
def ask(request: TenantRequest, slug: str) -> HttpResponse:
    """Start an export; one at a time."""
    actions.ask(actor(request))
    return redirect(address(request, "console-archives"))


@may("data.export")
@require_GET
def file(request: TenantRequest, slug: str, pk: int) -> FileResponse:
    """The archive, as a file to keep."""
    archive = Archive.objects.filter(pk=pk, state=Archive.State.DONE).first()
    if archive is None:
        raise Http404
    try:
        opened = (actions.folder() / archive.name).open("rb")
    except OSError as error:
        raise Http404 from error
    actions.note_fetched(actor(request), archive)
    day = timezone.localtime(archive.created_at, timezone.get_current_timezone()).strftime("%Y%m%d-%H%M")
    response = FileResponse(opened, as_attachment=True, filename=f"{request.tenant.slug}-{day}.tar.gz")
    response["Cache-Control"] = "no-store"
    return response


def _facts() -> dict[str, Any]:
    rows = list(Archive.objects.order_by("-pk")[:10])
    return {"exports": rows, "working": any(row.state in actions.OPEN for row in rows)}
