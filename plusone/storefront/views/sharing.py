"""Share a product (分享商品): its link, where the bot can't go, such as OpenChat (JG20)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from plusone.base import qr
from plusone.catalogue.models import Product
from plusone.storefront.rules.words import source_word
from plusone.storefront.views.pages import site
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page


@may("products.see")
@require_safe
def share(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """The product's link and QR code, with the word the shop gives the place; a section of its page.

    The link is a page of ours and no LIFF address: OpenChat does not open LIFF, and a page shows its picture.
    """
    product = get_object_or_404(Product.objects.listed(), code=code)
    word = source_word(request.GET.get("word", ""))
    link = f"{site(request)}{address(request, 'shop-product', product.public_id)}?{urlencode({'via': word})}"
    context: dict[str, Any] = {
        "product": product,
        "word": word,
        "link": link,
        "qr": qr.draw(link),
        "on_sale": Product.objects.on_show().filter(pk=product.pk).exists(),
        "catalogue": f"{site(request)}{address(request, 'shop')}",
    }
    return page(request, "storefront/share.html#section", context)
