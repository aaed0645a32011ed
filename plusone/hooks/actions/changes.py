"""Changes a buyer makes to an order by chat: another quantity, cancelling, and the question before it."""

from collections.abc import Sequence

from plusone.customers.actions import Person
from plusone.hooks.actions.desk import Came, Desk, actor_of
from plusone.orders.actions import change
from plusone.orders.models import Order, OrderLine, Status


def set_quantities(desk: Desk, came: Came, person: Person, wanted: Sequence[tuple[OrderLine, int]]) -> None:
    """Make each of the buyer's lines this many pieces and tell what they now hold."""
    told = [_set_quantity(person, line, quantity) for line, quantity in wanted]
    desk.answer(came, "changed", {"changes": told, "currency": desk.counter.tenant.currency})


def _set_quantity(person: Person, line: OrderLine, quantity: int) -> dict[str, object]:
    outcome = change.set_quantity(actor_of(person), line, quantity)
    return {
        "number": line.order.number,
        "name": outcome.name,
        "label": outcome.label,
        "before": line.quantity,
        "asked": quantity,
        "now": outcome.given,
        "total": Order.objects.get(pk=line.order_id).total,
    }


def cancel_order(desk: Desk, came: Came, person: Person, order: Order) -> None:
    """Cancel the buyer's own order and give its pieces back; paid,
    shipped or otherwise settled ones need the shop.
    """
    order = change.hold(order.pk)
    if order.status == Status.CANCELLED:
        return desk.answer(came, "cancelled", {"number": order.number, "already": True})
    if order.status not in (Status.NOT_PURCHASED, Status.PURCHASED):
        return desk.answer(came, "ask_the_shop", {"number": order.number, "status": order.status})
    change.set_status(actor_of(person), order, Status.CANCELLED)
    return desk.answer(came, "cancelled", {"number": order.number, "already": False})


def ask_before_cancelling(desk: Desk, came: Came, order: Order) -> None:
    """Cancelling can't be taken back by the buyer alone (the pieces may be gone), so it asks first."""
    told = {
        "number": order.number,
        "lines": [
            {"name": line.name, "label": line.variant_label, "quantity": line.quantity}
            for line in order.lines.all()
        ],
        "buttons": [
            {"kind": "cancel", "data": f"cancel={order.public_id}"},
            {"kind": "keep", "data": f"keep={order.public_id}"},
        ],
    }
    desk.answer(came, "cancel_question", told)


def ask_before_cancelling_all(desk: Desk, came: Came, person: Person) -> None:
    """Everything at once is not cancelled by one word: each open order gets its own button."""
    orders = Order.objects.filter(
        customer_id=person.customer_id,
        chat_key=came.chat_key,
        status__in=(Status.NOT_PURCHASED, Status.PURCHASED),
    ).order_by("-id")[:12]
    if not orders:
        return desk.answer(came, "nothing_held", {"wanted": "cancel"})
    buttons = [
        {"kind": "cancel_one", "label": order.number, "data": f"cancel={order.public_id}"} for order in orders
    ]
    return desk.answer(
        came, "cancel_which", {"numbers": [order.number for order in orders], "buttons": buttons}
    )
