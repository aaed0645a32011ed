"""What a text asks for, done: order, reserve, history, change, reduce, cancel, ask back."""

import datetime
from dataclasses import replace

from plusone.catalogue.rules import Wish
from plusone.chat.models import InboxEvent
from plusone.chat.rules import WAIT_FOR_QUOTE_SECONDS
from plusone.customers.actions import Person
from plusone.hooks.actions import changes, edits
from plusone.hooks.actions.desk import Came, Desk, State, actor_of
from plusone.line import events
from plusone.orders.actions import read
from plusone.orders.actions.take import Ask
from plusone.orders.models import OPEN, Order, OrderLine
from plusone.orders.rules import facts
from plusone.orders.rules.say import Language
from plusone.orders.rules.terms import Item, Understanding

HISTORY_LENGTH = 8


def answer(desk: Desk, came: Came, text: str) -> None:
    """Understand the text in its chat and do what it asks for;
    a text that asks for nothing is ignored without a word.
    """
    shown, must_wait = _quoted(desk, came)
    if must_wait:
        desk.waits.append(came.id)
        return
    person = desk.person(came)
    quoted = _only(shown)
    understood = _understood(desk, came, text, quoted)
    if person is not None and _lacks_a_product(understood):
        held = read.held_line(person.customer_id, came.chat_key, None)
        understood = _understood(desk, came, text, held.product_code) if held else understood
    if understood.intent == "none":
        desk.done(came, State.IGNORED)
    elif person is None:
        desk.answer(came, "stranger", {})
    elif too_many(desk, came):
        return
    elif len(shown) > 1 and understood.assumed and understood.intent in ("order", "reserve"):
        desk.answer(came, "question", facts.which_quoted(shown, understood.items[0]))
    else:
        _do(desk, came, person, understood)


def _lacks_a_product(understood: Understanding) -> bool:
    """“change to 2” where nothing is on sale any more: it can only be about what its writer holds."""
    nothing_on_sale = understood.error == "unknown_code" and not understood.subject
    return nothing_on_sale and understood.aim in ("change", "reduce")


def asks_for_something(desk: Desk, came: Came, text: str) -> bool:
    """True when the text is a command, an order, or wrong in a way that would be said; nothing is done."""
    shown, _ = _quoted(desk, came)
    return _understood(desk, came, text, _only(shown)).intent != "none"


def _only(shown: dict[str, str]) -> str | None:
    return next(iter(shown)) if len(shown) == 1 else None


def _understood(desk: Desk, came: Came, text: str, quoted: str | None) -> Understanding:
    person = desk.person(came)
    return read.understand(
        desk.counter,
        text,
        chat_key=came.chat_key if came.is_group else "",
        quoted=quoted,
        manager=person is not None and person.manages,
        lenient=desk.counter.tenant.lenient,
        at=came.written_at,
    )


def _quoted(desk: Desk, came: Came) -> tuple[dict[str, str], bool]:
    """The products (code to name) that the quoted message shows,
    and whether to wait because a picture may still be on its way.
    """
    message_id = events.quoted_message_id(came.body)
    if not message_id:
        return {}, False
    shown, is_ours = read.quoted(message_id)
    if is_ours:
        return shown, False
    known = (
        InboxEvent.objects.filter(message_id=message_id).exclude(pk=came.id).values_list("state", flat=True)
    )
    settled = any(state not in (State.NEW, State.WAITING) for state in known)
    waited = desk.now - came.received_at
    return {}, not settled and waited < datetime.timedelta(seconds=WAIT_FOR_QUOTE_SECONDS)


def too_many(desk: Desk, came: Came) -> bool:
    """Commands beyond the shop's limit a minute are not acted on: the first of them is told so,
    the rest are silent (P39).
    """
    count = desk.commands[came.user_id] = desk.commands.get(came.user_id, 0) + 1
    limit = desk.counter.tenant.commands_a_minute
    if count <= limit:
        return False
    if count == limit + 1:
        desk.answer(came, "too_many", {})
    else:
        desk.done(came, State.IGNORED, "too_many")
    return True


def _do(desk: Desk, came: Came, person: Person, understood: Understanding) -> None:
    names = {code: offer.name for code, offer in desk.counter.offers.items()}
    if understood.intent in ("order", "reserve") and not understood.confirm:
        desk.asks.append((came, _ask(came, person, understood)))
    elif understood.intent == "error":
        _refuse(desk, came, understood, names)
    elif understood.intent == "ask":
        desk.answer(came, "question", facts.question(understood, names, _tongue(desk, came)))
    elif understood.confirm and understood.intent != "cancel":
        _propose(desk, came, person, understood, names)
    else:
        desk.settle_asks()
        _DO[understood.intent](desk, came, person, understood)


def _propose(
    desk: Desk, came: Came, person: Person, understood: Understanding, names: dict[str, str]
) -> None:
    """A button with the plain command; to change or take off is said of what the buyer holds, not of the
    newest product.
    """
    if understood.intent in ("change", "reduce") and understood.assumed:
        desk.settle_asks()
        line = _line_of(came, person, None, understood)
        if line is None:
            return desk.answer(came, "nothing_held", {"wanted": "change"})
        held = (replace(item, code=line.product_code, variant_id=None) for item in understood.items)
        understood = replace(understood, items=tuple(held), assumed=False)
        names = {**names, line.product_code: line.name}
    return desk.answer(came, "question", facts.proposal(understood, names, _tongue(desk, came)))


def _refuse(desk: Desk, came: Came, understood: Understanding, names: dict[str, str]) -> None:
    told = facts.refusal(understood, names)
    place = read.seat_of(desk.counter, told["code"], came.chat_key, came.written_at)
    times = facts.round_times(place, desk.counter.tenant.timezone) if place.refused == told["error"] else {}
    desk.answer(came, "refused", {**told, **times})


def _tongue(desk: Desk, came: Came) -> Language:
    """The grammar's name of the language that the buyer is answered in."""
    code = desk.language(came).lower()
    return "zh-Hant" if code.startswith("zh") else "ja" if code.startswith("ja") else "en"


def _ask(came: Came, person: Person, understood: Understanding) -> Ask:
    wishes = tuple(
        Wish(item.variant_id, item.quantity) for item in understood.items if item.variant_id is not None
    )
    return Ask(
        cause=f"event:{came.event_id}",
        customer_id=person.customer_id,
        contact_id=person.contact_id,
        wishes=wishes,
        source="group" if came.is_group else "chat",
        chat_key=came.chat_key,
        actor=actor_of(person),
        reserve=understood.intent == "reserve",
        at=came.written_at,
    )


def _history(desk: Desk, came: Came, person: Person, _understood: Understanding) -> None:
    found = Order.objects.filter(customer_id=person.customer_id, merged_into=None)
    orders = found.listed()[:HISTORY_LENGTH]
    told = [
        {
            "number": order.number,
            "status": order.status,
            "total": order.total,
            "currency": order.currency,
            "tracking": order.tracking_number,
            "lines": [
                {"name": line.name, "label": line.variant_label, "quantity": line.quantity}
                for line in order.kept_lines
            ],
        }
        for order in orders
    ]
    owes = not came.is_group and any(order.status in OPEN for order in orders)
    payment = desk.counter.tenant.payment_note if owes else ""
    desk.answer(came, "history", {"orders": told, "payment": payment})


def _change(desk: Desk, came: Came, person: Person, understood: Understanding) -> None:
    """Each item's line gets its new quantity; one that comes to nothing is a cancellation and asks first."""
    found = [(_line_of(came, person, item, understood), item.quantity) for item in understood.items]
    wanted = [
        (line, quantity if understood.intent == "change" else line.quantity - quantity)
        for line, quantity in found
        if line is not None
    ]
    if not wanted:
        return desk.answer(came, "nothing_held", {"wanted": "change"})
    emptied = [line for line, quantity in wanted if quantity <= 0]
    if emptied:
        return changes.ask_before_cancelling(desk, came, emptied[0].order, emptied)
    return changes.set_quantities(desk, came, person, wanted)


def _cancel(desk: Desk, came: Came, person: Person, understood: Understanding) -> None:
    """What is named is asked about alone; without a name it is the newest order. Who says that they are sure
    answers the last question; without one, only an order of one line is clear enough.
    """
    if not understood.items and understood.subject == "all":
        return changes.ask_before_cancelling_all(desk, came, person)
    if not understood.confirm and changes.confirmed(desk, came, person):
        return None
    found = [_line_of(came, person, item, understood) for item in understood.items or (None,)]
    held = [line for line in found if line is not None]
    if not held:
        return desk.answer(came, "nothing_held", {"wanted": "cancel"})
    if understood.confirm or len(held[0].order.kept_lines) > 1:
        named = [] if understood.assumed or not understood.items else held
        return changes.ask_before_cancelling(desk, came, held[0].order, named)
    return changes.cancel_order(desk, came, person, held[0].order)


def _line_of(came: Came, person: Person, item: Item | None, understood: Understanding) -> OrderLine | None:
    """The buyer's line that is meant; where no product was named, their newest one in this chat."""
    code = None if item is None or understood.assumed else item.code
    options = tuple(item.options) if item else ()
    return read.held_line(person.customer_id, came.chat_key, code, options)


def _edit(desk: Desk, came: Came, person: Person, understood: Understanding) -> None:
    edits.product(desk, came, person, understood)


_DO = {
    "history": _history,
    "change": _change,
    "reduce": _change,
    "cancel": _cancel,
    "edit_product": _edit,
}
