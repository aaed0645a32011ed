"""Stripe's part of the control API: where its webhooks go, how they come, its clock, what it sent."""

from django.http import HttpRequest

from plusone.simulator.control.door import control, number, optional_text
from plusone.simulator.stripe import books, news, pages
from plusone.simulator.stripe.books import BOOKS
from plusone.simulator.wire import Json

FLAGS = ("twice", "reversed", "down")


@control("GET", "PUT")
def account(request: HttpRequest, body: Json) -> Json:
    """The account: key, webhook address and secret, and whether events come twice, reversed, or nothing
    answers.
    """
    for name in ("key", "webhook_url", "webhook_secret"):
        if (value := optional_text(body, name)) is not None:
            setattr(BOOKS, name, value)
    for name in FLAGS:
        if name in body:
            setattr(BOOKS, name, body[name] is True)
    BOOKS.dirty = True
    return {"webhook_url": BOOKS.webhook_url, **{name: getattr(BOOKS, name) for name in FLAGS}}


@control("GET", "POST")
def clock(request: HttpRequest, body: Json) -> Json:
    """Reads the clock, or moves it ahead and does what comes due."""
    if request.method == "POST":
        pages.move(number(body, "advance", 0, 400 * 86_400))
    return {"now": books.now(), "offset": BOOKS.offset}


@control("GET")
def events(request: HttpRequest, body: Json) -> Json:
    """Every event made, oldest first, and every delivery: [event id, type, status]."""
    return {
        "events": BOOKS.events,
        "sent": [list(one) for one in news.OFFICE.sent],
        "waiting": len(news.OFFICE.waiting),
    }


@control("GET")
def objects(request: HttpRequest, body: Json, kind: str) -> Json:
    """All objects of a kind, newest first."""
    return {"objects": [books.shown(thing) for thing in books.all_of(kind)]}
