"""What must be true of the tables at any quiet moment (H7): each a query that finds the rows that break it.

In one shop's scope, or over all shops as the operator role. The storm runs them at its end;
they know nothing of it.
"""

from dataclasses import dataclass

import psycopg


@dataclass(frozen=True, slots=True)
class Invariant:
    """A name, what it says in a sentence, and the SQL whose rows break it."""

    name: str
    says: str
    sql: str


INVARIANTS = (
    Invariant(
        "events final",
        "every kept event has come to an end",
        "select event_id, state from plusone_inboxevent where state in ('new', 'waiting') or final_at is null"
        " and state in ('done', 'quarantined')",
    ),
    Invariant(
        "messages final",
        "no message is still on its way",
        "select id, state from plusone_outboxmessage where state in ('ready', 'leased', 'retry')",
    ),
    Invariant(
        "events answered",
        "every event that was acted on has one answer, or is one that asks for none",
        """select e.event_id from plusone_inboxevent e
            where e.state = 'done' and e.type in ('message', 'postback')
              and not exists (select 1 from plusone_outboxmessage m
                where m.tenant_id = e.tenant_id and m.cause = 'event:' || e.event_id)""",
    ),
    Invariant(
        "one order a cause",
        "no event made two orders",
        "select cause from plusone_order group by tenant_id, cause having count(*) > 1",
    ),
    Invariant(
        "stock is its ledger",
        "each counted balance is the sum of its movements, and never below zero",
        """select v.id, v.stock, coalesce(sum(m.quantity), 0)
             from plusone_variant v left join plusone_stockmovement m on m.tenant_id = v.tenant_id and
             m.variant_id = v.id
            where not v.unlimited group by v.id, v.stock
           having v.stock <> coalesce(sum(m.quantity), 0) or v.stock < 0""",
    ),
    Invariant(
        "pieces sold are pieces moved",
        "what live orders hold of a variant is what left its stock",
        """select l.variant_id from
             (select l.tenant_id, l.variant_id, sum(l.quantity) as held
                from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id =
                l.order_id
               where o.status <> 'cancelled' group by 1, 2) l
             full join
             (select tenant_id, variant_id, -sum(quantity) as gone from plusone_stockmovement
               where reason in ('order', 'change', 'cancel') group by 1, 2) m
             on m.tenant_id = l.tenant_id and m.variant_id = l.variant_id
            where coalesce(l.held, 0) <> coalesce(m.gone, 0)""",
    ),
    Invariant(
        "totals add up",
        "each order's total is the sum of its lines, and it has at least one unless it was merged",
        """select o.number from plusone_order o left join plusone_orderline l
               on l.tenant_id = o.tenant_id and l.order_id = o.id
            group by o.tenant_id, o.id, o.number, o.total, o.merged_into_id
           having o.total <> coalesce(sum(l.quantity * l.unit_price), 0)
               or (count(l.id) = 0) <> (o.merged_into_id is not null)""",
    ),
    Invariant(
        "numbers gapless",
        "order numbers of a shop and day run from 1 to the counter without a gap or a repeat",
        """select o.tenant_id, o.day, count(*), max(o.n), c.value from
             (select tenant_id, to_date(split_part(number, '-', 2), 'YYYYMMDD') as day,
                     split_part(number, '-', 3)::int as n from plusone_order) o
             full join (select * from plusone_counter where kind = 'order') c
               on c.tenant_id = o.tenant_id and c.day = o.day
            group by o.tenant_id, o.day, c.value
           having count(*) <> max(o.n) or min(o.n) <> 1 or max(o.n) is distinct from c.value
               or count(distinct o.n) <> count(*)""",
    ),
    Invariant(
        "history complete",
        "each order has exactly one line of history for its placing",
        """select o.number from plusone_order o left join plusone_orderchange h
               on h.tenant_id = o.tenant_id and h.order_id = o.id and h.what = 'placed'
            group by o.tenant_id, o.id, o.number having count(h.id) <> 1""",
    ),
    Invariant(
        "quota settled",
        "nothing stays reserved once nothing is on its way, and no month is over its cap",
        """select tenant_id, used, reserved, cap from plusone_quotamonth
            where reserved <> 0 or used > cap""",
    ),
    Invariant(
        "one notice a window",
        "a manager got no two notices of a kind about a variant within ten minutes",
        """select a.window_key from plusone_outboxmessage a join plusone_outboxmessage b
               on b.tenant_id = a.tenant_id and b.window_key = a.window_key and b.id > a.id
              and b.created_at < a.created_at + interval '10 minutes'
            where a.window_key <> ''""",
    ),
)


def broken(connection: psycopg.Connection) -> dict[str, list[str]]:
    """The invariants that do not hold, by name, each with up to five rows that break it; empty when all
    is well.
    """
    found = {}
    for invariant in INVARIANTS:
        rows = connection.execute(invariant.sql).fetchall()
        if rows:
            found[invariant.name] = [f"{len(rows)} rows", *(str(row) for row in rows[:5])]
    return found
