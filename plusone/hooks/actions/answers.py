"""Who answers which event."""

from collections.abc import Callable

from plusone.base import jobs, scope
from plusone.catalogue import actions as catalogue
from plusone.chat.actions import groups
from plusone.chat.models import InboxEvent
from plusone.customers import actions as customers
from plusone.hooks.actions import changes, commands, edits, resting, transfers, waiting
from plusone.hooks.actions.desk import Came, Desk, State, actor_of
from plusone.line import events
from plusone.orders.actions import rounds
from plusone.orders.models import Order, Showing, Status
from plusone.tenants import actions as tenants

PAIRING_CODE_LENGTH = 6


def answer(desk: Desk, came: Came) -> None:
    """Answer one event, or settle it as ignored; unknown types are kept and ignored. So is what came only
    after an edit of the same message was answered.
    """
    if came.message_id and came.happened < desk.edited.get(came.message_id, came.happened):
        return desk.done(came, State.IGNORED, "edited_since")
    by_type = {**_ANSWERS, **_RESTING} if desk.resting else _ANSWERS
    return by_type.get(came.type, _ignore)(desk, came)


def _ignore(desk: Desk, came: Came) -> None:
    desk.done(came, State.IGNORED)


def _message(desk: Desk, came: Came) -> None:
    kind = events.message_kind(came.body)
    if kind == "text":
        _text(desk, came)
    elif kind == "image" and _may_manage(desk, came):
        _photo(desk, came)
    else:
        desk.done(came, State.IGNORED)


def _text(desk: Desk, came: Came) -> None:
    text = events.readable_text(events.message(came.body))
    if not came.is_group and (_pair(desk, came, text) or transfers.answer(desk, came, text)):
        return
    commands.answer(desk, came, text)


def _pair(desk: Desk, came: Came, text: str) -> bool:
    """Six digits alone in a 1:1 chat may be a team member's pairing code from the console."""
    code = text.strip()
    person = desk.person(came)
    if person is None or len(code) != PAIRING_CODE_LENGTH or not (code.isascii() and code.isdigit()):
        return False
    member = tenants.use_pairing_code(code)
    if member is None:
        return False
    customers.pair(person.contact_id, member)
    desk.people |= customers.meet([came.user_id])
    desk.answer(came, "paired", {})
    return True


def _photo(desk: Desk, came: Came) -> None:
    """A manager's photo becomes a product (JG16); its picture is fetched from LINE by a job."""
    person = desk.person(came)
    assert person is not None
    desk.settle_asks()
    product = catalogue.put_up_from_photo(actor_of(person), home_chat=came.chat_key if came.is_group else "")
    rounds.join_open(actor_of(person), product.pk, came.chat_key)
    Showing.objects.create(chat_key=came.chat_key, message_id=came.message_id, product=product)
    jobs.ring(
        "chat.fetch_photo", tenant_id=scope.current(), product_id=product.pk, message_id=came.message_id
    )
    desk.reload()
    desk.answer(came, "product_made", {"code": product.code})


def _may_manage(desk: Desk, came: Came) -> bool:
    person = desk.person(came)
    return person is not None and person.manages


def _edited(desk: Desk, came: Came) -> None:
    """A text edited in a group: what it asks for now, against the order that an earlier version made. One
    whose order was cancelled is a message like any other.
    """
    text = events.readable_text(events.message(came.body))
    earlier = InboxEvent.objects.filter(message_id=came.message_id).values_list("event_id", flat=True)
    desk.settle_asks()
    made = Order.objects.filter(cause__in=[f"event:{event_id}" for event_id in earlier])
    order = made.exclude(status=Status.CANCELLED, merged_into=None).order_by("-id").first()
    if order is None:
        commands.answer(desk, came, text)
    elif not commands.too_many(desk, came):
        edits.order_message_edited(desk, came, text, order)


def _unsent(desk: Desk, came: Came) -> None:
    desk.taken_back.add(came.message_id)
    desk.done(came)


def forget_taken_back(desk: Desk) -> None:
    """LINE asks to forget a message taken back, and it may come after the word of that: its text goes, an
    order it made stays (facts: line-platform 21).
    """
    ids = desk.taken_back - {""}
    for event in InboxEvent.objects.filter(message_id__in=ids).exclude(type="unsend") if ids else ():
        event.body = {key: value for key, value in event.body.items() if key != "message"}
        event.save(update_fields=["body"])


def _followed(desk: Desk, came: Came) -> None:
    person = desk.person(came)
    if person is None:
        return desk.done(came, State.IGNORED)
    customers.follow(person.contact_id)
    return desk.answer(came, "welcome", {"shop": desk.counter.tenant.name})


def _unfollowed(desk: Desk, came: Came) -> None:
    person = desk.person(came)
    if person:
        customers.block(person.contact_id)
    desk.done(came)


def _joined(desk: Desk, came: Came) -> None:
    desk.answer(came, "joined", {"shop": desk.counter.tenant.name})


def _left(desk: Desk, came: Came) -> None:
    groups.leave(came.chat_key)
    desk.done(came)


def _postback(desk: Desk, came: Came) -> None:
    data = events.postback_data(came.body)
    person = desk.person(came)
    verb, _, wanted = data.partition("=")
    if person is None or verb not in ("undo", "cancel", "drop", "keep", "wait", "unwait"):
        return desk.done(came, State.IGNORED)
    if commands.too_many(desk, came):
        return None
    desk.settle_asks()
    if verb in ("wait", "unwait"):
        return waiting.tapped(desk, came, person, verb, wanted)
    return changes.tapped(desk, came, person, data)


_ANSWERS: dict[str, Callable[[Desk, Came], None]] = {
    "message": _message,
    "messageEdited": _edited,
    "unsend": _unsent,
    "follow": _followed,
    "unfollow": _unfollowed,
    "join": _joined,
    "leave": _left,
    "postback": _postback,
}
_RESTING: dict[str, Callable[[Desk, Came], None]] = {
    "message": resting.message,
    "messageEdited": resting.message,
    "postback": resting.tapped,
}
