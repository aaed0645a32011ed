"""Add and edit a product (JG04)."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plusone.base import uploads
from plusone.base.views import notices
from plusone.catalogue import actions, rules
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft
from plusone.catalogue.views import product_form
from plusone.catalogue.views.images import accepted, refusal, stored
from plusone.catalogue.views.product_form import ProductForm, VariantRows
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

if TYPE_CHECKING:
    from plusone.catalogue.views.product_form import Rows

_MEANWHILE = _(
    "Someone else changed this product while you had it open. What you entered is still here: "
    "look at the product in another tab, then save again to put yours over theirs."
)


@may("products.change")
def add(request: TenantRequest, slug: str) -> HttpResponse:
    """A new product; its code is given when it is saved."""
    return _form_page(request, None)


@may("products.change")
def edit(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Change everything about a product but its code."""
    return _form_page(request, get_object_or_404(Product.objects.listed(), code=code))


def _form_page(request: TenantRequest, product: Product | None) -> HttpResponse:
    if request.method == "POST":
        return _submitted(request, product)
    draft = actions.draft_of(product) if product else ProductDraft(name="", price=None)
    form, rows = product_form.filled(draft, product.version if product else None)
    return _shown(request, product, form, rows, 200)


def _submitted(request: TenantRequest, product: Product | None) -> HttpResponse:
    form, rows = ProductForm(request.POST, request.FILES), VariantRows(request.POST)
    if form.is_valid() and rows.is_valid():
        picture = _picture(form)
        saved = _save(request, product, form, rows) if not form.errors else None
        if saved:
            if picture:
                actions.set_picture(actor(request), saved, *stored(picture))
            return _done(request, saved, is_new=product is None)
    return _shown(request, product, form, rows, 422)


def _shown(
    request: TenantRequest, product: Product | None, form: ProductForm, rows: "Rows", status: int
) -> HttpResponse:
    context = {
        "product": product,
        "form": form,
        "version": _version(product, form),
        "rows": rows,
        "row_problems": _row_problems(rows),
        "categories": [name for name, _count in Product.objects.listed().by_category()],
    }
    return page(request, "catalogue/product.html", context, status)


def _version(product: Product | None, form: ProductForm) -> object:
    """The version the form stands on: once told of another's change, the person saves over it knowingly."""
    return product.version if product and form.has_error("__all__", "meanwhile") else form["version"].value()


def _save(request: TenantRequest, product: Product | None, form: ProductForm, rows: "Rows") -> Product | None:
    draft = product_form.draft(form, rows, _stocks(product))
    try:
        if product is None:
            return actions.put_up(actor(request), draft)
        return actions.change(actor(request), product, draft, version=form.cleaned_data["version"])
    except actions.BadProduct as error:
        product_form.tell(form, error.problems)
    except actions.ChangedMeanwhile:
        form.add_error(None, ValidationError(_MEANWHILE, code="meanwhile"))
    return None


def _stocks(product: Product | None) -> dict[int, int]:
    """What each variant has now, its row locked, so that nothing is sold between reading and storing."""
    held = actions.lock(product_form.known(product))
    return {pk: rules.UNLIMITED if variant.left is None else variant.left for pk, variant in held.items()}


def _picture(form: ProductForm) -> uploads.CleanImage | None:
    """The uploaded picture made clean; a sentence at its field for each way it can be refused."""
    sent = form.cleaned_data.get("picture")
    if not isinstance(sent, UploadedFile):
        return None
    try:
        return accepted(sent)
    except uploads.UploadError as error:
        form.add_error("picture", refusal(error))
    return None


def _done(request: TenantRequest, product: Product, *, is_new: bool) -> HttpResponse:
    named = {"name": product.name, "code": product.code}
    said = (
        gettext("“%(name)s” was added. Its code is %(code)s.")
        if is_new
        else gettext("“%(name)s” (%(code)s) was saved.")
    )
    notices.leave(request, said % named)
    return redirect(address(request, "console-products"))


def _row_problems(rows: "Rows") -> list[str]:
    """What is wrong in the rows, with their number, for the top of the form."""
    if not rows.is_bound:
        return []
    found = [str(error) for error in rows.non_form_errors()]
    for number, row in enumerate(rows, start=1):
        for errors in row.errors.values():
            found += [
                gettext("Option %(number)d: %(problem)s") % {"number": number, "problem": e} for e in errors
            ]
    return found
