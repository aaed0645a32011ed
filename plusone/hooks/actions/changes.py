"""Changes a buyer makes to an order by chat: another quantity, cancelling all or a part, and asking first."""

import datetime
import re
from collections.abc import Collection, Sequence
from typing import Any

from plusone.chat.models import InboxEvent, OutboxMessage
from plusone.customers.actions import Person
from plusone.hooks.actions.desk import Came, Desk, State, actor_of
from plusone.orders.actions import change, lines, own
from plusone.orders.models import OPEN, Order, OrderLine, Status
from plusone.orders.rules import facts

QUESTION = "cancel_question"
_ID = re.compile(r"[0-9]{1,18}")
_REMEMBER_MINUTES, _REMEMBER_EVENTS = 15, 5
_MOST_BUTTONS = 10  # of LINE's 13, beside the whole and to keep


def set_quantities(desk: Desk, came: Came, person: Person, wanted: Sequence[tuple[OrderLine, int]]) -> None:
    """Make each of the buyer's lines this many pieces and tell what they now hold; an order that is settled
    by now needs the shop.
    """
    for line, _ in wanted:
        order = change.hold(line.order_id)
        if refused(desk, came, order, [line]):
            return None
    told = [_set_quantity(desk, came, person, line, quantity) for line, quantity in wanted]
    same = all(one["before"] == one["now"] for one in told)
    return desk.answer(
        came, "changed", {"changes": told, "same": same, "currency": desk.counter.tenant.currency}
    )


def _set_quantity(
    desk: Desk, came: Came, person: Person, line: OrderLine, quantity: int
) -> dict[str, object]:
    outcome = lines.set_quantity(actor_of(person), line, quantity, asked_at=came.written_at)
    return {
        "number": line.order.number,
        "name": outcome.name,
        "label": outcome.label,
        "before": line.quantity,
        "asked": quantity,
        "now": outcome.given,
        "total": Order.objects.get(pk=line.order_id).total,
        "refused": outcome.refused,
        **facts.round_times(outcome.seat, desk.counter.tenant.timezone),
    }


def tapped(desk: Desk, came: Came, person: Person, data: str) -> None:
    """A button of ours was tapped: undo or cancel an order, drop some of its lines, or keep it.

    `data` is verb=public id, for lines followed by their ids, with dots between. Only the buyer's own.
    """
    verb, _, named = data.partition("=")
    public_id, *ids = named.split(".")
    order = Order.objects.filter(public_id=public_id).first()
    if order is None:
        return desk.done(came, State.IGNORED, "no_order")
    if order.customer_id != person.customer_id:
        # Everybody in a group sees the buttons under an answer; who taps one must not think that it counted.
        return desk.answer(came, "not_yours", {}, free=True)
    if verb == "keep":
        return desk.answer(came, "kept", {"number": order.number})
    if verb == "drop":
        return _cancel_lines(desk, came, person, order, {int(pk) for pk in ids if _ID.fullmatch(pk)})
    return cancel_order(desk, came, person, order)


def confirmed(desk: Desk, came: Came, person: Person) -> bool:
    """The buyer wrote that they are sure: do what this chat's newest question asked; False without one."""
    data = _asked(desk, came)
    if data:
        tapped(desk, came, person, data)
    return bool(data)


def _asked(desk: Desk, came: Came) -> str:
    for said in reversed(desk.says):
        if (said.to_id, said.user_id, said.kind) == (came.chat_key, came.user_id, QUESTION):
            return str(said.facts["buttons"][0]["data"])
    since = desk.now - datetime.timedelta(minutes=_REMEMBER_MINUTES)
    recent = InboxEvent.objects.filter(
        user_id=came.user_id, chat_key=came.chat_key, state=State.DONE, received_at__gte=since
    ).order_by("-received_at")
    events = recent.values_list("event_id", flat=True)[:_REMEMBER_EVENTS]
    causes = [f"event:{event_id}" for event_id in events]
    found = OutboxMessage.objects.filter(cause__in=causes, kind=QUESTION).order_by("-id").first()
    return str(found.facts["buttons"][0]["data"]) if found else ""


def cancel_order(desk: Desk, came: Came, person: Person, order: Order) -> None:
    """Cancel the buyer's own order and give its pieces back; paid, shipped or otherwise settled ones need the
    shop. Of one that was merged, its lines are cancelled where they are now.
    """
    order = change.hold(order.pk)
    if order.merged_into is not None:
        moved = OrderLine.objects.filter(merged_from=order).values_list("pk", flat=True)
        return _cancel_lines(desk, came, person, order.merged_into, set(moved))
    if order.status == Status.CANCELLED:
        return desk.answer(came, "cancelled", {"number": order.number, "already": True})
    if refused(desk, came, order, order.kept_lines):
        return None
    change.set_status(actor_of(person), order, Status.CANCELLED)
    return desk.answer(came, "cancelled", {"number": order.number, "already": False})


def refused(desk: Desk, came: Came, order: Order, picked: Collection[OrderLine]) -> bool:
    """True, and answered, when only the shop can still change these lines: the order is settled, or their
    round had closed when this was written.
    """
    told: dict[str, Any] = {"number": order.number, "status": order.status}
    if order.status in OPEN:
        try:
            own.check(order, picked, came.written_at)
        except own.RoundOver as over:
            told |= {
                "round": over.name,
                "closes": facts.local_time(over.closes_at, desk.counter.tenant.timezone),
            }
        else:
            return False
    desk.answer(came, "ask_the_shop", told)
    return True


def _cancel_lines(desk: Desk, came: Came, person: Person, order: Order, ids: Collection[int]) -> None:
    order = change.hold(order.pk)
    picked = [line for line in order.kept_lines if line.pk in ids]
    if order.status == Status.CANCELLED or not picked:
        return desk.answer(came, "cancelled", {"number": order.number, "already": True})
    if refused(desk, came, order, picked):
        return None
    for line in picked:
        lines.cancel(actor_of(person), line)
    now = Order.objects.get(pk=order.pk)
    if now.status == Status.CANCELLED:
        return desk.answer(came, "cancelled", {"number": now.number, "already": False})
    told = {
        "number": now.number,
        "lines": _told(picked),
        "rest": _told(now.kept_lines),
        "total": now.total,
        "currency": now.currency,
    }
    return desk.answer(came, "line_cancelled", told)


def ask_before_cancelling(desk: Desk, came: Came, order: Order, picked: Sequence[OrderLine] = ()) -> None:
    """Cancelling can't be taken back by the buyer alone (the pieces may be gone), so it asks first: about the
    lines they named, or about the whole order, with a button for each of its lines when there are several.
    """
    kept = order.kept_lines
    wanted = {line.pk for line in picked}
    picked = [line for line in kept if line.pk in wanted]
    part = 0 < len(picked) < len(kept)
    one_by_one = [] if part or len(kept) < 2 else kept[:_MOST_BUTTONS]
    yes = _drop(order, picked) if part else f"cancel={order.public_id}"
    told = {
        "number": order.number,
        "part": part,
        "one_by_one": bool(one_by_one),
        "lines": _told(picked if part else kept),
        "buttons": [
            {"kind": "cancel", "data": yes},
            *(
                {"kind": "drop", "label": f"✕ {_name(one)}", "data": _drop(order, [one])}
                for one in one_by_one
            ),
            {"kind": "keep", "data": f"keep={order.public_id}"},
        ],
    }
    desk.answer(came, QUESTION, told)


def _drop(order: Order, picked: Sequence[OrderLine]) -> str:
    return ".".join((f"drop={order.public_id}", *(str(line.pk) for line in picked)))


def _name(line: OrderLine) -> str:
    return f"{line.name} {line.variant_label}".strip()


def _told(lines_: Sequence[OrderLine]) -> list[dict[str, Any]]:
    return [{"name": line.name, "label": line.variant_label, "quantity": line.quantity} for line in lines_]


def ask_before_cancelling_all(desk: Desk, came: Came, person: Person) -> None:
    """Everything at once is not cancelled by one word: each open order gets its own button."""
    orders = Order.objects.filter(
        customer_id=person.customer_id,
        chat_key=came.chat_key,
        status__in=OPEN,
    ).order_by("-id")[:12]
    if not orders:
        return desk.answer(came, "nothing_held", {"wanted": "cancel"})
    buttons = [
        {"kind": "cancel_one", "label": order.number, "data": f"cancel={order.public_id}"} for order in orders
    ]
    return desk.answer(
        came, "cancel_which", {"numbers": [order.number for order in orders], "buttons": buttons}
    )
