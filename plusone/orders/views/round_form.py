"""The form of a round, and the way from form to draft and back. Times are by the shop's clock."""

import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from plusone.catalogue.models import Product
from plusone.chat.models import GroupChat
from plusone.orders.actions.rounds import RoundDraft

PRODUCTS = 60
REMINDERS = (0, 10, 30, 60, 180)
_MOMENT = "%Y-%m-%dT%H:%M"

# What rules.rounds.problems finds, in words.
PROBLEMS: dict[tuple[str, str], str | Promise] = {
    ("name", "missing"): _("Please give the round a name."),
    ("closes_at", "before_opening"): _("It must close after it opens."),
    ("closes_at", "too_long"): _("A round lasts a year at most."),
    ("remind", "outside"): _("The round is shorter than that; choose a later reminder or none."),
    ("products", "missing"): _("Please choose at least one product."),
}


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        input_formats=[_MOMENT, f"{_MOMENT}:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format=_MOMENT),
        error_messages={
            "required": _("Please choose a day and a time."),
            "invalid": _("Please choose a day and a time."),
        },
    )


class ClosingForm(forms.Form):
    """A new closing time."""

    closes_at = _moment(_("Closes"))


class RoundForm(forms.Form):
    """Everything about a round."""

    name = forms.CharField(
        label=_("Name of the round"),
        max_length=80,
        error_messages={"required": _("Please give the round a name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    opens_at = _moment(_("Opens"))
    closes_at = _moment(_("Closes"), _("A +1 written before then counts, however late it reaches us."))
    products = forms.MultipleChoiceField(
        label=_("Products"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one product.")},
    )
    groups = forms.MultipleChoiceField(
        label=_("Group chats"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("There, +1 means the round's newest product while it is open."),
    )
    exclusive = forms.BooleanField(
        label=_("Sold in rounds only"),
        required=False,
        help_text=_("On: before opening and after closing, buyers cannot order these products themselves."),
    )
    remind = forms.TypedChoiceField(label=_("Reminder in the groups"), coerce=int, choices=())
    remind_push = forms.BooleanField(label=_("Remind by paid push"), required=False)
    note = forms.CharField(
        label=_("Notes for yourself"), max_length=400, required=False, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, chosen: tuple[int, ...] = (), **kwargs: Any) -> None:
        """`chosen`: products of the round, offered even when they are no longer on sale."""
        super().__init__(*args, **kwargs)
        self.fields["products"].choices = _products(chosen)  # type: ignore[attr-defined]
        groups = list(GroupChat.objects.present())
        self.fields["groups"].choices = [(group.pk, _group(group)) for group in groups]  # type: ignore[attr-defined]
        self.fields["remind"].choices = [(minutes, _before(minutes)) for minutes in REMINDERS]  # type: ignore[attr-defined]
        self.fields["remind_push"].help_text = _cost(groups)

    def draft(self) -> RoundDraft:
        """The valid form as a draft."""
        told = self.cleaned_data
        remind = told["remind"]
        return RoundDraft(
            told["name"],
            told["opens_at"],
            told["closes_at"],
            tuple(int(pk) for pk in told["products"]),
            tuple(int(pk) for pk in told["groups"]),
            told["note"],
            told["exclusive"],
            told["closes_at"] - datetime.timedelta(minutes=remind) if remind else None,
            told["remind_push"],
        )


def shown(draft: RoundDraft, version: int | None) -> dict[str, Any]:
    """The form's initial values of a draft."""
    before = draft.closes_at - draft.remind_at if draft.remind_at else datetime.timedelta()
    minutes = int(before.total_seconds()) // 60
    return {
        "name": draft.name,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "products": [str(pk) for pk in draft.products],
        "groups": [str(pk) for pk in draft.groups],
        "note": draft.note,
        "exclusive": draft.exclusive,
        "remind": min(REMINDERS, key=lambda choice: abs(choice - minutes)),
        "remind_push": draft.remind_push,
        "version": version,
    }


def _products(chosen: tuple[int, ...]) -> list[tuple[int, str]]:
    rows = list(Product.objects.on_show()[:PRODUCTS])
    rows += list(Product.objects.filter(pk__in=chosen).exclude(pk__in=[row.pk for row in rows]))
    return [(row.pk, f"{row.name} ({row.code})") for row in rows]


def _group(group: GroupChat) -> str:
    name = group.name or gettext("a group without a name")
    if group.members is None:
        return name
    people = ngettext("%(count)d person", "%(count)d people", group.members) % {"count": group.members}
    return f"{name} ({people})"


def _before(minutes: int) -> str:
    if not minutes:
        return gettext("None")
    if minutes % 60 == 0:
        hours = minutes // 60
        said = ngettext("%(count)d hour before closing", "%(count)d hours before closing", hours)
        return said % {"count": hours}
    said = ngettext("%(count)d minute before closing", "%(count)d minutes before closing", minutes)
    return said % {"count": minutes}


def _cost(groups: list[GroupChat]) -> str:
    """What a push would cost, group by group, before anybody allows it."""
    costs = gettext(", ").join(
        gettext("%(group)s: %(count)d messages") % {"group": group.name, "count": group.members}
        for group in groups
        if group.members
    )
    free = gettext("Off: it goes out free, with our next answer in the group. On: it is sent at its time.")
    dear = gettext("A push costs a message for each person: %(costs)s.") % {"costs": costs}
    return gettext("%(free)s %(dear)s") % {"free": free, "dear": dear} if costs else free
