"""Tell the buyers of a bulk change: words, people and cost before; how far it is and the fates after."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from plusone.base.views import notices
from plusone.base.views.chips import chips
from plusone.chat.views import fates
from plusone.chat.views.cost import Cost, cost
from plusone.chat.views.wording import draw
from plusone.customers.models import Contact
from plusone.orders.actions import bulk_letters
from plusone.orders.actions.bulk_letters import Buyer, Written
from plusone.orders.actions.letters import KIND
from plusone.orders.models import BulkChange, BulkLetter, BulkLetterItem, Order
from plusone.orders.rules.letters import FITTING, KINDS, fill, too_long
from plusone.orders.views import letter_words, words
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Channel, Tenant
from plusone.tenants.views.pages import address, page

SHOWN = 100
WHY_NOT: dict[str, str | Promise] = {
    "no_line": _("No LINE is known for this buyer."),
    "blocked": _("This buyer has blocked your LINE account."),
    "too_long": _("Their letter would be longer than 2,000 characters: write to them from the order."),
    "changed": _("Their orders have another status by now."),
    "stopped": _("Stopped before it was written."),
}


@may("messages.send")
@require_http_methods(["GET", "POST"])
def letter(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """The letter before it goes to all, and its start, which is one however often it is pressed."""
    bulk = get_object_or_404(BulkChange, pk=pk, undo_of=None)
    if request.method == "POST" and request.POST.get("kind") in KINDS:
        return _start(request, bulk, request.POST["kind"])
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else FITTING.get(bulk.status, "ask")
    buyers = _counted(bulk)
    context = {
        "bulk": bulk,
        "kind": kind,
        "name": letter_words.name(kind),
        "kinds": chips({one: letter_words.name(one) for one in KINDS}, kind, "?kind={}".format),
        "status": words.status(bulk.status),
        "sent": BulkLetter.objects.filter(bulk=bulk, kind=kind).first(),
        **buyers,
        **_priced(cost(request.tenant), buyers["reached"]),
        **_example(request, bulk, kind),
    }
    return page(request, "orders/bulk_letter.html", context)


@may("messages.send")
@require_GET
def progress(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """How far it is, who was not written to and why, and what became of the messages; `live` asks again."""
    found = get_object_or_404(BulkLetter.objects.select_related("bulk"), pk=pk)
    states = found.fates()
    moving = sum(states.get(state, 0) for state in ("ready", "leased", "retry"))
    context = {
        "letter": found,
        "title": gettext("Letters: %(name)s") % {"name": letter_words.name(found.kind)},
        "fates": [_fate(state, count) for state, count in sorted(states.items())],
        "skipped": found.done - found.said,
        "refused": _refused(found),
        "over": found.finished_at is not None and not moving,
        "stoppable": not found.stopped and (found.finished_at is None or moving or states.get("parked")),
    }
    template = "orders/bulk_letter_progress.html"
    return page(request, f"{template}#live" if "live" in request.GET else template, context)


@may("messages.send")
@require_POST
def stop(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """Write to nobody more and hold back what has not left."""
    found = get_object_or_404(BulkLetter, pk=pk)
    kept = bulk_letters.stop(found)
    said = ngettext(
        "Stopped. %(count)d message was held back.", "Stopped. %(count)d messages were held back.", kept
    )
    notices.leave(request, said % {"count": kept})
    return redirect(address(request, "console-bulk-letter-progress", pk))


def written(tenant: Tenant, kind: str, buyers: Iterable[Buyer]) -> list[Written]:
    """The words for each who can be reached, in their own language; too long ones are left out."""
    known: dict[str, str] = {}
    found = []
    for buyer in buyers:
        if bulk_letters.why_not(buyer):
            continue
        language = letter_words.language_of((buyer.contact and buyer.contact.language) or tenant.language)
        template = known.setdefault(language, letter_words.words(kind, language).text)
        text = fill(template, letter_words.values_of(buyer.orders, tenant, language))
        if text and not too_long(text):
            found.append(Written(buyer, text, language))
    return found


def _start(request: TenantRequest, bulk: BulkChange, kind: str) -> HttpResponse:
    try:
        started = bulk_letters.start(actor(request), bulk, kind)
    except bulk_letters.NotFinished:
        said = gettext("The change is still under way or was undone, so nothing was sent.")
        notices.leave(request, said, loss=True)
        return redirect(address(request, "console-bulk", bulk.pk))
    return redirect(address(request, "console-bulk-letter-progress", started.pk))


def _buyers_orders(bulk: BulkChange) -> Any:
    changed = bulk.items.filter(outcome="changed").values("order_id")
    return Order.objects.filter(pk__in=changed, status=bulk.status)


def _counted(bulk: BulkChange) -> dict[str, int]:
    """How many buyers there are, and how many of them LINE can reach."""
    customers = _buyers_orders(bulk).order_by().values("customer_id").distinct()
    contacts = Contact.objects.filter(customer_id__in=customers, blocked_at=None)
    people = customers.count()
    reached = contacts.values("customer_id").distinct().count()
    return {"people": people, "reached": reached, "unreached": people - reached}


def _priced(found: Cost, people: int) -> dict[str, Any]:
    """What it costs, and how many would have to wait for a free reply."""
    free = people if found.left is None else min(people, max(found.left - found.kept, 0))
    return {"cost": found, "pushed": free, "parked": people - free}


def _example(request: TenantRequest, bulk: BulkChange, kind: str) -> dict[str, Any]:
    """The letter to the first buyer, as LINE draws it."""
    first = _buyers_orders(bulk).select_related("customer", "contact").order_by("pk").first()
    if first is None:
        return {"preview": [], "account": ""}
    orders = list(_buyers_orders(bulk).filter(customer_id=first.customer_id).prefetch_related("lines"))
    language = letter_words.language_of((first.contact and first.contact.language) or request.tenant.language)
    template = letter_words.words(kind, language).text
    text = fill(template, letter_words.values_of(orders, request.tenant, language))
    account = Channel.objects.get().name or request.tenant.name
    return {"preview": draw(KIND, {"text": text}, language) if text else [], "account": account}


def _fate(state: str, count: int) -> dict[str, Any]:
    word, icon, look = fates.STATES[state]
    return {"word": word, "icon": icon, "look": look, "count": count}


def _refused(found: BulkLetter) -> list[dict[str, Any]]:
    rows = BulkLetterItem.objects.filter(letter=found).exclude(outcome__in=("", "said"))
    return [
        {"number": row.order.number, "who": row.customer.name, "why": WHY_NOT.get(row.outcome, row.outcome)}
        for row in rows.select_related("order", "customer").order_by("id")[:SHOWN]
    ]
