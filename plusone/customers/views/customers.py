"""Customers: the list, and one person."""

from django.db.models import Aggregate, Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from plusone.base.views import lists
from plusone.customers.models import Contact, Customer
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import page

_COUNTED = ~Q(orders__status="cancelled")


@may("customers.see")
@require_GET
def customers(request: TenantRequest, slug: str) -> HttpResponse:
    """All customers, newest first: searched by name, LINE name or LINE user ID as one types."""
    search = request.GET.get("q", "").strip()[:80]
    context = {"slice": lists.cut(_searched(_with_figures(), search), request.GET), "search": search}
    return page(request, "customers/customers.html", context)


@may("customers.see")
@require_GET
def customer(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """One customer: who they are at LINE, what they bought."""
    found = get_object_or_404(_with_figures(), pk=pk)
    contacts = list(Contact.objects.filter(customer=found).order_by("pk"))
    return page(request, "customers/customer.html", {"customer": found, "contacts": contacts})


def _with_figures() -> QuerySet[Customer]:
    """Customers with their LINE contact and their orders' figures; cancelled orders don't count."""
    contact = Contact.objects.filter(customer=OuterRef("pk")).order_by("pk")
    return Customer.objects.annotate(
        line_user_id=Subquery(contact.values("line_user_id")[:1]),
        picture_url=Subquery(contact.values("picture_url")[:1]),
        order_count=_figure(Count("orders", filter=_COUNTED)),
        order_total=Coalesce(_figure(Sum("orders__total", filter=_COUNTED)), 0),
        last_order_at=_figure(Max("orders__placed_at", filter=_COUNTED)),
    ).order_by("-pk")


def _figure(aggregate: Aggregate) -> Subquery:
    """One figure over the customer's orders, reached through the relation: orders are a higher area.

    A subquery a row, because Django would group the whole table by its id alone, which is not its key here.
    """
    own = Customer.objects.filter(pk=OuterRef("pk")).values("pk")
    return Subquery(own.annotate(figure=aggregate).values("figure"))


def _searched(found: QuerySet[Customer], words: str) -> QuerySet[Customer]:
    if not words:
        return found
    contacts = Contact.objects.filter(Q(display_name__icontains=words) | Q(line_user_id=words))
    return found.filter(Q(name__icontains=words) | Q(pk__in=contacts.values("customer_id")))
