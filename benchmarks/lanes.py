"""Orders on one hot product: the lane, against bare set-based SQL doing the same writes, and one
transaction an order.
"""

import json
import secrets
import statistics
import threading
import time
from collections.abc import Callable

import psycopg
from django.conf import settings

from benchmarks import load
from benchmarks.shop import Shop, buyers, open_shop
from plusone.base import scope
from plusone.chat.actions.keep import Keeper, open_pool
from plusone.customers import actions as customers
from plusone.hooks import line as door
from plusone.hooks.actions import lane

EVENTS = 4000
BATCH = lane.BATCH
ROUNDS = 3
ROLE = "-c role=plusone_operator"

_ORDERS = """
    with o as (insert into plusone_order (tenant_id, number, public_id, customer_id, contact_id, status,
    source, cause,
                                          currency, total)
               select %(t)s, r.number, r.public_id, r.customer_id, r.contact_id, 'purchased', 'chat',
               r.cause, 'TWD', 680
                 from json_to_recordset(%(rows)s::json)
                   as r(number text, public_id text, customer_id bigint, contact_id bigint, cause text)
               returning id, number, customer_id),
    l as (insert into plusone_orderline (tenant_id, order_id, customer_id, variant_id, product_id,
    product_code, name,
                                         variant_label, asked, quantity, unit_price)
          select %(t)s, o.id, o.customer_id, %(v)s, %(p)s, '260101001', '高山茶', '', 1, 1, 680 from o),
    h as (insert into plusone_orderchange (tenant_id, order_id, actor_kind, actor, what, before, after)
          select %(t)s, o.id, 'contact', '1', 'placed', '', 'purchased' from o),
    m as (insert into plusone_stockmovement (tenant_id, variant_id, quantity, reason, cause, actor_kind,
    actor)
          select %(t)s, %(v)s, -1, 'order', 'order:' || o.id, 'contact', '1' from o),
    s as (update plusone_variant set stock = stock - (select count(*) from o)
           where tenant_id = %(t)s and id = %(v)s and stock >= (select count(*) from o) returning id),
    e as (update plusone_inboxevent i set state = 'done', final_at = now(), reply_token = '', error = ''
            from json_to_recordset(%(rows)s::json) as r(event bigint) where i.tenant_id = %(t)s and i.id =
            r.event)
    insert into plusone_outboxmessage (tenant_id, cause, purpose, to_kind, to_id, user_id, kind, facts,
    language, ways,
                                       reply_token, reply_deadline, retry_key, rank, expires_at)
    select %(t)s, r.cause, 'answer', 'user', r.user_id, r.user_id, 'taken', r.facts, 'zh-hant',
    '{reply,push,ride}',
           r.token, now() + interval '50 seconds', gen_random_uuid(), 0, now() + interval '6 hours'
      from json_to_recordset(%(rows)s::json) as r(cause text, user_id text, facts jsonb, token text)
"""


def measure() -> dict[str, object]:
    """Orders a second of the three, in alternating rounds."""
    rates: dict[str, list[float]] = {"lane": [], "bare": [], "one by one": []}
    for _ in range(ROUNDS):
        for name, run in (("lane", _lane), ("bare", _bare), ("one by one", _one_by_one)):
            rates[name].append(_timed(run))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    return {
        **middle,
        "lane / bare": middle["lane"] / middle["bare"],
        "lane / one by one": middle["lane"] / middle["one by one"],
        "batch": BATCH,
    }


def _timed(run: Callable[[Shop, list[str]], float]) -> float:
    shop = open_shop()
    people = buyers(500)
    with scope.tenant(shop.tenant.pk):
        customers.meet(people)
    keeper = Keeper(open_pool(settings.DATABASE_URL))
    kept = [door.kept(shop.tenant.pk, load.plus_one(people[n % 500])) for n in range(EVENTS)]
    for start in range(0, EVENTS, 500):
        keeper.keep(kept[start : start + 500])
    keeper.pool.close()
    began = time.perf_counter()
    done = run(shop, people)
    return done / (time.perf_counter() - began)


def _lane(shop: Shop, _people: list[str]) -> float:
    done = 0
    while worked := lane.work(shop.tenant.pk):
        done += worked
    return done


def _rows(shop: Shop) -> list[dict[str, object]]:
    """What both rivals are given for nothing: the events already read, understood, numbered and worded."""
    with psycopg.connect(settings.DATABASE_URL, options=ROLE) as connection:
        events = connection.execute(
            """select i.id, i.event_id, i.user_id, i.reply_token, c.id, c.customer_id
                 from plusone_inboxevent i join plusone_contact c on c.tenant_id = i.tenant_id and
                 c.line_user_id = i.user_id
                where i.tenant_id = %s order by i.line_at, i.id""",
            [shop.tenant.pk],
        ).fetchall()
    facts = {
        "lines": [{"code": "260101001", "name": "高山茶", "asked": 1, "given": 1}],
        "number": "AAAA-20260101-0001",
    }
    return [
        {
            "event": row[0],
            "cause": f"event:{row[1]}",
            "user_id": row[2],
            "token": row[3],
            "contact_id": row[4],
            "customer_id": row[5],
            "number": f"AAAA-20260101-{number:04d}",
            "public_id": secrets.token_urlsafe(12),
            "facts": facts,
        }
        for number, row in enumerate(events, 1)
    ]


def _bare(shop: Shop, _people: list[str]) -> float:
    rows = _rows(shop)
    with psycopg.connect(settings.DATABASE_URL, options=ROLE, autocommit=True) as connection:
        product = _product(connection, shop)
        for start in range(0, len(rows), BATCH):
            _write(connection, shop, product, rows[start : start + BATCH])
    return len(rows)


def _one_by_one(shop: Shop, _people: list[str]) -> float:
    """The common design: eight workers, a transaction an order, the stock row locked first."""
    rows = _rows(shop)
    parts = [rows[start::8] for start in range(8)]
    threads = [threading.Thread(target=_work_alone, args=(shop, part)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(rows)


def _work_alone(shop: Shop, rows: list[dict[str, object]]) -> None:
    with psycopg.connect(settings.DATABASE_URL, options=ROLE, autocommit=True) as connection:
        product = _product(connection, shop)
        for row in rows:
            with connection.transaction():
                connection.execute(
                    "select stock from plusone_variant where tenant_id = %s and id = %s for update",
                    [shop.tenant.pk, shop.variant_id],
                )
                _write(connection, shop, product, [row])


def _write(connection: psycopg.Connection, shop: Shop, product: int, rows: list[dict[str, object]]) -> None:
    parameters = {"t": shop.tenant.pk, "v": shop.variant_id, "p": product, "rows": json.dumps(rows)}
    connection.execute(_ORDERS, parameters)


def _product(connection: psycopg.Connection, shop: Shop) -> int:
    row = connection.execute(
        "select product_id from plusone_variant where id = %s", [shop.variant_id]
    ).fetchone()
    assert row is not None
    return int(row[0])
