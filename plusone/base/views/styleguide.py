"""The living page of all parts in all states; mounted in development only (urls.py decides)."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from plusone.base.views import samples


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part of templates/parts in every state, with sample data of the language in force (?lang=)."""
    texts = samples.texts_of(get_language() or "en")
    now = timezone.now()
    context = {
        "texts": texts,
        "now": now,
        "currency": "JPY" if get_language() == "ja" else "TWD",
        "orders": samples.orders(texts, now),
        "moments": samples.moments(texts, now),
        "messages": samples.messages(texts),
        "form": _form(texts["form"], texts, {}),
        "wrong_form": _form(texts["form"], texts, {"name": "", "price": "-1"}),
        **_frame(texts),
        **_figures(texts),
        **_lists(texts),
    }
    return render(request, "styleguide.html", context)


def _frame(texts: samples.Texts) -> dict[str, Any]:
    names = ("today", "orders", "products", "customers", "messages", "portal", "settings")
    doors = [
        {"name": name, "label": gettext(name.capitalize()), "url": f"#{name}", "count": 0} for name in names
    ]
    doors[1] |= {"url": "/", "count": 12}
    notices = [{"text": texts["notice"], "undo_url": "#"}]
    icons = re.findall(r'<symbol id="([\w-]+)"', (settings.ROOT / "static/icons.svg").read_text())
    return {"shop": {"name": texts["shop"]}, "doors": doors, "notices": notices, "icons": icons}


def _figures(texts: samples.Texts) -> dict[str, Any]:
    sales = (12800, 9400, 15200, 0, 22100, 30400, 18700, 16900, 24800, 21000, 27500, 8800, 35600, 41900)
    counts = (14, 9, 22, 31, 18, 0, 40)
    return {
        "sales": [(f"11/{day + 9}", value) for day, value in enumerate(sales)],
        "counts": list(zip(texts["days"], counts, strict=True)),
        "sparks": [list(counts), [5, 5, 5, 5], [3]],
    }


def _lists(texts: samples.Texts) -> dict[str, Any]:
    values = (texts["customer"], "0912-345-678", texts["address"], texts["memo"])
    filters = [
        {
            "label": label,
            "url": f"?state={index}",
            "active": index == 0,
            "count": 1284 if index == 0 else None,
        }
        for index, label in enumerate(texts["filters"])
    ]
    sheet = texts["sheet"]
    costs = [{"label": sheet[3], "value": "1,284"}, {"label": sheet[4], "value": "1,284"}]
    return {
        "filters": filters,
        "facts": [
            {"label": label, "value": value} for label, value in zip(texts["labels"], values, strict=True)
        ],
        "sheet_facts": [*costs, {"label": sheet[5], "value": sheet[6]}],
    }


def _form(words: list[str], texts: samples.Texts, data: dict[str, str]) -> forms.Form:
    """Every kind of control; bound and refused when data is given."""
    form = forms.Form(data or None, auto_id="wrong_%s" if data else "right_%s")
    form.fields["name"] = forms.CharField(
        label=words[0], help_text=texts["help"], error_messages={"required": texts["problem"]}
    )
    form.fields["text"] = forms.CharField(label=words[1], required=False, widget=forms.Textarea({"rows": 3}))
    form.fields["price"] = forms.IntegerField(label=words[2], min_value=0)
    form.fields["kind"] = forms.ChoiceField(label=words[3], choices=[("a", words[6]), ("b", words[7])])
    form.fields["public"] = forms.BooleanField(label=words[4], required=False, help_text=texts["help"])
    ways = [(word, word) for word in words[8:]]
    form.fields["way"] = forms.ChoiceField(label=words[5], choices=ways, widget=forms.RadioSelect)
    form.fields["picture"] = forms.FileField(label=words[0], required=False)
    return form
