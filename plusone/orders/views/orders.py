"""Orders: the list, and one order (JG11)."""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from plusone.base.views import lists
from plusone.base.views.chips import chips
from plusone.orders.actions.letters import cause_of, reader
from plusone.orders.models import OPEN, Order, OrderQuerySet, todo
from plusone.orders.views import letters, picks, words
from plusone.tenants.access import may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, page

MOST_OTHERS = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A memo in its form: what is in the field, what is stored, and why the field's text is not."""

    text: str
    stored: str
    error: str = ""


@may("orders.see")
@require_GET
def orders(request: TenantRequest, slug: str) -> HttpResponse:
    """All orders, newest first: searched as one types, by status, a page at a time."""
    search, status = picks.searched(request.GET), request.GET.get("status", "")[:14]
    found = todo.fitting(search, status).listed()
    shown = lists.cut(found, request.GET)
    is_long = bool(shown.older_url or shown.newer_url)
    context = {
        "slice": shown,
        "total": found.count() if is_long else len(shown.rows),
        "status": status,
        "statuses": words.STATUSES.items(),
        "command": secrets.token_urlsafe(12),
        "can_change": allowed(request, "orders.change"),
        "can_export": allowed(request, "orders.export"),
        "search": search,
        "filters": _filters(status, search),
        "kept": {"status": status} if status else {},
        "filtered": bool(search or status),
    }
    return page(request, "orders/orders.html", context)


@may("orders.see")
@require_GET
def order(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """One order: what is in it, for whom, where it stands, what happened to it."""
    return shown(request, get_object_or_404(_whole(), number=number))


def shown(request: TenantRequest, order: Order, draft: Draft | None = None) -> HttpResponse:
    """The order's page; 422 with the memo's draft when that could not be saved."""
    found = _whole().get(pk=order.pk) if draft else order
    to = reader(found)
    context = {
        "order": found,
        "contact": to.contact,
        "reach": to.reach,
        "causes": [found.cause, cause_of(found)],
        "offer": letters.offer(request, found),
        "can_send": allowed(request, "messages.send"),
        "can_see_messages": allowed(request, "messages.see"),
        "source": words.source(found.source, found.source_word),
        "statuses": [
            {"code": code, "word": word, "now": code == found.status} for code, word in words.STATUSES.items()
        ],
        "history": words.history(found),
        "can_change": allowed(request, "orders.change"),
        "others": _others(found),
        "memo": draft or Draft(found.memo, found.memo),
    }
    return page(request, "orders/order.html", context, 422 if draft else 200)


@may("orders.see")
@require_GET
def by_id(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """From an order's id, which a stock history knows, to its page."""
    found = get_object_or_404(Order, pk=pk)
    return redirect(address(request, "console-order", found.number))


@may("orders.see")
@require_GET
def of_customer(request: TenantRequest, slug: str, customer_id: int) -> HttpResponse:
    """A customer's newest orders, as a fragment for the customer's page."""
    found = Order.objects.filter(customer_id=customer_id).listed()
    context = {"slice": lists.cut(found, request.GET), "plain": True, "alone": True}
    return page(request, "orders/orders.html#rows", context)


def _whole() -> OrderQuerySet:
    return Order.objects.select_related("customer", "contact", "merged_into").prefetch_related("lines")


def _others(order: Order) -> list[Order]:
    """The buyer's other open orders, which can be merged with this one while it is open itself."""
    if order.status not in OPEN:
        return []
    found = Order.objects.filter(customer_id=order.customer_id, currency=order.currency).open()
    return list(found.listed().exclude(pk=order.pk)[:MOST_OTHERS])


def _filters(chosen: str, search: str) -> list[dict[str, Any]]:
    todos = {
        "overdue": gettext("Unpaid for days"),
        "differs": gettext("Payment differs"),
        "uncollected": gettext("Not collected"),
    }
    statuses = {code: capfirst(str(word)) for code, word in words.STATUSES.items()}
    named = {"": gettext("All"), "unpaid": gettext("To be paid"), **todos, **statuses}
    kept = {"q": search} if search else {}
    return chips(named, chosen, lambda code: f"?{urlencode({'status': code, **kept})}")
