"""Stripe's own pages: Checkout, the customer's portal, an invoice. The card is typed here and nowhere
else.
"""

import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from plusone.simulator.stripe import books, life, news
from plusone.simulator.stripe.books import BOOKS
from plusone.simulator.stripe.words import words
from plusone.simulator.wire import Json
from plusone.simulator.world import LOCK

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
MOST_DAYS = 400


@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, id_: str) -> HttpResponse:
    """Checkout: subscribe with a card."""
    with LOCK:
        session = BOOKS.objects.get(id_, {})
        if session.get("object") != "checkout.session" or session["status"] != "open":
            return _page(request, "closed.html", session, {"to": session.get("cancel_url")}, 410)
        problem = _subscribe(session, _card(request)) if request.method == "POST" else ""
        if session["status"] == "complete":
            return HttpResponseRedirect(str(session["success_url"]))
        price = BOOKS.objects[str(session["_price"])]
        told = {
            "problem": problem,
            "amount": _money(price["unit_amount"], price["currency"]),
            "free_until": _day(session["_trial_end"]),
        }
        return _page(
            request, "pay.html", session, {**told, "to": session["cancel_url"]}, 402 if problem else 200
        )


def _subscribe(session: Json, number: str) -> str:
    customer = BOOKS.objects[str(session["customer"])]
    price = BOOKS.objects[str(session["_price"])]
    try:
        life.give_card(customer, number)
        made = life.subscribe(customer, price, session["_metadata"], session["_trial_end"])
    except life.Declined:
        return "declined"
    paid = "no_payment_required" if session["_trial_end"] else "paid"
    books.change(session, status="complete", payment_status=paid, subscription=made["id"], url=None)
    news.tell("checkout.session.completed", session)
    return ""


@require_http_methods(["GET", "POST"])
def portal(request: HttpRequest, id_: str) -> HttpResponse:
    """The portal: card, cancelling, open invoices; and time, which only a simulator lets one move."""
    with LOCK:
        life.pass_time()
        session = BOOKS.objects.get(id_, {})
        if session.get("object") != "billing_portal.session":
            return _page(request, "closed.html", session, {}, 410)
        problem = _do(request, session) if request.method == "POST" else ""
        if request.method == "POST" and not problem:
            done = session["flow"] and request.POST.get("do") in ("card", "cancel")
            return HttpResponseRedirect(str(session["return_url"]) if done else request.get_full_path())
        customer = BOOKS.objects[str(session["customer"])]
        told = {
            "problem": problem,
            "card": str(customer.get("_card", ""))[-4:],
            "subscriptions": [_told(one) for one in books.all_of("subscription", customer=customer["id"])],
            "invoices": [
                _bill(one) for one in books.all_of("invoice", customer=customer["id"], status="open")
            ],
            "now": _moment(books.now()),
        }
        return _page(
            request, "portal.html", session, {**told, "to": session["return_url"]}, 402 if problem else 200
        )


def _do(request: HttpRequest, session: Json) -> str:
    customer = BOOKS.objects[str(session["customer"])]
    live = [
        one for one in books.all_of("subscription", customer=customer["id"]) if one["status"] != "canceled"
    ]
    try:
        match request.POST.get("do"):
            case "card":
                life.give_card(customer, _card(request))
            case "cancel" | "keep" if live:
                life.cancel_later(live[0], request.POST["do"] == "cancel")
            case "pay":
                _pay_open(customer, request.POST.get("invoice", ""))
            case "time":
                move(float(request.POST.get("days", "0") or 0) * life.DAY)
    except (life.Declined, ValueError):
        return "declined"
    return ""


def _pay_open(customer: Json, id_: str) -> None:
    for invoice in books.all_of("invoice", customer=customer["id"], status="open"):
        if invoice["id"] == id_:
            life.pay(invoice)


def move(seconds: float) -> None:
    """Puts the clock ahead and does all that comes due on the way."""
    BOOKS.offset += max(0.0, min(seconds, MOST_DAYS * life.DAY))
    BOOKS.dirty = True
    life.pass_time()


@require_http_methods(["GET", "POST"])
def invoice(request: HttpRequest, id_: str) -> HttpResponse:
    """One invoice: to pay while it is open, with the card that is typed now."""
    with LOCK:
        found = BOOKS.objects.get(id_, {})
        if found.get("object") != "invoice":
            return _page(request, "closed.html", found, {}, 410)
        problem = ""
        if request.method == "POST" and found["status"] == "open":
            try:
                life.give_card(BOOKS.objects[str(found["customer"])], _card(request))
                life.pay(found)
            except life.Declined:
                problem = "declined"
        return _page(
            request,
            "invoice.html",
            found,
            {"problem": problem, "bill": _bill(found)},
            402 if problem else 200,
        )


def _card(request: HttpRequest) -> str:
    return "".join(request.POST.get("number", "").split())


def _told(one: Json) -> Json:
    return {
        "status": one["status"],
        "ends": _day(one["items"]["data"][0]["current_period_end"]),
        "cancels": one["cancel_at_period_end"],
        "live": one["status"] != "canceled",
    }


def _bill(one: Json) -> Json:
    return {
        "id": one["id"],
        "number": one["number"],
        "status": one["status"],
        "amount": _money(one["total"], one["currency"]),
    }


def _money(amount: object, currency: object) -> str:
    digits = int(str(amount)) if currency == "jpy" else int(str(amount)) // 100
    return f"{str(currency).upper()} {digits:,}"


def _day(moment: object) -> str:
    return _moment(moment)[:10] if moment else ""


def _moment(moment: object) -> str:
    return datetime.datetime.fromtimestamp(int(str(moment)), datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _page(request: HttpRequest, name: str, session: Json, told: Json, status: int = 200) -> HttpResponse:
    cards = [(life.GOOD, "good"), (life.DECLINES, "declined_card"), (life.FAILS_LATER, "fails_later")]
    texts = words(session.get("locale"))
    context = {"w": texts, "cards": [(number, texts[word]) for number, word in cards], **told}
    response = render(request, f"stripe/{name}", context, status=status)
    response["Content-Security-Policy"] = POLICY
    return response
