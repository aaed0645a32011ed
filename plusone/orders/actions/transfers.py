"""Bank transfers: note what buyers report and what the bank says; confirm what pays what, and undo it.

Nothing is ever matched by itself: rules propose, a person confirms.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Now

from plusone.base import audit, events
from plusone.base.audit import Actor
from plusone.catalogue import actions as catalogue
from plusone.orders.actions import change
from plusone.orders.models import OPEN, BankLine, Match, MatchedOrder, Order, Status, Transfer
from plusone.orders.rules import transfers as rules

MOST_LINES = 500


class CannotMatch(Exception):
    """The line is matched already, the orders are not one buyer's unpaid ones, or their sum is another."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of pasted lines: how many are new, known, of money that went out, and those that can't be
    read.
    """

    new: int
    known: int
    outgoing: int
    unread: tuple[str, ...]


def report(customer_id: int, *, digits: str, amount: int, said: str, cause: str) -> bool:
    """Note a buyer's report; False when the same one is waiting already, or this very message or form was
    noted before. Records `transfer.reported`.
    """
    catalogue.take_turn()  # a twin of this call waits here, and then finds the report
    waiting = Transfer.objects.waiting().filter(customer_id=customer_id, digits=digits, amount=amount)
    if waiting.exists() or Transfer.objects.filter(cause=cause).exists():
        return False
    made = Transfer.objects.create(
        customer_id=customer_id, digits=digits, amount=amount, said=said[:120], cause=cause
    )
    events.record("transfer.reported", transfer=made.pk)
    return True


def paste(actor: Actor, text: str) -> Imported:
    """Keep the bank's lines, one a line of text, each once however often it is pasted; audit. What went out
    is left out.

    Equal lines within one paste are different payments: each is told apart by its place among them.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_LINES]
    read = [(line, rules.told_by(line)) for line in lines if not rules.goes_out(line)]
    seen: Counter[str] = Counter()
    new = known = 0
    for line, told in read:
        if told.amount is not None:
            seen[line] += 1
            made = _keep(line, told.digits, told.amount, f"{line}#{seen[line]}")
            new, known = new + made, known + (not made)
    audit.note(actor, "bank.pasted", "bank", after={"new": new, "known": known})
    outgoing = len(lines) - len(read)
    return Imported(new, known, outgoing, tuple(line for line, told in read if told.amount is None))


def see(actor: Actor, found: Transfer) -> None:
    """The team saw this very transfer at the bank: it becomes a bank line, once; audit."""
    if _keep(found.said, found.digits, found.amount, f"seen:{found.pk}"):
        audit.note(actor, "bank.seen", f"transfer:{found.pk}")


def set_aside(actor: Actor, line: BankLine, aside: bool) -> bool:
    """The line is none of ours, or is again; False when it already was so. Audit."""
    rows = BankLine.objects.filter(pk=line.pk, set_aside_at__isnull=aside)
    if not rows.update(set_aside_at=Now() if aside else None):
        return False
    audit.note(actor, "bank.set_aside" if aside else "bank.taken_back", f"bank_line:{line.pk}")
    return True


def proposals() -> list[rules.Proposal]:
    """What each waiting bank line pays, as far as it can be told. Four queries; changes nothing."""
    lines = BankLine.objects.waiting().order_by("id")[:MOST_LINES]
    reports = list(
        Transfer.objects.waiting().order_by("id").values_list("id", "customer_id", "digits", "amount")
    )
    unpaid = Order.objects.filter(status__in=OPEN, customer_id__in={row[1] for row in reports}, total__gt=0)
    debts: dict[int, list[tuple[int, int]]] = {}
    for customer_id, order_id, total in unpaid.values_list("customer_id", "id", "total"):
        debts.setdefault(customer_id, []).append((order_id, total))
    return rules.propose(
        [rules.Line(line.pk, line.digits, line.amount) for line in lines],
        [rules.Report(*row) for row in reports],
        debts,
    )


def confirm(actor: Actor, line: BankLine, order_ids: Sequence[int], transfer: Transfer | None) -> Match:
    """The line pays these orders: they become paid, by set_status, so that their history says who.

    Audit and `transfer.matched`. Raises CannotMatch, and nothing changes, when anything is no longer as it
    was shown.
    """
    catalogue.take_turn()
    orders = list(Order.objects.select_for_update().filter(pk__in=order_ids).order_by("id"))
    waiting = BankLine.objects.waiting().filter(pk=line.pk).exists()
    reported = transfer is None or Transfer.objects.waiting().filter(pk=transfer.pk).exists()
    if not (waiting and reported and _fits(line, orders, order_ids, transfer)):
        raise CannotMatch
    match = Match.objects.create(bank_line=line, transfer=transfer)
    for order in orders:
        MatchedOrder.objects.create(match=match, order=order, before=order.status)
        change.set_status(actor, order, Status.PAID)
    numbers = [order.number for order in orders]
    audit.note(
        actor, "transfer.matched", f"match:{match.pk}", after={"orders": numbers, "amount": line.amount}
    )
    events.record("transfer.matched", match=match.pk, orders=[order.pk for order in orders])
    return match


def undo(actor: Actor, match: Match) -> bool:
    """Take a match back: its orders that are still paid get the status they had; False when it was undone.

    Audit and `transfer.unmatched`.
    """
    catalogue.take_turn()
    if not Match.objects.filter(pk=match.pk, undone_at=None).update(undone_at=Now()):
        return False
    for matched in MatchedOrder.objects.filter(match=match).select_related("order"):
        if matched.order.status == Status.PAID:
            change.set_status(actor, matched.order, matched.before)
    audit.note(actor, "transfer.unmatched", f"match:{match.pk}")
    events.record("transfer.unmatched", match=match.pk)
    return True


def _keep(said: str, digits: str, amount: int, mark: str) -> bool:
    fields = {"digits": digits, "amount": amount, "said": said[:200]}
    hashed = hashlib.sha256(mark.encode()).hexdigest()
    return BankLine.objects.get_or_create(mark=hashed, defaults=fields)[1]


def _fits(
    line: BankLine, orders: Sequence[Order], order_ids: Sequence[int], transfer: Transfer | None
) -> bool:
    buyers = {order.customer_id for order in orders} | ({transfer.customer_id} if transfer else set())
    return (
        len(orders) == len(set(order_ids)) > 0
        and len(buyers) == 1
        and all(order.status in OPEN for order in orders)
        and sum(order.total for order in orders) == line.amount
    )
