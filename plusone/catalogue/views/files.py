"""Products from a table and into one: look first, then apply it whole or not at all (JG22, P37)."""

import hashlib
from collections.abc import Iterator

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET

from plusone.base import numbers, tables
from plusone.base.views import downloads, lists, notices
from plusone.catalogue import actions
from plusone.catalogue.models import Product, ProductFile, ProductQuerySet
from plusone.catalogue.rules import ProductDraft
from plusone.catalogue.rules import sheets as rules
from plusone.catalogue.views import file_words, sheets
from plusone.catalogue.views.products import wanted
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

LIMITS = tables.Limits()
SHOWN = 100
_CHUNK = 2000


@may("products.see")
@require_GET
def export(request: TenantRequest, slug: str, kind: str) -> FileResponse:
    """The products that the list shows, as a CSV or a workbook that comes back in by the import."""
    found = wanted(request).found()
    day = numbers.local_day(numbers.database_now(), request.tenant.timezone)
    title = gettext("Products")
    return downloads.table(
        kind, f"{title}-{day:%Y%m%d}", title, sheets.header(), sheets.rows(_in_pieces(found))
    )


def _in_pieces(found: ProductQuerySet) -> Iterator[Product]:
    return found.iterator(chunk_size=_CHUNK)


@may("products.change")
@require_GET
def template(request: TenantRequest, slug: str, kind: str) -> FileResponse:
    """An empty table with the right headings and three rows that show how."""
    title = gettext("Products")
    return downloads.table(kind, f"{title}-{gettext('template')}", title, sheets.header(), sheets.sample())


@may("products.change")
def upload(request: TenantRequest, slug: str) -> HttpResponse:
    """Choose a file; what is wrong with it is told row by row and nothing of it is kept."""
    if request.method != "POST":
        return _asked(request, "", [], 200)
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile):
        return _asked(request, gettext("Please choose a file."), [], 422)
    data = sent.read(LIMITS.size + 1)
    try:
        table = tables.read(data, LIMITS)
    except tables.TableError as error:
        return _asked(request, file_words.refusal(error), [], 422)
    return _looked_at(request, str(sent.name), data, table)


def _looked_at(request: TenantRequest, name: str, data: bytes, table: tables.Table) -> HttpResponse:
    """Keep what the file would do and show it; or say what is wrong."""
    digest = hashlib.sha256(data).hexdigest()
    before = ProductFile.objects.filter(digest=digest, state=ProductFile.State.APPLIED).first()
    if before:
        notices.leave(request, file_words.applied_before(), loss=True)
        return redirect(address(request, "console-product-file", before.pk))
    match = tables.match(table.header, sheets.names())
    missing = file_words.bad_header(match)
    if missing:
        return _asked(request, missing, [], 422)
    rows = [(number, match.cells(row)) for number, row in table.rows]
    standing, versions = _standing(rules.codes(rows))
    plan = rules.plan(rows, standing)
    if plan.problems:
        return _asked(request, file_words.problems_found(plan.problems), _told(plan.problems), 422)
    kept = actions.files.keep(
        actor(request),
        plan.products,
        versions,
        name=name,
        digest=digest,
        encoding=table.encoding,
        unknown=match.unknown,
        same=plan.same,
    )
    return redirect(address(request, "console-product-file", kept.pk))


def _standing(codes: set[str]) -> tuple[dict[str, ProductDraft], dict[str, tuple[int, int]]]:
    """The products of these codes as drafts, and each one's id and version."""
    found = list(Product.objects.listed().filter(code__in=codes))
    return (
        {product.code: actions.draft_of(product) for product in found},
        {product.code: (product.pk, product.version) for product in found},
    )


def _told(problems: tuple[rules.Problem, ...]) -> list[dict[str, object]]:
    return [file_words.problem(one) for one in sorted(problems, key=lambda one: one.row)[:SHOWN]]


def _asked(
    request: TenantRequest, refusal: str, problems: list[dict[str, object]], status: int
) -> HttpResponse:
    applied = ProductFile.objects.filter(state=ProductFile.State.APPLIED).defer("plan").order_by("-pk")[:5]
    context = {"refusal": refusal, "problems": problems, "applied": applied, "limits": LIMITS}
    return page(request, "catalogue/upload.html", context, status)


@may("products.change")
def file(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """What the file would do, or did; a POST does it."""
    kept = get_object_or_404(ProductFile.objects.all(), pk=pk)
    if request.method == "POST":
        return _apply(request, kept)
    planned = actions.files.planned(kept)
    new = sum(one.before is None for one in planned)
    context = {
        "file": kept,
        "new": new,
        "changed": len(planned) - new,
        "rows": [file_words.row(one) for one in planned[:SHOWN]],
        "more": max(0, len(planned) - SHOWN),
        "unknown": lists.listed(",".join(str(name) for name in kept.unknown)),
    }
    return page(request, "catalogue/file.html", context)


def _apply(request: TenantRequest, kept: ProductFile) -> HttpResponse:
    try:
        done = actions.files.apply(actor(request), kept)
    except actions.files.AppliedBefore:
        notices.leave(request, file_words.applied_before(), loss=True)
        return redirect(address(request, "console-product-file", kept.pk))
    except actions.files.ChangedSince as error:
        notices.leave(request, file_words.changed_since(error.codes), loss=True)
        return redirect(address(request, "console-products-import"))
    count = len(done.plan)
    said = ngettext("%(count)d product was imported.", "%(count)d products were imported.", count)
    notices.leave(request, said % {"count": count})
    return redirect(address(request, "console-products"))
