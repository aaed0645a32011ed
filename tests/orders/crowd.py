"""Buyers who order by form, many at once: threads that call the same action as the lane."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection

from plusone.base import scope
from plusone.base.audit import Actor
from plusone.catalogue.models import Product, Variant
from plusone.catalogue.rules import Wish
from plusone.customers import actions as customers
from plusone.orders.actions.take import Ask, Outcome, take
from plusone.tenants.models import Tenant
from tests import makers


@dataclass
class Crowd:
    """What became of a crowd: outcomes of those who were served or refused, errors of those who met one."""

    outcomes: list[Outcome] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    @property
    def given(self) -> int:
        """Pieces given in all."""
        return sum(line.given for outcome in self.outcomes for line in outcome.lines)


def ask(tenant: Tenant, wishes: Sequence[tuple[int, int]], cause: str, person: str = "") -> Ask:
    """One buyer's ask for (variant, pieces); call it in the tenant's scope."""
    user_id = person or makers.user_id()
    met = customers.meet([user_id])[user_id]
    return Ask(
        cause=cause,
        customer_id=met.customer_id,
        contact_id=met.contact_id,
        wishes=tuple(Wish(variant_id, pieces) for variant_id, pieces in wishes),
        source="liff",
        chat_key="",
        actor=Actor("contact", str(met.contact_id)),
    )


def variant_of(tenant: Tenant, product: Product) -> int:
    """The id of a product's first option."""
    with scope.tenant(tenant.pk):
        return int(Variant.objects.filter(product=product).order_by("position")[0].pk)


def rush(
    tenant: Tenant, threads: int, orders: int, wishes: Callable[[int], Sequence[tuple[int, int]]]
) -> Crowd:
    """So many threads, each with so many orders in transactions of their own; `wishes` of the n-th order.

    All begin together, and all buyers are known before: strangers are met one after another, and would
    not race for stock.
    """
    crowd, start = Crowd(), threading.Barrier(threads)
    people = [makers.user_id() for _ in range(threads * orders)]
    with scope.tenant(tenant.pk):
        customers.meet(people)

    def buy(thread: int) -> None:
        start.wait()
        for number in range(thread * orders, (thread + 1) * orders):
            try:
                with scope.tenant(tenant.pk):
                    crowd.outcomes += take([ask(tenant, wishes(number), f"form:{number}", people[number])])
            except Exception as error:
                crowd.errors.append(error)
        connection.close()

    buyers = [threading.Thread(target=buy, args=(thread,)) for thread in range(threads)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()
    return crowd
