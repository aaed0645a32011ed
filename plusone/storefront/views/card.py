"""The buyer's member card (會員卡): name, number, and a code that the team scans when handing out."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from plusone.base import qr
from plusone.customers.models import Contact
from plusone.storefront.access import ShopRequest, buyer_of, buyers_only
from plusone.storefront.views.pages import page, site


@buyers_only
@require_safe
def card(request: ShopRequest, slug: str) -> HttpResponse:
    """The code opens the team's page about this customer; to anybody else it opens a sign-in."""
    contact = Contact.objects.prefetch_related("customer").get(pk=buyer_of(request).contact_id)
    customer = contact.customer
    look_up = f"{site(request)}{reverse('console-card', args=[slug])}?card={customer.card.hex}"
    context = {
        "name": customer.name or contact.display_name,
        "number": customer.card_number,
        "since": customer.joined_at,
        "qr": qr.draw(look_up),
    }
    return page(request, "storefront/member_card.html", context)
