"""The form of a product with its options, and the way from form to draft and back."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plusone.base.views.lists import listed
from plusone.catalogue import rules
from plusone.catalogue.models import Product
from plusone.catalogue.rules import ProductDraft, VariantDraft

OPTIONS = ("1", "2", "3")
MAX_ROWS = 100
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_WHOLE = _("Please enter a whole number, such as 1500.")

# What catalogue.rules.problems finds, in words; the field it is shown at may be another one.
PROBLEMS: dict[tuple[str, str], tuple[str | None, str | Promise]] = {
    ("name", "missing"): ("name", _("Please give the product a name.")),
    ("name", "too_long"): ("name", _("A name has at most 120 characters.")),
    ("category", "too_long"): ("category", _("A category has at most 60 characters.")),
    ("price", "out_of_range"): ("price", _("A price is between 0 and 99,999,999.")),
    ("stock", "out_of_range"): (None, _("A stock is between 0 and 9,999,999, or unlimited.")),
    ("variants", "missing"): (None, _("Please fill in at least one option.")),
    ("variants", "twice"): (None, _("Two options are the same. Each combination can appear only once.")),
    ("variants", "options_missing"): (None, _("Please fill in every value of each option.")),
    ("variants", "too_long"): (None, _("An option value has at most 40 characters, a SKU at most 60.")),
}


class ProductForm(forms.Form):
    """Everything about a product but its code, which never changes (JG05)."""

    picture = forms.FileField(label=_("Picture"), required=False)
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Please give the product a name.")}
    )
    price = forms.IntegerField(
        label=_("Price"),
        min_value=0,
        max_value=rules.MAX_PRICE,
        widget=forms.TextInput(_NUMBER),
        help_text=_("A whole number. The same for all options unless an option has its own."),
        error_messages={
            "required": _("Please give a price; 0 is allowed."),
            "invalid": _WHOLE,
            "min_value": _("A price cannot be below 0."),
            "max_value": _("A price is between 0 and 99,999,999."),
        },
    )
    category = forms.CharField(
        label=_("Category"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
        help_text=_("Choose one, or type a new name to create it."),
    )
    description = forms.CharField(
        label=_("Description"), max_length=5000, required=False, widget=forms.Textarea({"rows": 4})
    )
    is_public = forms.BooleanField(
        label=_("On sale"),
        required=False,
        help_text=_("Off: nobody can order it; orders already taken stay."),
    )
    words = forms.CharField(
        label=_("Other names buyers use"),
        max_length=400,
        required=False,
        help_text=_("Separated by commas. Whoever writes one of them means this product."),
    )
    has_options = forms.BooleanField(label=_("It comes in options, such as size or colour"), required=False)
    option_1 = forms.CharField(label=_("First option"), max_length=40, required=False)
    option_2 = forms.CharField(label=_("Second option"), max_length=40, required=False)
    option_3 = forms.CharField(label=_("Third option"), max_length=40, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def options(self) -> list[str]:
        """Which of the three options are named; none while the switch is off."""
        named = [n for n in OPTIONS if self.cleaned_data[f"option_{n}"]]
        return named if self.cleaned_data["has_options"] else []


class VariantForm(forms.Form):
    """One row: a combination of options. `was` is the stock that the page showed."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    was = forms.IntegerField(required=False, widget=forms.HiddenInput)
    value_1 = forms.CharField(max_length=40, required=False)
    value_2 = forms.CharField(max_length=40, required=False)
    value_3 = forms.CharField(max_length=40, required=False)
    price = forms.IntegerField(
        min_value=0,
        max_value=rules.MAX_PRICE,
        required=False,
        widget=forms.TextInput(_NUMBER),
        error_messages={"invalid": _WHOLE, "min_value": _("A price cannot be below 0.")},
    )
    stock = forms.IntegerField(
        min_value=rules.UNLIMITED,
        max_value=rules.MAX_STOCK,
        required=False,
        widget=forms.TextInput(_NUMBER),
        error_messages={
            "invalid": _("Please enter a whole number of pieces."),
            "min_value": _("A stock cannot be below 0."),
            "max_value": _("A stock is at most 9,999,999."),
        },
    )
    unlimited = forms.BooleanField(required=False)
    sku = forms.CharField(max_length=60, required=False)


if TYPE_CHECKING:
    Rows = forms.BaseFormSet[VariantForm]  # a type only: Django's class takes no parameter when it runs

VariantRows = forms.formset_factory(
    VariantForm, extra=0, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
)


def filled(draft: ProductDraft, version: int | None = None) -> "tuple[ProductForm, Rows]":
    """The form and its rows showing the draft."""
    names = {f"option_{n}": name for n, name in zip(OPTIONS, draft.option_names, strict=False)}
    form = ProductForm(
        initial={
            "name": draft.name,
            "price": draft.price,
            "category": draft.category,
            "description": draft.description,
            "is_public": draft.is_public,
            "words": ", ".join(draft.words),
            "has_options": bool(draft.option_names),
            "version": version,
            **names,
        }
    )
    return form, VariantRows(initial=[_row(variant) for variant in draft.variants])


def _row(variant: VariantDraft) -> dict[str, Any]:
    unlimited = variant.stock == rules.UNLIMITED
    return {
        "id": variant.id,
        "was": variant.stock,
        "price": variant.price,
        "stock": None if unlimited else variant.stock,
        "unlimited": unlimited,
        "sku": variant.sku,
        **{f"value_{n}": value for n, value in zip(OPTIONS, variant.options, strict=False)},
    }


def draft(form: ProductForm, rows: "Rows", stocks: dict[int, int]) -> ProductDraft:
    """What the valid form and rows ask for; `stocks` is what the known variants have now (-1 unlimited)."""
    given = form.cleaned_data
    options = form.options()
    filled_rows = [
        row.cleaned_data for row in rows if row.has_changed() and _says_something(row.cleaned_data)
    ]
    kept = filled_rows if options else filled_rows[:1] or [{}]
    return ProductDraft(
        name=given["name"],
        price=given["price"],
        description=given["description"],
        category=given["category"],
        is_public=given["is_public"],
        option_names=tuple(given[f"option_{n}"] for n in options),
        words=tuple(listed(given["words"])),
        variants=tuple(_variant(row, options, stocks) for row in kept),
    )


def _says_something(row: dict[str, Any]) -> bool:
    return any(
        value not in (None, "", False) for name, value in row.items() if name not in ("id", "was")
    ) or bool(row["id"])


def _variant(row: dict[str, Any], options: list[str], stocks: dict[int, int]) -> VariantDraft:
    values = tuple(row[f"value_{n}"] for n in options)
    return VariantDraft(
        options=values if all(values) else (),
        price=row.get("price") if options else None,
        stock=_stock(row, stocks),
        sku=row.get("sku", ""),
        id=row.get("id") if row.get("id") in stocks else None,
    )


def _stock(row: dict[str, Any], stocks: dict[int, int]) -> int:
    """The stock to store: the person's change added to what is there now, so meanwhile's sales stay sold."""
    if row.get("unlimited"):
        return rules.UNLIMITED
    wanted = int(row.get("stock") or 0)
    was, now = row.get("was"), stocks.get(row.get("id") or 0)
    if wanted == rules.UNLIMITED or now is None or was is None or rules.UNLIMITED in (was, now):
        return wanted
    return max(0, int(now + wanted - was))


def known(product: Product | None) -> list[int]:
    """The ids of the product's variants; none for a product that is yet to be made."""
    return [variant.pk for variant in product.variants.all()] if product else []


def tell(form: ProductForm, problems: dict[str, str]) -> None:
    """Show what rules found at the fields it belongs to."""
    for field, code in problems.items():
        place, sentence = PROBLEMS.get((field, code), (None, _("This cannot be saved.")))
        form.add_error(place, str(sentence))
