"""Buyers order, change and cancel on the shop's pages: the same actions as in the chat, a batch of one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from plusone.base import numbers
from plusone.catalogue import actions as catalogue
from plusone.catalogue.rules import Wish
from plusone.chat.actions import say
from plusone.orders.actions import change, lines, own, read
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.orders.models import OPEN, Order, OrderLine, Status
from plusone.orders.rules import facts
from plusone.orders.rules.facts import TakenLine
from plusone.storefront.models import Buyer, placed_lately
from plusone.tenants.models import Tenant


class TooFast(Exception):
    """The buyer has placed as many orders within a minute as the shop allows commands."""


@dataclass
class AlreadyPlaced(Exception):
    """The same command was sent before, with the same wishes: this is the order it made."""

    public_id: str


class Settled(Exception):
    """Paid, shipped or otherwise in the shop's hands: only the shop can change it now."""


def place(
    tenant: Tenant, buyer: Buyer, wishes: Sequence[Wish], *, command: str, source: str, source_word: str = ""
) -> Outcome:
    """Take one order for the buyer at the prices of this moment, and tell them in LINE where that is allowed.

    `command` is the form's own id: sent twice it orders once. Raises AlreadyPlaced, TooFast.
    """
    catalogue.take_turn()  # a twin of this call waits here, and then finds the order
    cause = _cause(buyer, wishes, command)
    before = Order.objects.filter(cause=cause).first()
    if before:
        raise AlreadyPlaced(before.public_id)
    if placed_lately(buyer.customer_id) >= tenant.commands_a_minute:
        raise TooFast
    ask = Ask(
        cause,
        buyer.customer_id,
        buyer.contact_id,
        tuple(wishes),
        source,
        buyer.line_user_id,
        buyer.actor,
        source_word=source_word,
    )
    (outcome,) = take([ask])
    if outcome.order_id:
        _confirm(tenant, buyer, outcome)
    return outcome


def cancel(buyer: Buyer, order: Order) -> bool:
    """Cancel the buyer's own order and give its pieces back; False when it is cancelled already.

    Raises Settled, RoundOver.
    """
    held = change.hold(order.pk)
    if held.status == Status.CANCELLED:
        return False
    _check(held, held.kept_lines)
    return change.set_status(buyer.actor, held, Status.CANCELLED)


def set_quantity(buyer: Buyer, line: OrderLine, quantity: int) -> TakenLine:
    """Make a line of the buyer's own order this many pieces (1 to 99), or as many as there are.

    Raises Settled, also for a line that was cancelled since the page was drawn, and RoundOver.
    """
    return lines.set_quantity(buyer.actor, _hold(line), quantity, asked_at=numbers.database_now())


def cancel_line(buyer: Buyer, line: OrderLine) -> bool:
    """Cancel one line of the buyer's own order, and with the last one the order; False when it was before.

    Raises Settled, RoundOver.
    """
    held = _hold(line)
    return lines.cancel(buyer.actor, held)


def _hold(line: OrderLine) -> OrderLine:
    """The line as it is now, for its buyer to change."""
    catalogue.take_turn()  # until now the team may have merged its order into another
    line = OrderLine.objects.get(pk=line.pk)
    if not line.quantity:
        raise Settled
    _check(change.hold(line.order_id), [line])
    return line


def _check(order: Order, wanted: Sequence[OrderLine]) -> None:
    if order.status not in OPEN:
        raise Settled
    own.check(order, wanted, numbers.database_now())


def ways(tenant: Tenant, buyer: Buyer) -> tuple[str, ...]:
    """How LINE may carry the confirmation: a paid push to a friend where the shop allows pushes; else, free,
    with the next reply to what the buyer writes.
    """
    return ("push", "ride") if tenant.push_answers and buyer.is_friend else ("ride",)


def _cause(buyer: Buyer, wishes: Sequence[Wish], command: str) -> str:
    """One order a command and content: another basket under an old page's id is another order."""
    told = [command, str(buyer.contact_id), *(f"{wish.variant_id}x{wish.quantity}" for wish in wishes)]
    return f"liff:{hashlib.sha256('|'.join(told).encode()).hexdigest()}"


def _confirm(tenant: Tenant, buyer: Buyer, outcome: Outcome) -> None:
    """The page has answered already, so this one may not touch the quota kept for answers in the chat."""
    held = read.holdings([buyer.customer_id], [line.product_id for line in outcome.lines])
    told = facts.taken(
        outcome.lines,
        number=outcome.number,
        public_id=outcome.public_id,
        total=outcome.total,
        currency=tenant.currency,
        reserve=False,
        held={product: pieces for (_, product), pieces in held.items()},
    )
    message = say.Say(
        cause=outcome.ask.cause,
        purpose="answer",
        to_kind="user",
        to_id=buyer.line_user_id,
        user_id=buyer.line_user_id,
        kind="taken",
        facts=told,
        language=buyer.language or tenant.language,
        ways=ways(tenant, buyer),
        rank=say.Rank.NOTICE,
    )
    say.say([message])
