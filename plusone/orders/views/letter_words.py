"""The words of letters to buyers: ours in three languages, the shop's own, and what fills their marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from plusone.base.templatetags.money import amount_text
from plusone.base.templatetags.texts import one_line
from plusone.orders.models import Letter, Order
from plusone.orders.rules import letters
from plusone.tenants.models import Tenant

LANGUAGES = {"zh-hant": "中文", "ja": "日本語", "en": "English"}
NAMES: dict[str, str | Promise] = {
    "purchased": _("Order confirmed"),
    "please_pay": _("Please pay"),
    "paid": _("Payment received"),
    "shipped": _("Shipped"),
    "cancelled": _("Sold out, sorry"),
    "ask": _("Please contact us"),
}
WORDS: dict[str, str | Promise] = {
    "purchased": _(
        "Hello {name}, your order is confirmed. Thank you!\n\nOrder {number}\n{items}\nTotal {total}\n\n"
        "{shop}"
    ),
    "please_pay": _(
        "Hello {name}, your order is ready to be paid.\n\nOrder {number}\n{items}\nTotal {total}\n\n"
        "Please reply here once you have paid.\n{shop}"
    ),
    "paid": _(
        "Hello {name}, we have received {total} for order {number}. We are packing it now, thank you!\n{shop}"
    ),
    "shipped": _(
        "Hello {name}, your order is on its way!\n\nOrder {number}\n{items}\nTracking number {tracking}\n\n"
        "{shop}"
    ),
    "cancelled": _(
        "Hello {name}, we are sorry: we could not get the goods for order {number}, so it is cancelled. "
        "You do not need to pay anything.\n{items}\n{shop}"
    ),
    "ask": _("Hello {name}, we have a question about your order {number}. Please reply here.\n{shop}"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind of letter in one language; `own` when the shop wrote them."""

    kind: str
    language: str
    text: str
    own: bool


def name(kind: str) -> str:
    """What a kind of letter is called; free words have no kind."""
    return str(NAMES[kind]) if kind in NAMES else gettext("Own words")


def words(kind: str, language: str) -> Words:
    """The shop's own words of this kind, else ours, with the marks as the language calls them."""
    own = Letter.objects.filter(kind=kind, language=language).first()
    return Words(
        kind, language, letters.written(own.text if own else ours(kind, language), language), own is not None
    )


def ours(kind: str, language: str) -> str:
    """Our words of this kind in a language, with marks under their stored names."""
    with translation.override(language):
        return str(WORDS[kind])


def language_of(code: str) -> str:
    """Which of our three languages a reader of LINE's language code gets."""
    short = code.lower().replace("_", "-").split("-")[0]
    return {"zh": "zh-hant", "ja": "ja"}.get(short, "en")


def values(order: Order, tenant: Tenant, language: str) -> dict[str, str]:
    """What the marks stand for in a letter about this order; what people wrote stays on one line."""
    return values_of([order], tenant, language)


def values_of(orders: Sequence[Order], tenant: Tenant, language: str) -> dict[str, str]:
    """The same for one letter about several orders of one buyer: their numbers, all their items, the sum."""
    lines = [line for order in orders for line in order.lines.all() if line.quantity]
    totals: dict[str, int] = {}
    for order in orders:
        totals[order.currency] = totals.get(order.currency, 0) + order.total
    tracking = dict.fromkeys(one_line(order.tracking_number) for order in orders if order.tracking_number)
    with translation.override(language):
        comma = gettext(", ")
    return {
        "name": one_line(orders[0].customer.name),
        "number": comma.join(order.number for order in orders),
        "items": "\n".join(
            f"・{one_line(f'{line.name} {line.variant_label}')} ×{line.quantity}" for line in lines
        ),
        "total": comma.join(amount_text(total, currency, language) for currency, total in totals.items()),
        "tracking": comma.join(tracking),
        "shop": one_line(tenant.name),
    }
