"""What orders' codes are called on screen."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from plusone.base.templatetags.money import amount_text
from plusone.customers.models import Contact
from plusone.orders.models import Order, OrderChange
from plusone.orders.views import letter_words
from plusone.tenants.views import who

STATUSES: dict[str, str | Promise] = {
    "not_purchased": _("not purchased yet"),
    "purchased": _("purchased"),
    "paid": _("paid"),
    "shipped": _("shipped"),
    "cancelled": _("sold out / cancelled"),
    "other": _("other / please ask"),
}
SOURCES: dict[str, str | Promise] = {
    "chat": _("LINE chat"),
    "group": _("LINE group"),
    "liff": _("LINE shop page"),
    "share": _("shared link"),
    "console": _("console"),
    "api": _("API"),
}


def status(code: str) -> str:
    """The status as people say it."""
    return str(STATUSES.get(code, code))


def source(code: str, word: str = "") -> str:
    """Where the order came from; `word` is what the shop calls the place of a shared link."""
    return f"{SOURCES.get(code, code)}{f' ({word})' if word else ''}"


def missing(lines: Iterable[Sequence[Any]]) -> str:
    """Which pieces are gone, so that an order can't come back: (code, name, count) each."""
    told = gettext(", ").join(
        gettext("%(name)s (%(code)s): %(missing)d missing") % {"name": name, "code": code, "missing": count}
        for code, name, count in lines
    )
    said = gettext(
        "This order cannot be restored: its pieces have been sold in the meantime. "
        "%(missing)s. Raise the stock first."
    )
    return said % {"missing": told}


def history(order: Order) -> list[dict[str, Any]]:
    """The order's changes, newest first, as parts/timeline.html wants them. Three queries."""
    changes = list(order.changes.order_by("-id"))
    doers = {(change.actor_kind, change.actor) for change in changes}
    names = who.names(doers) | _contacts(doers)
    return [_moment(change, names, order.currency) for change in changes]


def _moment(change: OrderChange, names: dict[who.Doer, str], currency: str) -> dict[str, Any]:
    what, detail = _told(change, currency)
    return {
        "when": change.at,
        "who": names[change.actor_kind, change.actor],
        "what": what,
        "detail": detail,
        "lost": change.what == "status" and change.after == "cancelled",
    }


def _told(change: OrderChange, currency: str) -> tuple[str, str]:
    before, after = change.before, change.after
    match change.what:
        case "placed":
            return gettext("Order placed"), status(after)
        case "status":
            return gettext("Status changed"), f"{status(before)} → {status(after)}"
        case "quantity":
            return gettext("Quantity changed"), f"{before} → {after}"
        case "added":
            return gettext("Item added"), f"{before} {after}"
        case "line":
            return gettext("Item cancelled"), before
        case "merged":
            return gettext("Merged into order %(number)s") % {"number": after}, ""
        case "merged_in":
            return gettext("Order %(number)s merged into this one") % {"number": before}, ""
        case "unmerged":
            return gettext("Separated from order %(number)s again") % {"number": before}, status(after)
        case "unmerged_out":
            return gettext("Order %(number)s separated from this one again") % {"number": before}, ""
        case "letter":
            return gettext("Message to the buyer: %(name)s") % {"name": letter_words.name(before)}, after
        case "paid":
            return gettext("Payment settled"), f"{_amount(before, currency)} → {_amount(after, currency)}"
        case "pickup":
            return gettext("Pick-up point"), after
        case "collected":
            return (gettext("Collected"), "") if after else (gettext("Not collected after all"), "")
        case "tracking":
            return gettext("Tracking number"), after or gettext("removed")
        case _:
            return gettext("Memo"), after or gettext("removed")


def _amount(units: str, currency: str) -> str:
    return amount_text(int(units), currency, get_language() or "en")


def _contacts(doers: set[who.Doer]) -> dict[who.Doer, str]:
    ids = [int(pk) for kind, pk in doers if kind == "contact" and pk.isdigit()]
    rows = Contact.objects.filter(pk__in=ids).exclude(display_name="").values_list("pk", "display_name")
    return {("contact", str(pk)): name for pk, name in rows}
