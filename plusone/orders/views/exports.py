"""Orders as a file (JG22): asked for, made by a job while one may leave, fetched by members only."""

from django import forms
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base import tables
from plusone.base.views import notices
from plusone.orders.actions import export
from plusone.orders.models import Export
from plusone.orders.views import picks
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page


class ExportForm(forms.Form):
    """Which kind of file; `command` is the form's own id."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in tables.KINDS])
    command = forms.RegexField(r"^[\w-]{16,22}$")


@may("orders.export", even_lapsed=True)
@require_POST
def start(request: TenantRequest, slug: str) -> HttpResponse:
    """Have the file made of what was picked, else of everything that fits the list's filter."""
    form, picked = ExportForm(request.POST), picks.read(request.POST)
    if not form.is_valid():
        notices.leave(
            request, gettext("This file could not be requested. Try again from the list."), loss=True
        )
        return redirect(address(request, "console-orders"))
    asked = form.cleaned_data
    wanted = export.ask(
        actor(request),
        kind=asked["kind"],
        language=get_language() or "en",
        search="" if picked.ids else picked.search,
        status="" if picked.ids else picked.status,
        picked=list(picked.ids),
        command=asked["command"],
    )
    return redirect(address(request, "console-export", wanted.pk))


@may("orders.export")
@require_GET
def progress(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, then the file; the fragment `live` asks again until it is over."""
    found = get_object_or_404(Export, pk=pk)
    context = {"export": found, "over": found.state in (Export.State.DONE, Export.State.FAILED)}
    return page(
        request, "orders/export.html#live" if "live" in request.GET else "orders/export.html", context
    )


@may("orders.export")
@require_GET
def fetch(request: TenantRequest, slug: str, pk: int) -> HttpResponseBase:
    """The file itself; not kept by caches, and gone after a day."""
    found = get_object_or_404(Export, pk=pk, state=Export.State.DONE)
    try:
        file = (export.folder() / found.file).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    with timezone.override(request.tenant.timezone):
        name = f"{request.tenant.slug}-orders-{timezone.localtime(found.created_at):%Y%m%d-%H%M}.{found.kind}"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=tables.KINDS[found.kind])
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
