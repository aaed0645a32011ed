"""What rich menus say to people: states, reasons, problems, differences, times; and a template's words."""

from typing import Any

from django.utils import translation
from django.utils.formats import date_format, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from plusone.chat.models import MenuSlot, RichMenu
from plusone.chat.rules.menus import Area, Drift, MenuDraft, Problem
from plusone.chat.views import menu_art

Text = str | Promise
STATES: dict[str, tuple[Text, str, str]] = {
    "draft": (_("draft"), "edit", ""),
    "publishing": (_("on its way to LINE"), "clock", "going"),
    "live": (_("live at LINE"), "check", "done"),
    "failed": (_("not published"), "close", "lost"),
    "removing": (_("being removed"), "clock", "going"),
}
STEPS: tuple[Text, ...] = (
    _("Making the menu at LINE"),
    _("Sending the picture"),
    _("Naming it for tabs"),
    _("Switching over, cleaning up"),
    _("Done"),
)
REASONS: dict[str, Text] = {
    "bad_token": _("LINE refuses the access token, or there is none. Please enter it in the settings."),
    "refused": _("LINE refused it."),
    "no_answer": _("LINE did not answer. It is tried again by itself."),
    "rate": _("LINE takes at most 100 new menus an hour. It is tried again by itself."),
    "read_back": _("LINE accepted it but does not show it yet. It is tried again by itself."),
    "stopped": _("You stopped it."),
    "arrived": _("The shop was imported; LINE's menus stay as they are until you publish or show one here."),
}
PROBLEMS: dict[str, Text] = {
    "name": _("Please give the menu a name of at most 60 characters."),
    "bar_text": _("The bar needs a text of at most 14 characters."),
    "picture": _("The menu has no picture yet."),
    "no_areas": _("Nothing can be tapped yet: please add an area."),
    "too_many_areas": _("A menu has at most 20 areas."),
    "outside": _("It reaches outside the picture."),
    "too_small": _("It is too small to be tapped; at least 10 pixels each way."),
    "label": _("What is read aloud has at most 20 characters."),
    "say": _("Please enter the text to send, at most 300 characters."),
    "page": _("Please choose a page."),
    "link": _("Please enter a full link, such as https://example.com/."),
    "tab": _("Please choose the menu it switches to; the one it had is gone."),
    "kind": _("Please choose what it does."),
    "other": _("Please choose what it does."),
}


def state(menu: RichMenu) -> dict[str, Any]:
    """A menu's state as a word with icon and look."""
    word, icon, look = STATES[menu.state]
    return {"word": word, "icon": icon, "look": look}


def problem(found: Problem) -> str:
    """What keeps a menu back, as a sentence."""
    said = str(PROBLEMS[found.code])
    if not found.area:
        return said
    return gettext("Area %(number)d: %(problem)s") % {"number": found.area, "problem": said}


def drift(found: Drift) -> str:
    """What differs at LINE, as a sentence."""
    named = {"name": found.menu}
    match found.code:
        case "gone":
            return gettext("“%(name)s” was deleted at LINE.") % named
        case "alias":
            return gettext("Tabs to “%(name)s” lead elsewhere, or nowhere.") % named
        case "default":
            return gettext("LINE shows everybody another menu than the one set here, or none.")
        case _:
            return gettext("An old version of one of your menus is still at LINE.")


def times(slot: MenuSlot) -> str:
    """When a slot is on, in one line."""
    parts = []
    if slot.first_day or slot.last_day:
        first, last = (
            date_format(day, "SHORT_DATE_FORMAT") if day else "" for day in (slot.first_day, slot.last_day)
        )
        parts.append(first if first == last else f"{first} – {last}")
    if slot.weekdays:
        names = gettext("Mon Tue Wed Thu Fri Sat Sun").split()
        parts.append(pgettext("between weekdays", ", ").join(names[day] for day in slot.weekdays))
    if slot.starts != slot.ends:
        parts.append(f"{time_format(slot.starts, 'H:i')} – {time_format(slot.ends, 'H:i')}")
    return " · ".join(parts)


def template_drafts(template: str, language: str) -> dict[str, MenuDraft]:
    """The menus of a template in a language, by part. Tabs carry the other part's name until both exist."""
    with translation.override(language):
        return {
            part: MenuDraft(
                _template_name(part),
                gettext("Menu"),
                design.width,
                design.height,
                areas=tuple(_area(cell) for cell in design.cells if not (cell.tab and cell.word == part)),
            )
            for part, design in menu_art.TEMPLATES[template].items()
        }


def _template_name(part: str) -> str:
    return {"shop": gettext("Tab “Shop”"), "mine": gettext("Tab “Mine”")}.get(part) or gettext("Main menu")


def _area(cell: menu_art.Cell) -> Area:
    does = {
        "products": ("page", "products", gettext("Products")),
        "plus_one": ("say", "+1", gettext("Order the latest")),
        "orders": ("say", gettext("my orders"), gettext("My orders")),
        "basket": ("page", "basket", gettext("Basket")),
        "contact": ("page", "contact", gettext("Contact us")),
        "shop": ("tab", "shop", gettext("Shop")),
        "mine": ("tab", "mine", gettext("Mine")),
    }
    kind, value, label = does[cell.word]
    return Area(*cell.box, kind=kind, value=value, label=label)
