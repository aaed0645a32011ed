"""A product's pictures: add several, put them in order, take some away."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext

from plusone.base import uploads
from plusone.base.views import notices
from plusone.catalogue import actions
from plusone.catalogue.actions.pictures import MOST, Shot
from plusone.catalogue.models import Product
from plusone.catalogue.views.images import accepted, refusal, stored
from plusone.catalogue.views.products import undo_url
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page


@may("products.change")
def pictures(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """All pictures of a product; a POST adds, moves or takes one away, at once and with undo."""
    product = get_object_or_404(Product.objects.listed(), code=code)
    if request.method != "POST":
        return _shown(request, product, [], 200)
    problems = _add(request, product) if request.FILES else _rearrange(request, product)
    if problems:
        return _shown(request, product, problems, 422)
    return redirect(address(request, "console-product-pictures", product.code))


def _shown(request: TenantRequest, product: Product, problems: list[str], status: int) -> HttpResponse:
    context = {
        "product": product,
        "shots": actions.pictures.gallery(product),
        "most": MOST,
        "problems": problems,
    }
    return page(request, "catalogue/pictures.html", context, status)


def _add(request: TenantRequest, product: Product) -> list[str]:
    """Add all files that were sent, or none of them when one cannot be used; what is wrong, by file name."""
    sent = request.FILES.getlist("picture")
    if len(actions.pictures.gallery(product)) + len(sent) > MOST:
        return [gettext("A product has at most %(most)d pictures.") % {"most": MOST}]
    clean: list[uploads.CleanImage] = []
    problems = []
    for one in sent:
        try:
            clean.append(accepted(one))
        except uploads.UploadError as error:
            problems.append(f"{one.name}: {refusal(error)}")
    if not problems:
        actions.pictures.add(actor(request), product, [Shot(*stored(image)) for image in clean])
    return problems


def _rearrange(request: TenantRequest, product: Product) -> list[str]:
    image, verb = request.POST.get("image", ""), request.POST.get("verb", "")
    places = {shot.image: place for place, shot in enumerate(actions.pictures.gallery(product))}
    if image not in places:
        return []
    if verb == "drop":
        entry = actions.pictures.drop(actor(request), product, image)
        notices.leave(request, gettext("The picture was removed."), undo_url=undo_url(request, entry))
    else:
        step = {"first": -len(places), "earlier": -1, "later": 1}.get(verb, 0)
        actions.pictures.move(actor(request), product, image, places[image] + step)
    return []
