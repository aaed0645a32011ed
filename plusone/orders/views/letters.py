"""Write to the buyer from an order's page (JG17): the words, how they look, the cost, who can be reached."""

import datetime
import secrets
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from plusone.base.views import notices
from plusone.base.views.chips import chips
from plusone.chat.views.cost import cost
from plusone.chat.views.wording import draw
from plusone.orders.actions import letters
from plusone.orders.models import Order
from plusone.orders.rules.letters import FITTING, KINDS, fill, too_long
from plusone.orders.views import letter_words
from plusone.orders.views.letter_words import LANGUAGES
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.models import Channel
from plusone.tenants.views.pages import address, page

TWICE_DAYS = 2


class LetterForm(forms.Form):
    """A letter as it stands in the form; `command` is the form's own id, so that two taps send one letter."""

    kind = forms.ChoiceField(choices=[("", ""), *((kind, kind) for kind in KINDS)], required=False)
    language = forms.ChoiceField(choices=list(LANGUAGES.items()))
    command = forms.RegexField(r"^[\w-]{16,22}$")
    text = forms.CharField(
        label=_("Message"),
        widget=forms.Textarea(attrs={"rows": 9}),
        error_messages={"required": _("There is nothing to send yet: please write a few words.")},
    )

    def clean_text(self) -> str:
        """At most what a person reads in a chat."""
        text = str(self.cleaned_data["text"])
        if too_long(text):
            raise forms.ValidationError(
                gettext("A message has at most 2,000 characters. Shorten it, please.")
            )
        return text


@may("messages.send")
@require_http_methods(["GET", "POST"])
def letter(request: TenantRequest, slug: str, number: str) -> HttpResponse:
    """The letter before it goes, and its sending."""
    order = get_object_or_404(_orders(), number=number)
    to = letters.reader(order)
    language = _language(request, to)
    if request.method == "POST":
        form = LetterForm(request.POST)
        if form.is_valid() and _send(request, order, form):
            return redirect(f"{address(request, 'console-order', number)}#letters")
        return page(request, "orders/letter.html", _context(request, order, to, language, form), 422)
    kind = request.GET.get("kind", FITTING.get(order.status, ""))
    kind = kind if kind in KINDS else ""
    text = letter_words.words(kind, language).text if kind else ""
    filled = fill(text, letter_words.values(order, request.tenant, language))
    form = LetterForm(
        initial={"kind": kind, "language": language, "text": filled, "command": secrets.token_urlsafe(12)}
    )
    return page(request, "orders/letter.html", _context(request, order, to, language, form))


@may("messages.send")
@require_POST
def preview(request: TenantRequest, slug: str) -> HttpResponse:
    """The words of the form as LINE draws them, while one types."""
    text = request.POST.get("text", "").replace("\x00", "")
    return page(request, "orders/letter.html#preview", _preview(request, text, "en"))


def offer(request: TenantRequest, order: Order) -> dict[str, str] | None:
    """The letter that fits the order's status, for a page that just changed it."""
    kind = FITTING.get(order.status, "")
    if not kind or "offer" not in request.GET:
        return None
    url = f"{address(request, 'console-order-letter', order.number)}?kind={kind}"
    return {"url": url, "name": letter_words.name(kind)}


def _orders() -> Any:
    return Order.objects.select_related("customer", "contact").prefetch_related("lines")


def _language(request: TenantRequest, to: letters.Reader) -> str:
    asked = request.POST.get("language") or request.GET.get("language", "")
    own = to.contact.language if to.contact and to.contact.language else request.tenant.language
    return asked if asked in LANGUAGES else letter_words.language_of(own)


def _send(request: TenantRequest, order: Order, form: LetterForm) -> bool:
    asked = form.cleaned_data
    try:
        letters.send(
            actor(request),
            order,
            asked["text"],
            kind=asked["kind"],
            language=asked["language"],
            command=asked["command"],
        )
    except letters.Unreachable:
        form.add_error(None, gettext("Nothing was sent: this buyer cannot be reached over LINE."))
        return False
    notices.leave(request, gettext("The message is on its way; you can follow it below."))
    return True


def _context(
    request: TenantRequest, order: Order, to: letters.Reader, language: str, form: LetterForm
) -> dict[str, Any]:
    kind, text = str(form["kind"].value() or ""), str(form["text"].value() or "")
    since = timezone.now() - datetime.timedelta(days=TWICE_DAYS)
    return {
        "order": order,
        "form": form,
        "reach": to.reach,
        "cost": cost(request.tenant),
        "kinds": chips(
            {code: letter_words.name(code) for code in ("", *KINDS)},
            kind,
            lambda code: f"?language={language}&kind={code}",
        ),
        "languages": chips(LANGUAGES, language, lambda code: f"?kind={kind}&language={code}"),
        "sent": letters.sent_since(order, kind, since) if kind else None,
        **_preview(request, text, language),
    }


def _preview(request: TenantRequest, text: str, language: str) -> dict[str, Any]:
    channel = Channel.objects.get()
    drawn = draw(letters.KIND, {"text": text}, language) if text.strip() else []
    return {"preview": drawn, "account": channel.name or request.tenant.name}
