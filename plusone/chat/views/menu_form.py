"""The forms of a rich menu: itself, its areas, its times; and the way from form to draft and back."""

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plusone.chat.models import RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules.menus import Area, MenuDraft
from plusone.chat.rules.slots import Slot
from plusone.chat.views import menu_art

PAGES = (
    ("products", _("The product list")),
    ("basket", _("Basket")),
    ("orders", _("My orders")),
    ("card", _("Member card")),
    ("contact", _("Contact")),
)
KINDS = (
    ("say", _("Send a text")),
    ("page", _("Open a page of the shop")),
    ("link", _("Open a link")),
    ("tab", _("Switch to another menu")),
)
SIZES = (
    ("2500x1686", _("Large, 2500 × 1686")),
    ("2500x843", _("Half height, 2500 × 843")),
    ("1200x810", _("Large, small file, 1200 × 810")),
    ("1200x405", _("Half height, small file, 1200 × 405")),
    ("800x540", _("Large, smallest file, 800 × 540")),
    ("800x270", _("Half height, smallest file, 800 × 270")),
)
TEMPLATES = (
    ("market", _("Shop, large")),
    ("strip", _("Shop, half height")),
    ("tabs", _("Two menus with tabs")),
)
PALETTES = (("indigo", _("Indigo")), ("tea", _("Tea green")), ("berry", _("Berry")), ("dark", _("Dark")))
LANGUAGES = (("zh-hant", "中文"), ("ja", "日本語"), ("en", "English"))
WEEKDAYS = (
    ("0", _("Mon")),
    ("1", _("Tue")),
    ("2", _("Wed")),
    ("3", _("Thu")),
    ("4", _("Fri")),
    ("5", _("Sat")),
    ("6", _("Sun")),
)
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


class TemplateForm(forms.Form):
    """Which template, in which language and colours."""

    template = forms.ChoiceField(choices=TEMPLATES, widget=forms.RadioSelect, label=_("Template"))
    language = forms.ChoiceField(choices=LANGUAGES, label=_("Language on the picture"))
    palette = forms.ChoiceField(choices=PALETTES, label=_("Colours"))


class UploadForm(forms.Form):
    """An own picture, and the size it is to have at LINE."""

    picture = forms.FileField(label=_("Picture of the menu"))
    size = forms.ChoiceField(
        choices=SIZES,
        label=_("Size"),
        help_text=_("The picture is scaled and its middle cut out to fit; LINE accepts no other shape."),
    )


class MenuForm(forms.Form):
    """A menu but its areas."""

    name = forms.CharField(
        label=_("Name of the menu"), max_length=rules.NAME, help_text=_("Only your team sees it."), strip=True
    )
    bar_text = forms.CharField(
        label=_("Text of the bar"),
        max_length=rules.BAR_TEXT * 4,
        help_text=_("Shown at the bottom of the chat, to open and close the menu; at most 14 characters."),
    )
    opens = forms.BooleanField(label=_("Show it when the chat is opened"), required=False)
    picture = forms.FileField(label=_("Another picture"), required=False)


class AreaForm(forms.Form):
    """A row: where the area is, and what it does. `other` is an action that somebody else made at LINE."""

    x = forms.IntegerField(widget=forms.NumberInput(_NUMBER), label=_("Left"))
    y = forms.IntegerField(widget=forms.NumberInput(_NUMBER), label=_("Top"))
    width = forms.IntegerField(widget=forms.NumberInput(_NUMBER), label=_("Width"))
    height = forms.IntegerField(widget=forms.NumberInput(_NUMBER), label=_("Height"))
    kind = forms.ChoiceField(choices=KINDS, label=_("When tapped"))
    say = forms.CharField(required=False, max_length=rules.SAY, label=_("Text"))
    page = forms.ChoiceField(required=False, choices=PAGES, label=_("Page"))
    link = forms.CharField(required=False, max_length=rules.LINK, label=_("Link"))
    tab = forms.ChoiceField(required=False, label=_("Menu"))
    other = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(required=False, max_length=80, label=_("Read aloud as"))

    def __init__(self, *args: Any, tabs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tab"].choices = tabs  # type: ignore[attr-defined]
        if self["other"].value():
            kind = self.fields["kind"]
            kind.choices = [*KINDS, ("other", _("Something set elsewhere"))]  # type: ignore[attr-defined]

    def area(self) -> Area:
        """The row as rules know it."""
        given = self.cleaned_data
        place = {key: given[key] for key in ("x", "y", "width", "height")}
        return Area(**place, kind=given["kind"], value=given.get(given["kind"]) or "", label=given["label"])


class SlotForm(forms.Form):
    """When a menu is shown to everybody; what is left empty sets no limit."""

    weekdays = forms.MultipleChoiceField(
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("On these weekdays"),
    )
    starts = forms.TimeField(
        required=False, label=_("From"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        required=False, label=_("Until"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    first = forms.DateField(required=False, label=_("First day"), widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(required=False, label=_("Last day"), widget=forms.DateInput({"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """At least one limit, and the days in order."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(given.get(name) for name in self.fields):
            raise forms.ValidationError(_("Please choose weekdays, times or days."))
        if given.get("first") and given.get("last") and given["first"] > given["last"]:
            self.add_error("last", _("The last day is before the first."))
        return given

    def slot(self, menu: RichMenu) -> Slot:
        """The times as rules know them."""
        given, midnight = self.cleaned_data, datetime.time(0)
        days = frozenset(int(day) for day in given["weekdays"])
        return Slot(
            menu.pk,
            days,
            given["starts"] or midnight,
            given["ends"] or midnight,
            given["first"],
            given["last"],
        )


if TYPE_CHECKING:
    Areas = forms.BaseFormSet[AreaForm]  # a type only: Django's class takes no parameter when it runs

AreaRows = forms.formset_factory(
    AreaForm, extra=0, max_num=rules.MOST_AREAS, absolute_max=rules.MOST_AREAS + 1, validate_max=True
)


def filled(menu: RichMenu, tabs: list[tuple[str, str]]) -> "tuple[MenuForm, Areas]":
    """The forms showing a menu."""
    form = MenuForm(initial={"name": menu.name, "bar_text": menu.bar_text, "opens": menu.opens})
    rows = [_row(area) for area in menu.draft().areas]
    return form, AreaRows(initial=rows, form_kwargs={"tabs": tabs})


def _row(area: Area) -> dict[str, Any]:
    place = {"x": area.x, "y": area.y, "width": area.width, "height": area.height}
    return {**place, "kind": area.kind, area.kind: area.value, "label": area.label}


def draft(menu: RichMenu, form: MenuForm, rows: "Areas") -> MenuDraft:
    """What the valid forms ask for; size stays."""
    given = form.cleaned_data
    areas = tuple(row.area() for row in rows)
    return MenuDraft(given["name"], given["bar_text"], menu.width, menu.height, given["opens"], areas)


def size(chosen: str) -> tuple[int, int]:
    """Width and height of a choice in SIZES."""
    width, _, height = chosen.partition("x")
    return int(width), int(height)


def is_template(template: str, part: str, language: str, palette: str) -> bool:
    """Whether there is such a picture."""
    return (
        part in menu_art.TEMPLATES.get(template, {})
        and language in menu_art.LANGUAGES
        and palette in menu_art.PALETTES
    )
