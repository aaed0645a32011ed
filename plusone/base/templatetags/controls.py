"""How a form's controls look: the class that goes with each kind of widget."""

from django.forms import BoundField, widgets
from django.utils.safestring import SafeString

_CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.CheckboxSelectMultiple, "checkbox"),
    (widgets.RadioSelect, "radio"),
    (widgets.CheckboxInput, "toggle toggle-primary"),
    (widgets.ClearableFileInput, "file-input"),
    (widgets.Select, "select"),
    (widgets.Textarea, "textarea"),
    (widgets.Input, "input"),
)


def kind(field: BoundField) -> str:
    """How the field's template lays it out: switch, choices, or line."""
    widget = field.field.widget
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    return "switch" if isinstance(widget, widgets.CheckboxInput) else "line"


def control(field: BoundField) -> SafeString:
    """The field's widget with its class; Django adds the ties to help and error."""
    widget = field.field.widget
    look = next((look for type_, look in _CLASSES if isinstance(widget, type_)), "")
    return field.as_widget(attrs={"class": f"{look} {widget.attrs.get('class', '')}".strip()})
