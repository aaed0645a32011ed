"""Contact the shop: its LINE chat."""

from urllib.parse import quote

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from plusone.storefront.access import ShopRequest, open_to_all
from plusone.storefront.views.pages import page
from plusone.tenants.models import Channel

LINE_ME = "https://line.me/R"


@open_to_all
@require_safe
def contact(request: ShopRequest, slug: str) -> HttpResponse:
    """Open the chat with the shop's official account; from inside LINE this is one step back."""
    basic_id = Channel.objects.values_list("basic_id", flat=True).first() or ""
    chat = f"{LINE_ME}/oaMessage/{quote(basic_id, safe='')}/" if basic_id else ""
    friend = f"{LINE_ME}/ti/p/{quote(basic_id, safe='')}" if basic_id else ""
    return page(
        request, "storefront/contact.html", {"basic_id": basic_id, "chat_url": chat, "friend_url": friend}
    )
