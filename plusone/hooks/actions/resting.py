"""A shop that rests because its plan is over: whoever asks for something gets a polite answer, and
nothing happens.

The event stays in the inbox under its reason, so the shop can see who wanted what, and nothing has to
be undone.
"""

from plusone.chat.models.inbox import LAPSED
from plusone.hooks.actions import commands
from plusone.hooks.actions.desk import Came, Desk, State
from plusone.line import events


def message(desk: Desk, came: Came) -> None:
    """A text that asks for something, or a manager's photo, is answered that the shop rests; other words
    are not.
    """
    body = events.message(came.body)
    person = desk.person(came)
    manages = person is not None and person.manages
    if events.message_kind(came.body) == "text":
        wants = commands.asks_for_something(desk, came, events.readable_text(body))
    else:
        wants = manages and events.message_kind(came.body) == "image"
    if wants:
        _say(desk, came, manages=manages)
    else:
        desk.done(came, State.IGNORED)


def tapped(desk: Desk, came: Came) -> None:
    """A button of an earlier answer: nothing is undone or cancelled while the shop rests."""
    _say(desk, came, manages=False)


def _say(desk: Desk, came: Came, *, manages: bool) -> None:
    if commands.too_many(desk, came):
        return
    desk.answer(came, "resting", {"shop": desk.counter.tenant.name, "manages": manages}, free=True)
    desk.done(came, State.DONE, LAPSED)
