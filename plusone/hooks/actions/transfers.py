"""A buyer reports a bank transfer in the 1:1 chat, last five digits and amount, or asks how to pay."""

from plusone.hooks.actions.desk import Came, Desk
from plusone.orders.actions import transfers
from plusone.orders.rules import transfers as rules


def answer(desk: Desk, came: Came, text: str) -> bool:
    """Note the report and say so, ask for what is missing, or say how the shop is paid; False when the text
    is about none of this.
    """
    told = rules.read(text)
    person = desk.person(came)
    payment = desk.counter.tenant.payment_note
    if told is None and payment and rules.asks_how_to_pay(text):
        desk.answer(came, "how_to_pay", {"payment": payment})
        return True
    if told is None or person is None:
        return False
    if not told.digits or told.amount is None:
        desk.answer(came, "transfer_unclear", {"payment": payment})
        return True
    cause = f"event:{came.event_id}"
    new = transfers.report(person.customer_id, digits=told.digits, amount=told.amount, said=text, cause=cause)
    facts = {"digits": told.digits, "amount": told.amount, "currency": desk.counter.tenant.currency}
    desk.answer(came, "transfer_noted", {**facts, "already": not new})
    return True
