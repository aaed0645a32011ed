"""A buyer reports a bank transfer in the 1:1 chat: last five digits and amount."""

from plusone.hooks.actions.desk import Came, Desk
from plusone.orders.actions import transfers
from plusone.orders.rules import transfers as rules


def answer(desk: Desk, came: Came, text: str) -> bool:
    """Note the report and say so, or ask for what is missing; False when the text is no report."""
    told = rules.read(text)
    person = desk.person(came)
    if told is None or person is None:
        return False
    if not told.digits or told.amount is None:
        desk.answer(came, "transfer_unclear", {})
        return True
    cause = f"event:{came.event_id}"
    new = transfers.report(person.customer_id, digits=told.digits, amount=told.amount, said=text, cause=cause)
    facts = {"digits": told.digits, "amount": told.amount, "currency": desk.counter.tenant.currency}
    desk.answer(came, "transfer_noted", {**facts, "already": not new})
    return True
