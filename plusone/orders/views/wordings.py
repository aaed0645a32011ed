"""The shop's own words for its letters to buyers: one page a kind, three languages on it."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from plusone.base.views import notices
from plusone.orders.actions import letters
from plusone.orders.rules.letters import KINDS, MARKS, too_long, unknown, written
from plusone.orders.views import letter_words
from plusone.orders.views.letter_words import LANGUAGES
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page


class WordsForm(forms.Form):
    """The words of one kind in one language; empty means ours."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 9}))

    def clean_text(self) -> str:
        """Words that can be sent: not too long, and no mark that nothing would fill."""
        text = str(self.cleaned_data["text"])
        if too_long(text):
            raise forms.ValidationError(
                gettext("A message has at most 2,000 characters. Shorten it, please.")
            )
        strange = unknown(text)
        if strange:
            said = gettext("There is nothing to fill in for %(marks)s. Use one of the marks below.")
            raise forms.ValidationError(said % {"marks": gettext(", ").join(strange)})
        return text


@may("messages.send")
@require_GET
def wordings(request: TenantRequest, slug: str) -> HttpResponse:
    """All kinds of letters, with their first words in the shop's language."""
    language = letter_words.language_of(request.tenant.language)
    rows = [
        {"name": letter_words.name(kind), "kind": kind, "words": letter_words.words(kind, language)}
        for kind in KINDS
    ]
    return page(request, "orders/wordings.html", {"rows": rows})


@may("messages.send")
@require_http_methods(["GET", "POST"])
def wording(request: TenantRequest, slug: str) -> HttpResponse:
    """One kind (`?kind=`) in three languages. Saving empty words goes back to ours."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    forms_ = {code: _form(request, kind, code) for code in LANGUAGES}
    if request.method == "POST" and all(form.is_valid() for form in forms_.values()):
        for code, form in forms_.items():
            _store(request, kind, code, form.cleaned_data["text"])
        notices.leave(request, gettext("Saved. The next message uses this wording."))
        return redirect(f"{address(request, 'console-letter-words')}?kind={kind}")
    context = {
        "name": letter_words.name(kind),
        "rows": [_row(kind, code, form) for code, form in forms_.items()],
    }
    return page(request, "orders/wording.html", context, 422 if request.method == "POST" else 200)


def _form(request: TenantRequest, kind: str, code: str) -> WordsForm:
    shown = letter_words.words(kind, code).text
    return WordsForm(request.POST or None, initial={"text": shown}, prefix=code)


def _store(request: TenantRequest, kind: str, code: str, text: str) -> None:
    """Our own words, sent back unchanged, stay ours: they follow the product's later versions."""
    ours = written(letter_words.ours(kind, code), code)
    same = "\n".join(text.strip().splitlines()) == ours.strip()
    letters.set_words(actor(request), kind, code, "" if same else text)


def _row(kind: str, code: str, form: WordsForm) -> dict[str, Any]:
    form.fields["text"].label = LANGUAGES[code]
    return {
        "form": form,
        "own": letter_words.words(kind, code).own,
        "marks": [f"{{{words[code]}}}" for words in MARKS.values()],
        "ours": written(letter_words.ours(kind, code), code),
    }
